//! A network without sockets and without clock.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::world::{Event, Udp, World};
use super::{Failure, Handle, Message, Network, Peer, Service, Stray, TcpState};

/// Names a TCP connection of a [`VirtualNetwork`], seen from the far end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

/// What is known about a TCP connection of a [`VirtualNetwork`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnInfo {
    /// Its name.
    pub id: ConnId,
    /// Address and port of the far end.
    pub remote: SocketAddr,
    /// Port of the modem.
    pub local_port: u16,
    /// The far end has opened it ([`VirtualNetwork::dial`]).
    pub inbound: bool,
    /// Both ends have it open.
    pub open: bool,
    /// The modem has closed its end.
    pub closed_by_modem: bool,
    /// The modem has reset it.
    pub reset_by_modem: bool,
}

/// A datagram that reached a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// When it arrived.
    pub at: Duration,
    /// The modem's address and port.
    pub from: SocketAddr,
    /// The server's.
    pub to: SocketAddr,
    /// The bytes.
    pub payload: Vec<u8>,
}

/// A deterministic network in virtual time.
///
/// Clones are handles of the same network, so a test keeps one and gives the other to the modem.
/// A connection to an address for which no [`Peer`] is set is refused.
#[derive(Clone, Debug)]
pub struct VirtualNetwork(Arc<Mutex<World>>);

impl Default for VirtualNetwork {
    fn default() -> Self {
        VirtualNetwork::new()
    }
}

impl VirtualNetwork {
    /// A network with nothing in it.
    pub fn new() -> Self {
        VirtualNetwork(Arc::new(Mutex::new(World::new())))
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a name to addresses.
    pub fn host(&self, name: &str, addresses: &[IpAddr]) {
        self.world().hosts.insert(name.to_ascii_lowercase(), addresses.to_vec());
    }

    /// Queries for this name are never answered.
    pub fn silent_host(&self, name: &str) {
        self.world().silent_names.push(name.to_owned());
    }

    /// Puts a server at an address and port, for TCP and UDP.
    pub fn on(&self, ip: impl Into<IpAddr>, port: u16, peer: Peer) {
        self.world().peers.insert(SocketAddr::new(ip.into(), port), peer);
    }

    /// Puts a server of the test's own at an address and port; `make` makes one for each TCP connection
    /// and for each UDP port of the modem.
    pub fn serve(
        &self,
        ip: impl Into<IpAddr>,
        port: u16,
        make: impl FnMut() -> Box<dyn Service> + Send + 'static,
    ) {
        self.world().serve(SocketAddr::new(ip.into(), port), Box::new(make));
    }

    /// Sends a short message to the modem. It arrives when the modem looks next, if it is registered and has room.
    pub fn deliver_sms(&self, from: &str, text: &str) {
        let message = Message { number: from.to_owned(), text: text.to_owned(), pdu: String::new() };
        self.world().at(Duration::ZERO, Event::Message(message));
    }

    /// Short messages that the modem has sent, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.world().mailbox.from_modem.clone()
    }

    /// This address does not answer pings. All others do that have a name or a server; from the rest nothing comes.
    pub fn ignores_pings(&self, address: impl Into<IpAddr>) {
        self.world().air.silent.push(address.into());
    }

    /// Changes the round trip time, which a new modem sets to [`Options::rtt`](crate::Options).
    pub fn set_rtt(&self, rtt: Duration) {
        self.world().rtt = rtt;
    }

    /// Every TCP connection that the modem or a [`VirtualNetwork::dial`] ever opened, oldest first.
    pub fn connections(&self) -> Vec<ConnInfo> {
        let world = self.world();
        world
            .conns
            .iter()
            .map(|(&id, c)| ConnInfo {
                id: ConnId(id),
                remote: c.remote,
                local_port: c.local_port,
                inbound: c.inbound,
                open: c.server_open && !c.client_closed && c.state == TcpState::Established,
                closed_by_modem: c.client_closed || c.client_finished,
                reset_by_modem: c.client_reset,
            })
            .collect()
    }

    /// Opens a TCP connection from any address to a port of the modem, now.
    ///
    /// The far end behaves as `peer` once the modem has taken the connection;
    /// [`VirtualNetwork::peer_state`] tells what has become of it.
    pub fn dial(&self, port: u16, from: SocketAddr, peer: Peer) -> ConnId {
        ConnId(self.world().dial(port, from, peer))
    }

    /// How a connection is for its far end: refused when nobody listened or the modem had no room
    /// for it, [`TcpState::PeerClosed`] when either end has closed it.
    pub fn peer_state(&self, conn: ConnId) -> TcpState {
        self.world().conns.get(&conn.0).map_or(TcpState::Failed(Failure::Unreachable), |c| c.far)
    }

    /// Ports at which the modem listens.
    pub fn listening_ports(&self) -> Vec<u16> {
        self.world().listeners.values().map(|l| l.port).collect()
    }

    /// The server sends bytes, now.
    pub fn send(&self, conn: ConnId, bytes: &[u8]) {
        self.world().server_send(conn.0, bytes);
    }

    /// The server closes, now.
    pub fn close(&self, conn: ConnId) {
        self.world().server_close(conn.0, false);
    }

    /// The server resets the connection, now.
    pub fn reset(&self, conn: ConnId) {
        self.world().server_close(conn.0, true);
    }

    /// The server stops reading, or reads again. While it does not, the modem's queue fills.
    pub fn set_reading(&self, conn: ConnId, reading: bool) {
        if let Some(c) = self.world().conns.get_mut(&conn.0) {
            c.reading = reading;
        }
    }

