//! Datagrams.

use core::future::Future;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use edge_nal::{
    MulticastV4, MulticastV6, Readable, UdpBind, UdpConnect, UdpReceive, UdpSend, UdpSplit, UdpSplitMulticast,
};
use embedded_io_async::ErrorType;
use embedded_nal_async::UdpStack;

use crate::asynch::{BoundUdpSocket, Owned, Stack, UdpSocket};
use crate::dialect::ReleaseAssistance;
use crate::engine::Engine;
use crate::error::Error;
use crate::socket::Sockets;

impl<'d, S: Sockets + ?Sized> UdpConnect for Stack<'d, S> {
    type Error = Error;
    type Socket<'a>
        = UdpSocket<'d, S>
    where
        Self: 'a;

    /// Opens a socket for datagrams to and from `remote`, as `connect_from` of embedded-nal-async
    /// does.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a local address that is not the link's, [`Error::WrongFamily`],
    /// [`Error::PortInUse`], [`Error::NoSocket`], or why the link is not up.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back.
    async fn connect(&self, local: SocketAddr, remote: SocketAddr) -> Result<UdpSocket<'d, S>, Error> {
        self.connect_from(local, remote).await.map(|(_, socket)| socket)
    }
}

impl<'d, S: Sockets + ?Sized> UdpBind for Stack<'d, S> {
    type Error = Error;
    type Socket<'a>
        = BoundUdpSocket<'d, S>
    where
        Self: 'a;

    /// Opens a socket for datagrams to and from anybody, as `bind_multiple` of embedded-nal-async
    /// does.
    ///
    /// # Errors
    /// As for `UdpConnect::connect`.
    ///
    /// # Cancel safety
    /// A dropped future gives its socket back.
    fn bind(&self, local: SocketAddr) -> impl Future<Output = Result<BoundUdpSocket<'d, S>, Error>> {
        self.bind_multiple(local)
    }
}

/// The direction of a UDP socket from its peers.
#[derive(Debug)]
pub struct UdpReceiver<'a, S: Sockets + ?Sized = Engine>(&'a Owned<'a, S>);

/// The direction of a UDP socket to its peers.
#[derive(Debug)]
pub struct UdpSender<'a, S: Sockets + ?Sized = Engine> {
    socket: &'a Owned<'a, S>,
    connected: bool,
}

/// What remains of a UDP socket for multicast: [`Error::Unsupported`].
#[derive(Clone, Copy, Debug)]
pub struct NoMulticast;

async fn receive<S: Sockets + ?Sized>(
    socket: &Owned<'_, S>,
    buffer: &mut [u8],
) -> Result<(usize, SocketAddr), Error> {
    let arrived = socket.receive(buffer).await?;
    Ok((arrived.len, arrived.from))
}

async fn send<S: Sockets + ?Sized>(
    socket: &Owned<'_, S>,
    to: Option<SocketAddr>,
    data: &[u8],
) -> Result<(), Error> {
    socket.send(to, data, ReleaseAssistance::None).await
}

impl<S: Sockets + ?Sized> ErrorType for UdpReceiver<'_, S> {
    type Error = Error;
}

impl<S: Sockets + ?Sized> UdpReceive for UdpReceiver<'_, S> {
    /// Receives a datagram; gives its full length and its sender. What does not fit is dropped.
    ///
    /// # Cancel safety
    /// No datagram is lost.
    async fn receive(&mut self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        receive(self.0, buffer).await
    }
}

impl<S: Sockets + ?Sized> Readable for UdpReceiver<'_, S> {
    /// Waits for a datagram or an error.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    fn readable(&mut self) -> impl Future<Output = Result<(), Error>> {
        self.0.readable()
    }
}

impl<S: Sockets + ?Sized> ErrorType for UdpSender<'_, S> {
    type Error = Error;
}

impl<S: Sockets + ?Sized> UdpSend for UdpSender<'_, S> {
    /// Sends a datagram and waits until the modem has taken it. A socket with one peer ignores
    /// `remote`.
    ///
    /// # Cancel safety
    /// The datagram is sent whole or not at all.
    async fn send(&mut self, remote: SocketAddr, data: &[u8]) -> Result<(), Error> {
        send(self.socket, (!self.connected).then_some(remote), data).await
    }
}

