//! One TCP client by edge-nal on a u-blox modem.
#![no_std]
#![no_main]

use cellular_nal::dialect::ublox::SARA_R5;

#[size::entry]
fn main() -> ! {
    size::apps::edge(&SARA_R5)
}
