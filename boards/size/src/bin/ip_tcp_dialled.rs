//! One TCP client over PPP on a u-blox modem that is dialled.
#![no_std]
#![no_main]

#[cortex_m_rt::entry]
fn main() -> ! {
    size::ip::dialled()
}
