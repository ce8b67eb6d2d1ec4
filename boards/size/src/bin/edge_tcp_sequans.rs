//! One TCP client by edge-nal on a Sequans modem.
#![no_std]
#![no_main]

use cellular_nal::dialect::sequans::RYZ014A;

#[size::entry]
fn main() -> ! {
    size::apps::edge(&RYZ014A)
}
