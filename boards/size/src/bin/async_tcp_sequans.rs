//! One TCP client over async on a Sequans modem.
#![no_std]
#![no_main]

use cellular_nal::dialect::sequans::RYZ014A;

#[cortex_m_rt::entry]
fn main() -> ! {
    size::apps::tcp(&RYZ014A)
}
