//! One TCP client over PPP on a u-blox modem with its multiplexer.
#![no_std]
#![no_main]

#[cortex_m_rt::entry]
fn main() -> ! {
    size::ip::multiplexed()
}
