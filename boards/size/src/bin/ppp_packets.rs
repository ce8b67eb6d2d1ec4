//! PPP without an IP stack.
#![no_std]
#![no_main]

#[size::entry]
fn main() -> ! {
    size::links::ppp()
}
