//! The network of the machine on which the simulator runs.

use std::collections::HashMap;
use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::net::{
    IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket,
};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;
use std::time::Duration;

use super::{Failure, Handle, Network, Stray, TcpState};

/// The first of the ports that hosts take when it does not matter which.
const EPHEMERAL: u16 = 49_152;

/// How often open sockets are looked at.
const POLL: Duration = Duration::from_millis(2);
/// A connect thread gives up after this time, whatever the modem thinks.
const CONNECT_LIMIT: Duration = Duration::from_secs(150);

enum Entry {
    Query(Receiver<Result<Vec<IpAddr>, Failure>>),
    Connecting(Receiver<Result<TcpStream, Failure>>),
    Tcp {
        stream: TcpStream,
        eof: bool,
        failed: Option<Failure>,
    },
    Failed(Failure),
    Listener(TcpListener),
    Udp {
        socket: UdpSocket,
        /// For peers with an IPv6 address, from the first datagram to one of them on.
        six: Option<UdpSocket>,
    },
}

/// Real, non-blocking sockets of the host, and its resolver.
///
/// A local port asked for a TCP connection is ignored, the host chooses one; UDP gets the port
/// that it asks for. A listener is at 127.0.0.1, so that nothing outside can reach the modem.
#[derive(Default)]
pub struct HostNetwork {
    hosts: HashMap<String, Vec<IpAddr>>,
    entries: HashMap<Handle, Entry>,
    /// Ports of this machine that lead to the host behind the modem.
    forwards: Vec<(u16, TcpListener)>,
    strays_wanted: bool,
    next: u64,
    now: Duration,
    /// Of echoes.
    rtt: Duration,
}

impl fmt::Debug for HostNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostNetwork")
            .field("hosts", &self.hosts)
            .field("open", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl HostNetwork {
    /// A network that asks the host for every name.
    pub fn new() -> Self {
        HostNetwork::default()
    }

    /// Adds an address to a name; such a name is never asked for elsewhere.
    pub fn host(&mut self, name: &str, address: IpAddr) {
        self.hosts.entry(name.to_ascii_lowercase()).or_default().push(address);
    }

    /// Connections to this port of this machine are for the modem's socket that listens there, or else for the host
    /// behind the modem, as long as it has a dial-up connection; before and after it they wait. 0 is any that is free;
    /// the port is returned.
    ///
    /// # Errors
    ///
    /// When the port belongs to somebody else.
    pub fn forward(&mut self, port: u16) -> std::io::Result<u16> {
        self.forward_from(TcpListener::bind((Ipv4Addr::LOCALHOST, port))?)
    }

    /// [`HostNetwork::forward`] from a listener that there is already: nobody can take its port in between.
    ///
    /// # Errors
    ///
    /// When the listener cannot be used.
    pub fn forward_from(&mut self, listener: TcpListener) -> std::io::Result<u16> {
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        self.forwards.push((port, listener));
        Ok(port)
    }

    /// The modem's own listener at a port. One is enough.
    fn listens(&self, port: u16) -> bool {
        let at = |socket: &TcpListener| socket.local_addr().is_ok_and(|address| address.port() == port);
        self.entries.values().any(|entry| matches!(entry, Entry::Listener(socket) if at(socket)))
    }

    fn insert(&mut self, entry: Entry) -> Handle {
        self.next += 1;
        let handle = Handle(self.next);
        self.entries.insert(handle, entry);
        handle
    }
}

fn failure(error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::ConnectionRefused => Failure::Refused,
        ErrorKind::TimedOut => Failure::TimedOut,
        ErrorKind::AddrInUse => Failure::InUse,
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted => Failure::Reset,
        _ => Failure::Unreachable,
    }
}

impl Network for HostNetwork {
    fn configure(&mut self, _address: Ipv4Addr, rtt: Duration) {
        self.rtt = rtt;
    }

    /// This machine answers, and whoever got a name from [`HostNetwork::host`]. No packet leaves for that.
    fn echo(&mut self, to: IpAddr) -> Option<Duration> {
        let named = self.hosts.values().flatten().any(|address| *address == to);
        (named || to.is_loopback()).then_some(self.rtt)
    }

    fn advance(&mut self, now: Duration) {
        self.now = now;
        for entry in self.entries.values_mut() {
            let Entry::Connecting(result) = entry else {
                continue;
            };
            *entry = match result.try_recv() {
                Ok(Ok(stream)) => Entry::Tcp { stream, eof: false, failed: None },
                Ok(Err(failure)) => Entry::Failed(failure),
                Err(TryRecvError::Empty) => continue,
                Err(TryRecvError::Disconnected) => Entry::Failed(Failure::Unreachable),
            };
        }
    }

