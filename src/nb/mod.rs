//! embedded-nal on a modem's own sockets, without an executor.
//!
//! [`Stack`] owns the serial port and a clock. Every call moves some bytes and returns at once;
//! [`Stack::poll`] does only that, for the pauses between other calls.

mod dns;
mod provision;
mod stack;
mod tcp;
mod tls;
mod udp;

pub use provision::{Provision, Upload};
pub use stack::{Clock, Stack};
pub use tcp::TcpSocket;
pub use tls::TlsStack;
pub use udp::UdpSocket;
