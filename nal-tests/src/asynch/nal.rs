//! Stacks of embedded-nal-async.
#![cfg(feature = "async")]

use core::net::{IpAddr, SocketAddr};

use embedded_nal_async::{AddrType, ConnectedUdp, Dns, TcpConnect, UdpStack, UnconnectedUdp};

use super::stack::{Bound, Connected, Family, Names, Tcp, Udp};

/// A stack of embedded-nal-async.
#[derive(Clone, Copy, Debug)]
pub struct Nal<'s, S>(pub &'s S);

/// A UDP socket of one.
#[derive(Debug)]
pub struct Socket<S>(S);

impl<S: TcpConnect> Tcp for Nal<'_, S> {
    type Error = S::Error;
    type Socket<'a>
        = S::Connection<'a>
    where
        Self: 'a;

    async fn connect(&self, remote: SocketAddr) -> Result<Self::Socket<'_>, Self::Error> {
        self.0.connect(remote).await
    }
}

impl<S: UdpStack> Udp for Nal<'_, S> {
    type Error = S::Error;
    type Connected<'a>
        = Socket<S::Connected>
    where
        Self: 'a;
    type Bound<'a>
        = Socket<S::UniquelyBound>
    where
        Self: 'a;
    type Multiple<'a>
        = Socket<S::MultiplyBound>
    where
        Self: 'a;

    async fn connect(&self, remote: SocketAddr) -> Result<Self::Connected<'_>, Self::Error> {
        self.0.connect(remote).await.map(|(_, socket)| Socket(socket))
    }

    async fn bind(&self, local: SocketAddr) -> Result<(Option<SocketAddr>, Self::Bound<'_>), Self::Error> {
        self.0.bind_single(local).await.map(|(local, socket)| (Some(local), Socket(socket)))
    }

    async fn bind_multiple(&self, local: SocketAddr) -> Result<Self::Multiple<'_>, Self::Error> {
        self.0.bind_multiple(local).await.map(Socket)
    }
}

impl<S: ConnectedUdp> Connected for Socket<S> {
    type Error = S::Error;

    async fn send(&mut self, data: &[u8]) -> Result<(), Self::Error> {
        self.0.send(data).await
    }

    async fn receive(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        self.0.receive_into(buffer).await
    }
}

impl<S: UnconnectedUdp> Bound for Socket<S> {
    type Error = S::Error;

    async fn send(&mut self, local: SocketAddr, remote: SocketAddr, data: &[u8]) -> Result<(), Self::Error> {
        self.0.send(local, remote, data).await
    }

    async fn receive(
        &mut self,
        buffer: &mut [u8],
    ) -> Result<(usize, Option<SocketAddr>, SocketAddr), Self::Error> {
        self.0.receive_into(buffer).await.map(|(len, local, remote)| (len, Some(local), remote))
    }
}

impl<S: Dns> Names for Nal<'_, S> {
    type Error = S::Error;

    async fn address(&self, name: &str, family: Family) -> Result<IpAddr, Self::Error> {
        let family = match family {
            Family::V4 => AddrType::IPv4,
            Family::V6 => AddrType::IPv6,
            Family::Either => AddrType::Either,
        };
        self.0.get_host_by_name(name, family).await
    }

    async fn name(&self, address: IpAddr, result: &mut [u8]) -> Result<usize, Self::Error> {
        self.0.get_host_by_address(address, result).await
    }
}