    fn poll_timeout(&self) -> Option<Duration> {
        let idle = self.entries.is_empty() && (self.forwards.is_empty() || !self.strays_wanted);
        (!idle).then_some(self.now + POLL)
    }

    fn resolve(&mut self, name: &str) -> Handle {
        let (answer, query) = mpsc::channel();
        if let Some(addresses) = self.hosts.get(&name.to_ascii_lowercase()) {
            // The receiver is held here, so this cannot fail.
            let _ = answer.send(Ok(addresses.clone()));
        } else {
            let name = name.to_owned();
            thread::spawn(move || {
                let result =
                    (name.as_str(), 0).to_socket_addrs().map_or(Err(Failure::Unreachable), |found| {
                        let mut all: Vec<IpAddr> = found.map(|a| a.ip()).collect();
                        all.sort();
                        all.dedup();
                        if all.is_empty() { Err(Failure::Unreachable) } else { Ok(all) }
                    });
                // The modem may have given up by now.
                let _ = answer.send(result);
            });
        }
        self.insert(Entry::Query(query))
    }

    fn resolved(&mut self, query: Handle) -> Option<Result<Vec<IpAddr>, Failure>> {
        let answer = match self.entries.get(&query) {
            Some(Entry::Query(query)) => match query.try_recv() {
                Err(TryRecvError::Empty) => return None,
                Ok(answer) => answer,
                Err(TryRecvError::Disconnected) => Err(Failure::Unreachable),
            },
            _ => Err(Failure::Unreachable),
        };
        self.entries.remove(&query);
        Some(answer)
    }

    fn name_of(&mut self, address: IpAddr) -> Option<String> {
        let mut names: Vec<_> =
            self.hosts.iter().filter(|(_, a)| a.contains(&address)).map(|(n, _)| n).collect();
        names.sort();
        names.first().map(|n| (*n).clone())
    }

    fn connect(&mut self, _local_port: Option<u16>, remote: SocketAddr) -> Handle {
        let (answer, result) = mpsc::channel();
        thread::spawn(move || {
            let stream = TcpStream::connect_timeout(&remote, CONNECT_LIMIT).and_then(|stream| {
                stream.set_nonblocking(true)?;
                stream.set_nodelay(true)?;
                Ok(stream)
            });
            // When the modem has given up, the stream is dropped and so closed.
            let _ = answer.send(stream.map_err(|e| failure(&e)));
        });
        self.insert(Entry::Connecting(result))
    }

    fn state(&mut self, tcp: Handle) -> TcpState {
        match self.entries.get(&tcp) {
            Some(Entry::Connecting(_)) => TcpState::Connecting,
            Some(Entry::Tcp { failed: Some(failure), .. } | Entry::Failed(failure)) => {
                TcpState::Failed(*failure)
            }
            Some(Entry::Tcp { eof: true, .. }) => TcpState::PeerClosed,
            Some(Entry::Tcp { .. }) => TcpState::Established,
            _ => TcpState::Failed(Failure::Reset),
        }
    }

    fn send(&mut self, tcp: Handle, bytes: &[u8]) -> usize {
        let Some(Entry::Tcp { stream, failed, .. }) = self.entries.get_mut(&tcp) else {
            return 0;
        };
        match stream.write(bytes) {
            Ok(n) => n,
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => 0,
            Err(e) => {
                *failed = Some(failure(&e));
                0
            }
        }
    }

    fn unacknowledged(&self, _tcp: Handle) -> usize {
        0
    }

