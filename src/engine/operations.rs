//! What users of sockets can ask of an engine: the base of both facades.
//!
//! Each operation says at once what it can, or notes the waker and is asked again. None of them
//! loses anything when it is not asked again.

use core::net::{IpAddr, SocketAddr};
use core::task::{Poll, Waker};

use super::Engine;
use crate::dialect::{Credential, ReleaseAssistance, SecurityProfile, SocketOption};
use crate::error::Error;
use crate::link::LinkState;
use crate::socket::{Arrived, Kind, SocketHandle, State, Ticket};

impl Engine {
    /// Asks for the link to be brought up. Nothing happens on the line before.
    pub fn link_up(&mut self) {
        self.core.request(true);
    }

    /// Asks for the link to be taken down. All connections die.
    pub fn link_down(&mut self) {
        self.core.request(false);
    }

    /// `Ok` when sockets can be opened; waits while the link is coming up.
    pub fn poll_link(&mut self, waker: &Waker) -> Poll<Result<(), Error>> {
        self.core.poll_link(waker)
    }

    /// Waits until the link is down.
    pub fn poll_down(&mut self, waker: &Waker) -> Poll<()> {
        if self.core.link.is_off() {
            return Poll::Ready(());
        }
        self.core.waiters.register(waker);
        Poll::Pending
    }

    /// Waits until the modem is registered.
    pub fn poll_registered(&mut self, waker: &Waker) -> Poll<Result<(), Error>> {
        let registered = matches!(self.core.link.state(), LinkState::Activating | LinkState::Up);
        if registered { Poll::Ready(Ok(())) } else { self.core.poll_link(waker) }
    }

    /// Has signal strength and operator read at the next occasion.
    pub fn refresh_status(&mut self) {
        self.core.link.refresh();
        self.core.runner.wake();
    }

    /// Waits until a status that was asked for has been read.
    pub fn poll_status(&mut self, waker: &Waker) -> Poll<Result<(), Error>> {
        if self.core.link.state() != LinkState::Up {
            return Poll::Ready(Err(self.core.link.reason()));
        }
        if !self.core.link.is_refreshing() {
            return Poll::Ready(Ok(()));
        }
        if self.core.parked {
            // The line carries data, for as long as that likes.
            return Poll::Ready(Err(Error::Unsupported));
        }
        self.core.waiters.register(waker);
        Poll::Pending
    }

    /// Takes a socket for a TCP connection to `remote`. See [`poll_open`](Self::poll_open).
    pub fn open_tcp(&mut self, remote: SocketAddr, waker: &Waker) -> Poll<Result<SocketHandle, Error>> {
        self.core.open(Kind::Tcp, remote, 0, waker)
    }

    /// Takes a socket for datagrams to and from `remote`; `local_port` 0 leaves the port open.
    pub fn open_udp(
        &mut self,
        remote: SocketAddr,
        local_port: u16,
        waker: &Waker,
    ) -> Poll<Result<SocketHandle, Error>> {
        self.core.use_datagrams();
        self.core.open(Kind::Udp, remote, local_port, waker)
    }

    /// Takes a socket for a TLS connection to `remote`. See [`poll_open`](Self::poll_open).
    pub fn open_tls(
        &mut self,
        profile: &'static SecurityProfile,
        remote: SocketAddr,
        waker: &Waker,
    ) -> Poll<Result<SocketHandle, Error>> {
        self.core.open_secure(Kind::Tcp, profile, remote, 0, waker)
    }

    /// Takes a socket for datagrams to and from `remote` over DTLS; `local_port` 0 leaves the port open.
    pub fn open_dtls(
        &mut self,
        profile: &'static SecurityProfile,
        remote: SocketAddr,
        local_port: u16,
        waker: &Waker,
    ) -> Poll<Result<SocketHandle, Error>> {
        self.core.use_datagrams();
        self.core.open_secure(Kind::Udp, profile, remote, local_port, waker)
    }

    /// Waits until the socket is open.
    pub fn poll_open(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        self.core.poll_open(handle, waker)
    }

    /// Whether the socket has been open and is not any more: closed by the peer and read to its
    /// end, or dead.
    pub fn is_over(&mut self, handle: SocketHandle) -> bool {
        self.core.table.of(handle).map_or(true, |place| {
            let slot = place.slot;
            slot.rx.is_empty() && (slot.eof || slot.state == State::Dead && slot.error.is_none())
        })
    }

    /// Address and port of this end, as far as they are known; the port may be 0.
    pub fn local_address(&mut self, handle: SocketHandle) -> Option<SocketAddr> {
        let address = self.core.status.address?;
        let place = self.core.table.of(handle).ok()?;
        Some(SocketAddr::new(address, place.slot.local_port))
    }

