//! One TCP client over async on a u-blox modem.
#![no_std]
#![no_main]

use cellular_nal::dialect::ublox::SARA_R5;

#[size::entry]
fn main() -> ! {
    size::apps::tcp(&SARA_R5)
}
