//! What the cases need of a stack, whatever its traits are called.
#![allow(async_fn_in_trait, reason = "as in the traits under test")]

use core::net::{IpAddr, SocketAddr};

use embedded_io_async::{Error, Read, Write};

/// Opens TCP connections.
pub trait Tcp {
    /// Error of the stack and of its connections.
    type Error: Error;
    /// A connection.
    type Socket<'a>: Read<Error = Self::Error> + Write<Error = Self::Error>
    where
        Self: 'a;

    /// Opens one.
    ///
    /// # Errors
    /// That of the stack.
    async fn connect(&self, remote: SocketAddr) -> Result<Self::Socket<'_>, Self::Error>;
}

/// Opens UDP sockets.
pub trait Udp {
    /// Error of the stack and of its sockets.
    type Error: Error;
    /// A socket with one peer.
    type Connected<'a>: Connected<Error = Self::Error>
    where
        Self: 'a;
    /// A socket with one address at this end and any peer.
    type Bound<'a>: Bound<Error = Self::Error>
    where
        Self: 'a;
    /// A socket with any address at this end and any peer.
    type Multiple<'a>: Bound<Error = Self::Error>
    where
        Self: 'a;

    /// Opens one with a peer.
    ///
    /// # Errors
    /// That of the stack.
    async fn connect(&self, remote: SocketAddr) -> Result<Self::Connected<'_>, Self::Error>;

    /// Opens one at an address of this end, and says at which, where the traits tell it.
    ///
    /// # Errors
    /// That of the stack.
    async fn bind(&self, local: SocketAddr) -> Result<(Option<SocketAddr>, Self::Bound<'_>), Self::Error>;

    /// Opens one at a port.
    ///
    /// # Errors
    /// That of the stack.
    async fn bind_multiple(&self, local: SocketAddr) -> Result<Self::Multiple<'_>, Self::Error>;
}

/// A UDP socket with one peer.
pub trait Connected {
    /// Error of the socket.
    type Error: Error;

    /// Sends a datagram.
    ///
    /// # Errors
    /// That of the stack.
    async fn send(&mut self, data: &[u8]) -> Result<(), Self::Error>;

    /// Receives a datagram.
    ///
    /// # Errors
    /// That of the stack.
    async fn receive(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error>;
}

/// A UDP socket without a peer.
pub trait Bound {
    /// Error of the socket.
    type Error: Error;

    /// Sends a datagram from an address of this end, where the traits want one.
    ///
    /// # Errors
    /// That of the stack.
    async fn send(&mut self, local: SocketAddr, remote: SocketAddr, data: &[u8]) -> Result<(), Self::Error>;

    /// Receives a datagram: its length, where it went where the traits tell it, where it came from.
    ///
    /// # Errors
    /// That of the stack.
    async fn receive(
        &mut self,
        buffer: &mut [u8],
    ) -> Result<(usize, Option<SocketAddr>, SocketAddr), Self::Error>;
}

/// Which address is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// An IPv4 address.
    V4,
    /// An IPv6 address.
    V6,
    /// Any.
    Either,
}

/// Resolves names.
pub trait Names {
    /// Error of the stack.
    type Error: core::fmt::Debug;

    /// The address of a name.
    ///
    /// # Errors
    /// That of the stack.
    async fn address(&self, name: &str, family: Family) -> Result<IpAddr, Self::Error>;

    /// The name of an address.
    ///
    /// # Errors
    /// That of the stack.
    async fn name(&self, address: IpAddr, result: &mut [u8]) -> Result<usize, Self::Error>;
}

/// All of it.
pub trait Whole: Tcp + Udp + Names {}

impl<T: Tcp + Udp + Names> Whole for T {}
