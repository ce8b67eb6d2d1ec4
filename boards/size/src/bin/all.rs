//! All there is, on whichever modem answers.
#![no_std]
#![no_main]

#[size::entry]
fn main() -> ! {
    size::all::run()
}
