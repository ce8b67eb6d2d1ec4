//! TCP, UDP, names and credentials over async on a u-blox modem.
#![no_std]
#![no_main]

use cellular_nal::dialect::ublox::SARA_R5;

#[size::entry]
fn main() -> ! {
    size::apps::everything(&SARA_R5)
}