    /// Everything that the server has received.
    pub fn received(&self, conn: ConnId) -> Vec<u8> {
        self.world().conns.get(&conn.0).map(|c| c.received.clone()).unwrap_or_default()
    }

    /// Datagrams that reached a server, oldest first.
    pub fn datagrams(&self) -> Vec<Datagram> {
        self.world().datagrams.clone()
    }

    /// Sends a datagram from any address to a port of the modem, now.
    pub fn push_datagram(&self, from: SocketAddr, port: u16, payload: &[u8]) {
        self.world().udp_in(from, port, payload.to_vec());
    }

    /// Ports of the modem's open UDP sockets.
    pub fn udp_ports(&self) -> Vec<u16> {
        self.world().udps.values().filter(|u| u.open).map(|u| u.local_port).collect()
    }
}

impl Network for VirtualNetwork {
    fn configure(&mut self, address: Ipv4Addr, rtt: Duration) {
        let mut world = self.world();
        world.address = address;
        world.rtt = rtt;
    }

    fn advance(&mut self, now: Duration) {
        self.world().advance(now);
    }

    fn poll_timeout(&self) -> Option<Duration> {
        self.world().next_event()
    }

    fn set_reached(&mut self, reached: bool) {
        self.world().set_reached(reached);
    }

    fn echo(&mut self, to: IpAddr) -> Option<Duration> {
        self.world().echo(to)
    }

    fn post(&mut self, message: Message) {
        self.world().mailbox.from_modem.push(message);
    }

    fn next_message(&mut self) -> Option<Message> {
        self.world().mailbox.to_modem.pop_front()
    }

    fn resolve(&mut self, name: &str) -> Handle {
        Handle(self.world().query(name))
    }

    fn resolved(&mut self, query: Handle) -> Option<Result<Vec<IpAddr>, Failure>> {
        let mut world = self.world();
        world.queries.get(&query.0)?.answer.as_ref()?;
        world.queries.remove(&query.0)?.answer
    }

    fn name_of(&mut self, address: IpAddr) -> Option<String> {
        let world = self.world();
        let mut names: Vec<_> =
            world.hosts.iter().filter(|(_, a)| a.contains(&address)).map(|(n, _)| n).collect();
        names.sort();
        names.first().map(|n| (*n).clone())
    }

    fn connect(&mut self, local_port: Option<u16>, remote: SocketAddr) -> Handle {
        Handle(self.world().open(local_port, remote))
    }

    fn state(&mut self, tcp: Handle) -> TcpState {
        match self.world().conns.get(&tcp.0) {
            None => TcpState::Failed(Failure::Reset),
            Some(c) if c.state == TcpState::Established && c.fin && c.arrived.is_empty() => {
                TcpState::PeerClosed
            }
            Some(c) => c.state,
        }
    }

    fn send(&mut self, tcp: Handle, bytes: &[u8]) -> usize {
        self.world().client_send(tcp.0, bytes)
    }

    /// Servers close both directions.
    fn has_half_open(&self) -> bool {
        false
    }

    fn unacknowledged(&self, tcp: Handle) -> usize {
        self.world().conns.get(&tcp.0).map_or(0, |c| c.in_flight)
    }

    fn recv(&mut self, tcp: Handle, max: usize) -> Vec<u8> {
        let mut world = self.world();
        let Some(c) = world.conns.get_mut(&tcp.0) else {
            return Vec::new();
        };
        let n = max.min(c.arrived.len());
        c.arrived.drain(..n).collect()
    }

    fn listen(&mut self, local_port: u16) -> Result<Handle, Failure> {
        self.world().listen(local_port).map(Handle)
    }

    fn accepted(&mut self, listener: Handle) -> Option<(Handle, SocketAddr)> {
        self.world().accepted(listener.0).map(|(id, from)| (Handle(id), from))
    }

    fn finish(&mut self, tcp: Handle) {
        self.world().client_finish(tcp.0);
    }

    fn take_strays(&mut self, wanted: bool) {
        self.world().take_strays(wanted);
    }

    fn stray(&mut self) -> Option<Stray> {
        self.world().stray()
    }

    fn admit(&mut self, tcp: Handle) {
        self.world().admit(tcp.0);
    }

    fn bind(&mut self, local_port: Option<u16>) -> Result<Handle, Failure> {
        let mut world = self.world();
        if world.udps.values().any(|u| u.open && Some(u.local_port) == local_port) {
            return Err(Failure::InUse);
        }
        let id = world.fresh();
        let local_port = world.port(local_port);
        world.udps.insert(id, Udp { local_port, inbound: Default::default(), open: true });
        Ok(Handle(id))
    }

    fn send_to(&mut self, udp: Handle, to: SocketAddr, bytes: &[u8]) -> Result<(), Failure> {
        let mut world = self.world();
        let port = world.udps.get(&udp.0).ok_or(Failure::Unreachable)?.local_port;
        world.udp_out(port, to, bytes.to_vec());
        Ok(())
    }

    fn recv_from(&mut self, udp: Handle) -> Option<(SocketAddr, Vec<u8>)> {
        self.world().udps.get_mut(&udp.0)?.inbound.pop_front()
    }

    fn local_port(&self, handle: Handle) -> u16 {
        let world = self.world();
        let tcp = world.conns.get(&handle.0).map(|c| c.local_port);
        tcp.or_else(|| world.udps.get(&handle.0).map(|u| u.local_port))
            .or_else(|| world.listeners.get(&handle.0).map(|l| l.port))
            .unwrap_or(0)
    }

    fn close(&mut self, handle: Handle) {
        self.world().client_close(handle.0, false);
    }

    fn abort(&mut self, handle: Handle) {
        self.world().client_close(handle.0, true);
    }
}