    fn recv(&mut self, tcp: Handle, max: usize) -> Vec<u8> {
        let Some(Entry::Tcp { stream, eof, failed }) = self.entries.get_mut(&tcp) else {
            return Vec::new();
        };
        let mut buffer = vec![0; max];
        if max == 0 || *eof || failed.is_some() {
            return Vec::new();
        }
        match stream.read(&mut buffer) {
            Ok(0) => {
                *eof = true;
                Vec::new()
            }
            Ok(n) => {
                buffer.truncate(n);
                buffer
            }
            Err(e) => {
                if !matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) {
                    *failed = Some(failure(&e));
                }
                Vec::new()
            }
        }
    }

    fn listen(&mut self, local_port: u16) -> Result<Handle, Failure> {
        let listener = match self.forwards.iter().find(|(port, _)| *port == local_port) {
            Some(_) if self.listens(local_port) => return Err(Failure::InUse),
            Some((_, forward)) => forward.try_clone(),
            None => TcpListener::bind((Ipv4Addr::LOCALHOST, local_port)),
        };
        let listener = listener
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .map_err(|e| failure(&e))?;
        Ok(self.insert(Entry::Listener(listener)))
    }

    fn accepted(&mut self, listener: Handle) -> Option<(Handle, SocketAddr)> {
        let Some(Entry::Listener(socket)) = self.entries.get(&listener) else {
            return None;
        };
        // A connection that is gone again already counts as one that never came.
        let (stream, peer) = socket.accept().ok()?;
        stream.set_nonblocking(true).and_then(|()| stream.set_nodelay(true)).ok()?;
        Some((self.insert(Entry::Tcp { stream, eof: false, failed: None }), peer))
    }

    fn finish(&mut self, tcp: Handle) {
        if let Some(Entry::Tcp { stream, .. }) = self.entries.get(&tcp) {
            // One that is broken says so when it is read.
            let _ = stream.shutdown(Shutdown::Write);
        }
    }

    fn take_strays(&mut self, wanted: bool) {
        self.strays_wanted = wanted;
    }

    fn stray(&mut self) -> Option<Stray> {
        if !self.strays_wanted {
            return None;
        }
        let (stream, from, port) = self.forwards.iter().find_map(|(port, listener)| {
            let (stream, from) = if self.listens(*port) { return None } else { listener.accept().ok()? };
            Some((stream, from, *port))
        })?;
        stream.set_nonblocking(true).and_then(|()| stream.set_nodelay(true)).ok()?;
        let handle = self.insert(Entry::Tcp { stream, eof: false, failed: None });
        Some(Stray::Connection { handle, from, port })
    }

    fn bind(&mut self, local_port: Option<u16>) -> Result<Handle, Failure> {
        let any = |port| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port));
        let port = local_port.unwrap_or(0);
        let has = |socket: &UdpSocket| socket.local_addr().is_ok_and(|address| address.port() == port);
        let ours =
            self.entries.values().any(|entry| matches!(entry, Entry::Udp { socket, .. } if has(socket)));
        let socket = any(port)
            // Several modems share this machine's ports: one that nobody has chosen by hand may be another.
            .or_else(|error| if port >= EPHEMERAL && !ours { any(0) } else { Err(error) })
            .and_then(|socket| socket.set_nonblocking(true).map(|()| socket))
            .map_err(|e| failure(&e))?;
        Ok(self.insert(Entry::Udp { socket, six: None }))
    }

    fn send_to(&mut self, udp: Handle, to: SocketAddr, bytes: &[u8]) -> Result<(), Failure> {
        let Some(Entry::Udp { socket, six }) = self.entries.get_mut(&udp) else {
            return Err(Failure::Unreachable);
        };
        let send = |socket: &UdpSocket| socket.send_to(bytes, to).map(|_| ());
        let sent = match six {
            _ if to.is_ipv4() => send(socket),
            Some(six) => send(six),
            None => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).and_then(|new| {
                new.set_nonblocking(true)?;
                send(six.insert(new))
            }),
        };
        sent.map_err(|e| failure(&e))
    }

    fn recv_from(&mut self, udp: Handle) -> Option<(SocketAddr, Vec<u8>)> {
        let Some(Entry::Udp { socket, six }) = self.entries.get(&udp) else {
            return None;
        };
        let mut buffer = vec![0; 65536];
        let mut sockets = [socket].into_iter().chain(six);
        let (n, from) = sockets.find_map(|socket| socket.recv_from(&mut buffer).ok())?;
        buffer.truncate(n);
        Some((from, buffer))
    }

    fn local_port(&self, handle: Handle) -> u16 {
        let address = match self.entries.get(&handle) {
            Some(Entry::Tcp { stream, .. }) => stream.local_addr(),
            Some(Entry::Listener(listener)) => listener.local_addr(),
            Some(Entry::Udp { socket, .. }) => socket.local_addr(),
            _ => return 0,
        };
        address.map_or(0, |a| a.port())
    }

    fn close(&mut self, handle: Handle) {
        if let Some(Entry::Tcp { stream, .. }) = self.entries.remove(&handle) {
            // It is being dropped anyhow.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn abort(&mut self, handle: Handle) {
        self.entries.remove(&handle);
    }
}
