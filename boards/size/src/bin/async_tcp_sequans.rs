//! One TCP client over async on a Sequans modem.
#![no_std]
#![no_main]

use cellular_nal::dialect::sequans::RYZ014A;

#[size::entry]
fn main() -> ! {
    size::apps::tcp(&RYZ014A)
}