impl ErrorType for NoMulticast {
    type Error = Error;
}

/// The traits that both kinds of sockets have alike; `$socket` is what they share inside.
macro_rules! udp {
    ($type:ident, connected: $connected:literal, $self:ident => $socket:expr) => {
        impl<S: Sockets + ?Sized> UdpReceive for $type<'_, S> {
            /// Receives a datagram; gives its full length and its sender. What does not fit is
            /// dropped.
            ///
            /// # Cancel safety
            /// No datagram is lost.
            async fn receive(&mut $self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
                receive($socket, buffer).await
            }
        }

        impl<S: Sockets + ?Sized> UdpSend for $type<'_, S> {
            /// Sends a datagram and waits until the modem has taken it. A socket with one peer
            /// ignores `remote`.
            ///
            /// # Errors
            /// [`Error::Oversized`], [`Error::Unsupported`] for an empty datagram, or why the socket
            /// died.
            ///
            /// # Cancel safety
            /// The datagram is sent whole or not at all.
            async fn send(&mut $self, remote: SocketAddr, data: &[u8]) -> Result<(), Error> {
                send($socket, (!$connected).then_some(remote), data).await
            }
        }

        impl<S: Sockets + ?Sized> Readable for $type<'_, S> {
            /// Waits for a datagram or an error.
            ///
            /// # Cancel safety
            /// Nothing is lost.
            async fn readable(&mut $self) -> Result<(), Error> {
                $socket.readable().await
            }
        }

        impl<S: Sockets + ?Sized> UdpSplit for $type<'_, S> {
            type Receive<'a>
                = UdpReceiver<'a, S>
            where
                Self: 'a;
            type Send<'a>
                = UdpSender<'a, S>
            where
                Self: 'a;

            fn split(&mut $self) -> (UdpReceiver<'_, S>, UdpSender<'_, S>) {
                (UdpReceiver($socket), UdpSender { socket: $socket, connected: $connected })
            }
        }

        impl<S: Sockets + ?Sized> UdpSplitMulticast for $type<'_, S> {
            type MulticastV4<'a>
                = NoMulticast
            where
                Self: 'a;
            type MulticastV6<'a>
                = NoMulticast
            where
                Self: 'a;

            fn split_multicast(&mut self) -> (UdpReceiver<'_, S>, UdpSender<'_, S>, NoMulticast, NoMulticast) {
                let (receiver, sender) = self.split();
                (receiver, sender, NoMulticast, NoMulticast)
            }
        }
    };
}

udp!(UdpSocket, connected: true, self => &self.0);
udp!(BoundUdpSocket, connected: false, self => &self.socket);

/// Multicast is [`Error::Unsupported`] everywhere.
macro_rules! no_multicast {
    ($([$($generics:tt)*] $type:ty),*) => {$(
        impl<$($generics)*> MulticastV4 for $type {
            /// [`Error::Unsupported`].
            async fn join_v4(&mut self, _: Ipv4Addr, _: Ipv4Addr) -> Result<(), Error> {
                Err(Error::Unsupported)
            }

            /// [`Error::Unsupported`].
            async fn leave_v4(&mut self, _: Ipv4Addr, _: Ipv4Addr) -> Result<(), Error> {
                Err(Error::Unsupported)
            }
        }

        impl<$($generics)*> MulticastV6 for $type {
            /// [`Error::Unsupported`].
            async fn join_v6(&mut self, _: Ipv6Addr, _: u32) -> Result<(), Error> {
                Err(Error::Unsupported)
            }

            /// [`Error::Unsupported`].
            async fn leave_v6(&mut self, _: Ipv6Addr, _: u32) -> Result<(), Error> {
                Err(Error::Unsupported)
            }
        }
    )*};
}

no_multicast!(
    [S: Sockets + ?Sized] UdpSocket<'_, S>,
    [S: Sockets + ?Sized] BoundUdpSocket<'_, S>,
    [] NoMulticast
);
