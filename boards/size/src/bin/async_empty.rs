//! An async firmware without a modem.
#![no_std]
#![no_main]

#[cortex_m_rt::entry]
fn main() -> ! {
    size::apps::echo()
}
