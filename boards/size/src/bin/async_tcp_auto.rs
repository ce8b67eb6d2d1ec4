//! One TCP client over async on whichever modem answers.
#![no_std]
#![no_main]

use cellular_nal::dialect::detect::AUTO;

#[size::entry]
fn main() -> ! {
    size::apps::tcp(&AUTO)
}
