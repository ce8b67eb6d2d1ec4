//! One TCP client over PPP on a u-blox modem with its multiplexer.
#![no_std]
#![no_main]

#[size::entry]
fn main() -> ! {
    size::ip::multiplexed()
}
