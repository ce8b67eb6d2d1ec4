//! The multiplexer alone.
#![no_std]
#![no_main]

#[size::entry]
fn main() -> ! {
    size::links::mux()
}
