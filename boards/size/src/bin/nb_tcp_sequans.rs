//! One TCP client in a superloop, without an executor, on a Sequans modem.
#![no_std]
#![no_main]

use cellular_nal::dialect::sequans::RYZ014A;

#[size::entry]
fn main() -> ! {
    size::superloop::tcp(&RYZ014A)
}
