//! One TCP client in a superloop, without an executor, on a u-blox modem.
#![no_std]
#![no_main]

use cellular_nal::dialect::ublox::SARA_R5;

#[size::entry]
fn main() -> ! {
    size::superloop::tcp(&SARA_R5)
}
