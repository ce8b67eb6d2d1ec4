//! What the shells need of something that has sockets.

use core::net::{IpAddr, SocketAddr};
use core::task::{Poll, Waker};

use super::{Arrived, SocketHandle, Ticket};
use crate::dialect::ReleaseAssistance;
use crate::error::Error;

pub trait Sealed {}

/// Something that has sockets: a modem ([`Engine`](crate::Engine)) or IP over PPP (`ip::Ip`).
///
/// The handles of [`asynch`](crate::asynch), [`edge`](crate::edge) and [`nb`](crate::nb) are written
/// once, for this. It is sealed. Each method is that of [`Engine`](crate::Engine) with the same name; what they
/// promise is the same, and so are their errors.
pub trait Sockets: Sealed {
    /// Takes a socket for a TCP connection and begins to open it.
    fn open_tcp(&mut self, remote: SocketAddr, waker: &Waker) -> Poll<Result<SocketHandle, Error>>;

    /// Takes a socket for datagrams to and from one peer. Port 0 is any.
    fn open_udp(
        &mut self,
        remote: SocketAddr,
        local_port: u16,
        waker: &Waker,
    ) -> Poll<Result<SocketHandle, Error>>;

    /// Takes a socket for datagrams to and from anybody. Port 0 is any.
    fn open_bound(&mut self, local_port: u16, waker: &Waker) -> Poll<Result<SocketHandle, Error>>;

    /// Waits for TCP connections from outside.
    fn listen(&mut self, local_port: u16, waker: &Waker) -> Poll<Result<SocketHandle, Error>>;

    /// Takes a connection from outside.
    fn accept(
        &mut self,
        listener: SocketHandle,
        waker: &Waker,
    ) -> Poll<Result<(SocketHandle, SocketAddr), Error>>;

    /// Whether the socket is open yet.
    fn poll_open(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>>;

    /// Whether the peer has closed the connection and everything was read.
    fn is_over(&mut self, handle: SocketHandle) -> bool;

    /// Address and port of this end, as far as they are known. A socket without a peer has one in each
    /// family: that of `like` is given, where there is one and more than one is known.
    fn local_address(&mut self, handle: SocketHandle, like: IpAddr) -> Option<SocketAddr>;

    /// Whether the link has no address of this one's family.
    fn lacks_family(&self, address: IpAddr) -> bool;

    /// Takes received bytes; `Ok(0)` at the end of the stream.
    fn read(&mut self, handle: SocketHandle, buffer: &mut [u8], waker: &Waker) -> Poll<Result<usize, Error>>;

    /// Waits until a read has something to say.
    fn poll_readable(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>>;

    /// Takes bytes to send and says how many had room.
    fn write(&mut self, handle: SocketHandle, bytes: &[u8], waker: &Waker) -> Poll<Result<usize, Error>>;

    /// Waits until everything written has left.
    fn flush(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>>;

    /// Ends this direction of a connection behind what was written.
    fn shut_down(&mut self, handle: SocketHandle) -> Result<(), Error>;

    /// Lets the socket go, and waits until everything written has left. `begun` is false at the first
    /// call.
    fn poll_close(
        &mut self,
        handle: SocketHandle,
        begun: &mut bool,
        waker: &Waker,
    ) -> Poll<Result<(), Error>>;

    /// Takes a datagram to send.
    fn send_datagram(
        &mut self,
        handle: SocketHandle,
        to: Option<SocketAddr>,
        bytes: &[u8],
        release: ReleaseAssistance,
        waker: &Waker,
    ) -> Poll<Result<(), Error>>;

    /// Takes a received datagram.
    fn receive_datagram(
        &mut self,
        handle: SocketHandle,
        buffer: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<Arrived, Error>>;

    /// Lets the socket go; what was written still leaves.
    fn release(&mut self, handle: SocketHandle);

    /// Drops what was written and has not left.
    fn abort(&mut self, handle: SocketHandle);

    /// Asks for the address of a host name.
    fn resolve(&mut self, name: &str, ipv6: Option<bool>, waker: &Waker) -> Poll<Result<Ticket, Error>>;

    /// Asks for the name of an address.
    fn resolve_address(&mut self, address: IpAddr, waker: &Waker) -> Poll<Result<Ticket, Error>>;

    /// The ticket of a question for this name that is open or answered.
    fn ticket_of(&self, name: &str, ipv6: Option<bool>) -> Option<Ticket>;

    /// The ticket of a question for the name of this address that is open or answered.
    fn ticket_of_address(&self, address: IpAddr) -> Option<Ticket>;

    /// The answer to [`resolve`](Self::resolve).
    fn poll_lookup(&mut self, ticket: Ticket, waker: &Waker) -> Poll<Result<IpAddr, Error>>;

    /// The answer to [`resolve_address`](Self::resolve_address): the length of the name in `out`.
    fn poll_reverse_lookup(
        &mut self,
        ticket: Ticket,
        out: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<usize, Error>>;

    /// Nobody waits for the answer any more.
    fn cancel_lookup(&mut self, ticket: Ticket);
}
