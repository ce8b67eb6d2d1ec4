//! One TLS client over async on a u-blox modem, which makes the handshake.
#![no_std]
#![no_main]

use cellular_nal::dialect::ublox::SARA_R5;

#[size::entry]
fn main() -> ! {
    size::apps::tls(&SARA_R5)
}