    /// Takes received bytes; `Ok(0)` at the end of the stream.
    pub fn read(
        &mut self,
        handle: SocketHandle,
        buffer: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<usize, Error>> {
        self.core.read(handle, buffer, waker)
    }

    /// Waits until [`read`](Self::read) would not wait: data, end or error.
    pub fn poll_readable(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        self.core.poll_readable(handle, waker)
    }

    /// Stages bytes to be sent; takes as many as fit.
    pub fn write(&mut self, handle: SocketHandle, bytes: &[u8], waker: &Waker) -> Poll<Result<usize, Error>> {
        self.core.write(handle, bytes, waker)
    }

    /// Waits until the modem has taken all that was written.
    pub fn flush(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        self.core.flush(handle, waker)
    }

    /// Takes a socket for datagrams to and from anybody; `local_port` 0 leaves the port open.
    ///
    /// A modem whose sockets need a peer hears of it with the first datagram, and from then on from
    /// the peer of the last datagram only.
    pub fn open_bound(&mut self, local_port: u16, waker: &Waker) -> Poll<Result<SocketHandle, Error>> {
        self.core.open_bound(local_port, waker)
    }

    /// Takes a socket that listens for TCP connections. See [`poll_open`](Self::poll_open).
    pub fn listen(&mut self, local_port: u16, waker: &Waker) -> Poll<Result<SocketHandle, Error>> {
        self.core.listen(local_port, waker)
    }

    /// Waits for a connection that comes to a listening socket.
    pub fn accept(
        &mut self,
        listener: SocketHandle,
        waker: &Waker,
    ) -> Poll<Result<(SocketHandle, SocketAddr), Error>> {
        self.core.accept(listener, waker)
    }

    /// Sets an option of a socket; to be called until it is done.
    pub fn set_option(
        &mut self,
        handle: SocketHandle,
        option: SocketOption,
        waker: &Waker,
    ) -> Poll<Result<(), Error>> {
        self.core.set_option(handle, option, waker)
    }

    /// Turns a TCP connection into a raw pipe; to be called until it is done. From then on the
    /// line carries its bytes alone: everything else waits.
    pub fn enter_pipe(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        self.core.enter_pipe(handle, waker)
    }

    /// Has the pipe left, after what was written. See [`poll_leave`](Self::poll_leave).
    pub fn leave_pipe(&mut self, handle: SocketHandle) {
        self.core.request_leave(handle);
    }

    /// Waits until the pipe has been left.
    pub fn poll_leave(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        self.core.poll_leave(handle, waker)
    }

    /// Stages a datagram; waits while the one before has not left. A bound socket needs `to`, one
    /// with a peer does not.
    pub fn send_datagram(
        &mut self,
        handle: SocketHandle,
        to: Option<SocketAddr>,
        bytes: &[u8],
        release: ReleaseAssistance,
        waker: &Waker,
    ) -> Poll<Result<(), Error>> {
        self.core.stage_datagram(handle, to, bytes, release, waker)
    }

    /// Takes a datagram; what does not fit is dropped.
    pub fn receive_datagram(
        &mut self,
        handle: SocketHandle,
        buffer: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<Arrived, Error>> {
        self.core.receive_datagram(handle, buffer, waker)
    }

    /// Lets go of a socket; what was written is still sent, then it is closed.
    pub fn release(&mut self, handle: SocketHandle) {
        self.core.release(handle);
    }

    /// Lets go of a socket; what was written and not sent is dropped.
    pub fn abort(&mut self, handle: SocketHandle) {
        self.core.abort(handle);
    }

    /// Lets a socket go, and waits until what was written has left or cannot leave any more; the engine
    /// sets a limit to that. `begun` is false at the first call.
    pub fn poll_close(
        &mut self,
        handle: SocketHandle,
        begun: &mut bool,
        waker: &Waker,
    ) -> Poll<Result<(), Error>> {
        if !core::mem::replace(begun, true) {
            let flushed = self.flush(handle, waker);
            self.release(handle);
            if flushed.is_ready() {
                return flushed;
            }
        }
        let place = self.core.table.at(handle.index);
        let Some(slot) = place.map(|place| place.slot) else { return Poll::Ready(Ok(())) };
        if slot.generation != handle.generation {
            // Closed, and its place is somebody else's.
            return Poll::Ready(Ok(()));
        }
        if slot.tx_len == 0 || slot.state == State::Free {
            return Poll::Ready(slot.write_error.or(slot.error).map_or(Ok(()), Err));
        }
        slot.writer.register(waker);
        Poll::Pending
    }

    /// Asks for the address of a host name, IPv6 or IPv4 or whichever comes. See
    /// [`poll_lookup`](Self::poll_lookup).
    pub fn resolve(&mut self, name: &str, ipv6: Option<bool>, waker: &Waker) -> Poll<Result<Ticket, Error>> {
        self.core.resolve(name.as_bytes(), ipv6, waker)
    }

    /// Asks for the host name of an address.
    pub fn resolve_address(&mut self, address: IpAddr, waker: &Waker) -> Poll<Result<Ticket, Error>> {
        self.core.resolve_address(address, waker)
    }

    /// Waits for the address.
    pub fn poll_lookup(&mut self, ticket: Ticket, waker: &Waker) -> Poll<Result<IpAddr, Error>> {
        self.core.poll_lookup(ticket, waker, None).map_ok(|(address, _)| address)
    }

    /// Waits for the name, and gives its length in `out`.
    pub fn poll_reverse_lookup(
        &mut self,
        ticket: Ticket,
        out: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<usize, Error>> {
        self.core.poll_lookup(ticket, waker, Some(out)).map_ok(|(_, len)| len)
    }

    /// Nobody waits for this lookup any more.
    pub fn cancel_lookup(&mut self, ticket: Ticket) {
        self.core.cancel_lookup(ticket);
    }

    /// Begins to store a credential of `total` bytes in the modem, or to remove one where `total`
    /// is zero. Its bytes follow with [`feed_upload`](Self::feed_upload).
    pub fn begin_upload(
        &mut self,
        credential: Credential,
        total: usize,
        waker: &Waker,
    ) -> Poll<Result<(), Error>> {
        self.core.begin_upload(credential, total, waker)
    }

    /// Gives bytes of the credential and says how many were taken; `Ok(0)` when the modem has
    /// stored all of it.
    pub fn feed_upload(&mut self, bytes: &[u8], waker: &Waker) -> Poll<Result<usize, Error>> {
        self.core.feed_upload(bytes, waker)
    }

    /// Gives an upload up. The modem gets the rest in blanks and removes what it has stored.
    pub fn abandon_upload(&mut self) {
        self.core.abandon_upload();
    }
}
