//! One TCP client on a line that carries PPP already: no modem, no dialling.
#![no_std]
#![no_main]

#[cortex_m_rt::entry]
fn main() -> ! {
    size::ip::wire()
}
