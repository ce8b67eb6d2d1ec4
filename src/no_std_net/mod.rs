//! embedded-nal 0.8, for clients that have not come to the addresses of `core::net` yet.
//!
//! [`NoStdNet`] goes around an [`nb::Stack`](crate::nb::Stack), or around anything else that
//! implements the traits of embedded-nal 0.9 with this crate's errors, and implements those of 0.8 in
//! its default form, with the addresses of no-std-net. It only converts.
//!
//! ```
//! use cellular_nal::{Error, no_std_net::NoStdNet};
//! use embedded_nal_08 as nal;
//! use nal::nb::block;
//!
//! // Part of an older client.
//! fn say_hello<S: nal::TcpClientStack>(stack: &mut S, remote: nal::SocketAddr) -> Result<(), S::Error> {
//!     let mut socket = stack.socket()?;
//!     block!(stack.connect(&mut socket, remote))?;
//!     block!(stack.send(&mut socket, b"hello"))?;
//!     stack.close(socket)
//! }
//!
//! fn say_hello_to<S>(stack: &mut S, ip: [u8; 4]) -> Result<(), Error>
//! where
//!     S: embedded_nal::TcpClientStack<Error = Error>,
//! {
//!     say_hello(&mut NoStdNet(stack), nal::SocketAddr::new(nal::IpAddr::V4(ip.into()), 7))
//! }
//! ```

mod address;

use embedded_nal as new;
use embedded_nal_08 as old;
use nb::Result as Nb;

use crate::error::Error;
use address::{ip_to_old, to_new, to_old};

/// A stack of embedded-nal 0.9 as one of 0.8.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoStdNet<S>(
    /// The stack.
    pub S,
);

impl old::TcpError for Error {
    fn kind(&self) -> old::TcpErrorKind {
        match new::TcpError::kind(self) {
            new::TcpErrorKind::PipeClosed => old::TcpErrorKind::PipeClosed,
            _ => old::TcpErrorKind::Other,
        }
    }
}

impl<S: new::TcpClientStack<Error = Error>> old::TcpClientStack for NoStdNet<S> {
    type TcpSocket = S::TcpSocket;
    type Error = Error;

    fn socket(&mut self) -> Result<S::TcpSocket, Error> {
        self.0.socket()
    }

    fn connect(&mut self, socket: &mut S::TcpSocket, remote: old::SocketAddr) -> Nb<(), Error> {
        self.0.connect(socket, to_new(remote))
    }

    fn send(&mut self, socket: &mut S::TcpSocket, buffer: &[u8]) -> Nb<usize, Error> {
        self.0.send(socket, buffer)
    }

    fn receive(&mut self, socket: &mut S::TcpSocket, buffer: &mut [u8]) -> Nb<usize, Error> {
        self.0.receive(socket, buffer)
    }

    fn close(&mut self, socket: S::TcpSocket) -> Result<(), Error> {
        self.0.close(socket)
    }
}

impl<S: new::TcpFullStack<Error = Error>> old::TcpFullStack for NoStdNet<S> {
    fn bind(&mut self, socket: &mut S::TcpSocket, local_port: u16) -> Result<(), Error> {
        self.0.bind(socket, local_port)
    }

    fn listen(&mut self, socket: &mut S::TcpSocket) -> Result<(), Error> {
        self.0.listen(socket)
    }

    fn accept(&mut self, socket: &mut S::TcpSocket) -> Nb<(S::TcpSocket, old::SocketAddr), Error> {
        let (accepted, remote) = self.0.accept(socket)?;
        Ok((accepted, to_old(remote)))
    }
}

impl<S: new::UdpClientStack<Error = Error>> old::UdpClientStack for NoStdNet<S> {
    type UdpSocket = S::UdpSocket;
    type Error = Error;

    fn socket(&mut self) -> Result<S::UdpSocket, Error> {
        self.0.socket()
    }

    fn connect(&mut self, socket: &mut S::UdpSocket, remote: old::SocketAddr) -> Result<(), Error> {
        self.0.connect(socket, to_new(remote))
    }

    fn send(&mut self, socket: &mut S::UdpSocket, buffer: &[u8]) -> Nb<(), Error> {
        self.0.send(socket, buffer)
    }

    fn receive(
        &mut self,
        socket: &mut S::UdpSocket,
        buffer: &mut [u8],
    ) -> Nb<(usize, old::SocketAddr), Error> {
        let (count, remote) = self.0.receive(socket, buffer)?;
        Ok((count, to_old(remote)))
    }

    fn close(&mut self, socket: S::UdpSocket) -> Result<(), Error> {
        self.0.close(socket)
    }
}

impl<S: new::UdpFullStack<Error = Error>> old::UdpFullStack for NoStdNet<S> {
    fn bind(&mut self, socket: &mut S::UdpSocket, local_port: u16) -> Result<(), Error> {
        self.0.bind(socket, local_port)
    }

    fn send_to(
        &mut self,
        socket: &mut S::UdpSocket,
        remote: old::SocketAddr,
        buffer: &[u8],
    ) -> Nb<(), Error> {
        self.0.send_to(socket, to_new(remote), buffer)
    }
}

impl<S: new::Dns<Error = Error>> old::Dns for NoStdNet<S> {
    type Error = Error;

    fn get_host_by_name(&mut self, hostname: &str, addr_type: old::AddrType) -> Nb<old::IpAddr, Error> {
        let addr_type = match addr_type {
            old::AddrType::IPv4 => new::AddrType::IPv4,
            old::AddrType::IPv6 => new::AddrType::IPv6,
            old::AddrType::Either => new::AddrType::Either,
        };
        self.0.get_host_by_name(hostname, addr_type).map(ip_to_old)
    }

    /// [`Error::Unsupported`]: in embedded-nal 0.8 this must answer at once and may change nothing,
    /// and a modem has to be asked.
    fn get_host_by_address(&self, _: old::IpAddr, _: &mut [u8]) -> Result<usize, Error> {
        Err(Error::Unsupported)
    }
}
