//! The modem's own sockets behind the handles of the shells.

use core::net::{IpAddr, SocketAddr};
use core::task::{Poll, Waker};

use super::Engine;
use crate::dialect::ReleaseAssistance;
use crate::error::Error;
use crate::socket::{Arrived, Sealed, SocketHandle, Sockets, Ticket};

impl Sealed for Engine {}

/// Each method is the engine's own.
macro_rules! delegate {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        impl Sockets for Engine {
            $(
                #[inline]
                fn $name(&mut self, $($argument: $type),*) -> $result {
                    self.$name($($argument),*)
                }
            )*

            fn local_address(&mut self, handle: SocketHandle, _: IpAddr) -> Option<SocketAddr> {
                self.local_address(handle)
            }

            fn lacks_family(&self, address: IpAddr) -> bool {
                self.core.lacks_family(address)
            }

            fn shut_down(&mut self, _: SocketHandle) -> Result<(), Error> {
                // The modems close both directions, or none.
                Err(Error::Unsupported)
            }

            fn ticket_of(&self, name: &str, ipv6: Option<bool>) -> Option<Ticket> {
                self.core.ticket_of(name.as_bytes(), ipv6)
            }

            fn ticket_of_address(&self, address: IpAddr) -> Option<Ticket> {
                self.core.ticket_of_address(address)
            }
        }
    };
}

delegate! {
    open_tcp(remote: SocketAddr, waker: &Waker) -> Poll<Result<SocketHandle, Error>>;
    open_udp(remote: SocketAddr, local_port: u16, waker: &Waker) -> Poll<Result<SocketHandle, Error>>;
    open_bound(local_port: u16, waker: &Waker) -> Poll<Result<SocketHandle, Error>>;
    listen(local_port: u16, waker: &Waker) -> Poll<Result<SocketHandle, Error>>;
    accept(listener: SocketHandle, waker: &Waker) -> Poll<Result<(SocketHandle, SocketAddr), Error>>;
    poll_open(handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>>;
    is_over(handle: SocketHandle) -> bool;
    read(handle: SocketHandle, buffer: &mut [u8], waker: &Waker) -> Poll<Result<usize, Error>>;
    poll_readable(handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>>;
    write(handle: SocketHandle, bytes: &[u8], waker: &Waker) -> Poll<Result<usize, Error>>;
    flush(handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>>;
    poll_close(handle: SocketHandle, begun: &mut bool, waker: &Waker) -> Poll<Result<(), Error>>;
    send_datagram(
        handle: SocketHandle,
        to: Option<SocketAddr>,
        bytes: &[u8],
        release: ReleaseAssistance,
        waker: &Waker
    ) -> Poll<Result<(), Error>>;
    receive_datagram(
        handle: SocketHandle,
        buffer: &mut [u8],
        waker: &Waker
    ) -> Poll<Result<Arrived, Error>>;
    release(handle: SocketHandle) -> ();
    abort(handle: SocketHandle) -> ();
    resolve(name: &str, ipv6: Option<bool>, waker: &Waker) -> Poll<Result<Ticket, Error>>;
    resolve_address(address: IpAddr, waker: &Waker) -> Poll<Result<Ticket, Error>>;
    poll_lookup(ticket: Ticket, waker: &Waker) -> Poll<Result<IpAddr, Error>>;
    poll_reverse_lookup(ticket: Ticket, out: &mut [u8], waker: &Waker) -> Poll<Result<usize, Error>>;
    cancel_lookup(ticket: Ticket) -> ();
}
