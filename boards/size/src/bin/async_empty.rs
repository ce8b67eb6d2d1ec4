//! An async firmware without a modem.
#![no_std]
#![no_main]

#[size::entry]
fn main() -> ! {
    size::apps::echo()
}
