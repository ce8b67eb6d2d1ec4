//! Datagrams.

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use edge_nal::{
    MulticastV4, MulticastV6, Readable, UdpBind, UdpConnect, UdpReceive, UdpSend, UdpSplit, UdpSplitMulticast,
};
use embedded_io_async::ErrorType;
use embedded_nal_async::UdpStack;

use crate::asynch::{BoundUdpSocket, Owned, Stack, UdpSocket};
use crate::dialect::ReleaseAssistance;
use crate::error::Error;

impl<'d> UdpConnect for Stack<'d> {
    type Error = Error;
    type Socket<'a>
        = UdpSocket<'d>
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
    async fn connect(&self, local: SocketAddr, remote: SocketAddr) -> Result<UdpSocket<'d>, Error> {
        self.connect_from(local, remote).await.map(|(_, socket)| socket)
    }
}

impl<'d> UdpBind for Stack<'d> {
    type Error = Error;
    type Socket<'a>
        = BoundUdpSocket<'d>
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
    async fn bind(&self, local: SocketAddr) -> Result<BoundUdpSocket<'d>, Error> {
        self.bind_multiple(local).await
    }
}

/// The direction of a UDP socket from its peers.
#[derive(Debug)]
pub struct UdpReceiver<'a>(&'a Owned<'a>);

/// The direction of a UDP socket to its peers.
#[derive(Debug)]
pub struct UdpSender<'a> {
    socket: &'a Owned<'a>,
    connected: bool,
}

/// What remains of a UDP socket for multicast: [`Error::Unsupported`].
#[derive(Clone, Copy, Debug)]
pub struct NoMulticast;

async fn receive(socket: &Owned<'_>, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
    let arrived = socket.receive(buffer).await?;
    Ok((arrived.len, arrived.from))
}

async fn send(socket: &Owned<'_>, to: Option<SocketAddr>, data: &[u8]) -> Result<(), Error> {
    socket.send(to, data, ReleaseAssistance::None).await
}

impl ErrorType for UdpReceiver<'_> {
    type Error = Error;
}

impl UdpReceive for UdpReceiver<'_> {
    /// Receives a datagram; gives its full length and its sender. What does not fit is dropped.
    ///
    /// # Cancel safety
    /// No datagram is lost.
    async fn receive(&mut self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        receive(self.0, buffer).await
    }
}

impl Readable for UdpReceiver<'_> {
    /// Waits for a datagram or an error.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    async fn readable(&mut self) -> Result<(), Error> {
        self.0.readable().await
    }
}

impl ErrorType for UdpSender<'_> {
    type Error = Error;
}

impl UdpSend for UdpSender<'_> {
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
        impl UdpReceive for $type<'_> {
            /// Receives a datagram; gives its full length and its sender. What does not fit is
            /// dropped.
            ///
            /// # Cancel safety
            /// No datagram is lost.
            async fn receive(&mut $self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
                receive($socket, buffer).await
            }
        }

        impl UdpSend for $type<'_> {
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

        impl Readable for $type<'_> {
            /// Waits for a datagram or an error.
            ///
            /// # Cancel safety
            /// Nothing is lost.
            async fn readable(&mut $self) -> Result<(), Error> {
                $socket.readable().await
            }
        }

        impl UdpSplit for $type<'_> {
            type Receive<'a>
                = UdpReceiver<'a>
            where
                Self: 'a;
            type Send<'a>
                = UdpSender<'a>
            where
                Self: 'a;

            fn split(&mut $self) -> (UdpReceiver<'_>, UdpSender<'_>) {
                (UdpReceiver($socket), UdpSender { socket: $socket, connected: $connected })
            }
        }

        impl UdpSplitMulticast for $type<'_> {
            type MulticastV4<'a>
                = NoMulticast
            where
                Self: 'a;
            type MulticastV6<'a>
                = NoMulticast
            where
                Self: 'a;

            fn split_multicast(&mut self) -> (UdpReceiver<'_>, UdpSender<'_>, NoMulticast, NoMulticast) {
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
    ($($type:ty),*) => {$(
        impl MulticastV4 for $type {
            /// [`Error::Unsupported`].
            async fn join_v4(&mut self, _: Ipv4Addr, _: Ipv4Addr) -> Result<(), Error> {
                Err(Error::Unsupported)
            }

            /// [`Error::Unsupported`].
            async fn leave_v4(&mut self, _: Ipv4Addr, _: Ipv4Addr) -> Result<(), Error> {
                Err(Error::Unsupported)
            }
        }

        impl MulticastV6 for $type {
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

no_multicast!(UdpSocket<'_>, BoundUdpSocket<'_>, NoMulticast);
