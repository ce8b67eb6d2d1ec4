//! One TCP client over PPP on a u-blox modem that is dialled.
#![no_std]
#![no_main]

#[size::entry]
fn main() -> ! {
    size::ip::dialled()
}
