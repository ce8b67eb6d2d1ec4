//! One TCP client on a line that carries PPP already: no modem, no dialling.
#![no_std]
#![no_main]

#[size::entry]
fn main() -> ! {
    size::ip::wire()
}
