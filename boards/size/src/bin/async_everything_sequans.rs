//! TCP, UDP, names and credentials over async on a Sequans modem.
#![no_std]
#![no_main]

use cellular_nal::dialect::sequans::RYZ014A;

#[size::entry]
fn main() -> ! {
    size::apps::everything(&RYZ014A)
}
