//! One TLS client over async on a Sequans modem, which makes the handshake.
#![no_std]
#![no_main]

use cellular_nal::dialect::sequans::RYZ014A;

#[size::entry]
fn main() -> ! {
    size::apps::tls(&RYZ014A)
}
