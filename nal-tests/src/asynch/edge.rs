//! Stacks of edge-nal.
#![cfg(feature = "edge-nal")]

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use edge_nal::{AddrType, Dns, TcpConnect, UdpBind, UdpConnect, UdpReceive, UdpSend};

use super::stack::{Bound, Connected, Family, Names, Tcp, Udp};

/// A stack of edge-nal.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'s, S>(pub &'s S);

/// A UDP socket of one, and its peer.
#[derive(Debug)]
pub struct Peered<S>(S, SocketAddr);

/// A UDP socket of one without a peer.
#[derive(Debug)]
pub struct Socket<S>(S);

impl<S: TcpConnect> Tcp for Edge<'_, S> {
    type Error = S::Error;
    type Socket<'a>
        = S::Socket<'a>
    where
        Self: 'a;

    async fn connect(&self, remote: SocketAddr) -> Result<Self::Socket<'_>, Self::Error> {
        self.0.connect(remote).await
    }
}

const fn anywhere(remote: SocketAddr) -> SocketAddr {
    match remote {
        SocketAddr::V4(_) => SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0),
        SocketAddr::V6(_) => SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0),
    }
}

impl<S, E: embedded_io_async::Error> Udp for Edge<'_, S>
where
    S: UdpConnect<Error = E> + UdpBind<Error = E>,
{
    type Error = E;
    type Connected<'a>
        = Peered<<S as UdpConnect>::Socket<'a>>
    where
        Self: 'a;
    type Bound<'a>
        = Socket<<S as UdpBind>::Socket<'a>>
    where
        Self: 'a;
    type Multiple<'a>
        = Socket<<S as UdpBind>::Socket<'a>>
    where
        Self: 'a;

    async fn connect(&self, remote: SocketAddr) -> Result<Self::Connected<'_>, Self::Error> {
        let socket = UdpConnect::connect(self.0, anywhere(remote), remote).await?;
        Ok(Peered(socket, remote))
    }

    async fn bind(&self, local: SocketAddr) -> Result<(Option<SocketAddr>, Self::Bound<'_>), Self::Error> {
        Ok((None, Socket(UdpBind::bind(self.0, local).await?)))
    }

    async fn bind_multiple(&self, local: SocketAddr) -> Result<Self::Multiple<'_>, Self::Error> {
        Ok(Socket(UdpBind::bind(self.0, local).await?))
    }
}

impl<S, E: embedded_io_async::Error> Connected for Peered<S>
where
    S: UdpSend<Error = E> + UdpReceive<Error = E>,
{
    type Error = E;

    async fn send(&mut self, data: &[u8]) -> Result<(), E> {
        self.0.send(self.1, data).await
    }

    async fn receive(&mut self, buffer: &mut [u8]) -> Result<usize, E> {
        self.0.receive(buffer).await.map(|(len, _)| len)
    }
}

impl<S, E: embedded_io_async::Error> Bound for Socket<S>
where
    S: UdpSend<Error = E> + UdpReceive<Error = E>,
{
    type Error = E;

    async fn send(&mut self, _local: SocketAddr, remote: SocketAddr, data: &[u8]) -> Result<(), E> {
        self.0.send(remote, data).await
    }

    async fn receive(&mut self, buffer: &mut [u8]) -> Result<(usize, Option<SocketAddr>, SocketAddr), E> {
        self.0.receive(buffer).await.map(|(len, remote)| (len, None, remote))
    }
}

impl<S: Dns> Names for Edge<'_, S> {
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
