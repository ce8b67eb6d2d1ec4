//! The network as the modem's sockets see it: some of its connections are secured.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::{Clock, Fault, Handshake, Profile, Progress, Session, client, resume};
use crate::network::{Failure, Handle, Message, Network, TcpState};

/// A secured connection.
struct Secured {
    session: Box<dyn Session>,
    peer: SocketAddr,
    datagrams: bool,
    /// Goes to the network as soon as it takes it.
    out: VecDeque<u8>,
    /// Came from the peer.
    plain: VecDeque<u8>,
    /// How much of the host's bytes have left when so many bytes have left in all.
    ledger: VecDeque<(u64, usize)>,
    /// Bytes given to the network, or waiting for it.
    written: u64,
    /// The first bytes have left.
    begun: bool,
    /// The end of the handshake has been noted.
    told: bool,
    news: Option<resume::Data>,
}

/// The network, with TLS and DTLS where [`Net::secure`] wants it.
pub(crate) struct Net {
    inner: Box<dyn Network>,
    secured: BTreeMap<Handle, Secured>,
    now: Duration,
    clock: Clock,
    start: i64,
    log: Vec<Handshake>,
}

impl Secured {
    /// The handshake is over, well or not.
    fn is_shaking(&self) -> bool {
        self.session.progress() == Progress::Shaking
    }

    fn pump(&mut self, handle: Handle, inner: &mut dyn Network, now: Duration) {
        if self.session.due().is_some_and(|due| due <= now) {
            self.session.timeout(now);
        }
        if self.datagrams {
            while let Some((from, bytes)) = inner.recv_from(handle) {
                if from == self.peer {
                    self.session.feed(now, &bytes);
                }
            }
            while let Some(bytes) = self.session.take() {
                // A datagram may be lost anywhere.
                let _ = inner.send_to(handle, self.peer, &bytes);
            }
            return;
        }
        if self.is_shaking() {
            self.fetch(handle, inner, now, 0);
        }
        self.flush(handle, inner);
    }

    /// Takes what has come, until there is something for the host beyond `most` bytes.
    fn fetch(&mut self, handle: Handle, inner: &mut dyn Network, now: Duration, most: usize) {
        while self.plain.len() <= most {
            let bytes = inner.recv(handle, 4096);
            if bytes.is_empty() {
                return;
            }
            self.session.feed(now, &bytes);
            self.plain.extend(self.session.read().unwrap_or_default());
        }
    }

    fn flush(&mut self, handle: Handle, inner: &mut dyn Network) {
        if let Some(bytes) = self.session.take() {
            self.written += bytes.len() as u64;
            self.out.extend(bytes);
        }
        if !self.out.is_empty() {
            let taken = inner.send(handle, self.out.make_contiguous());
            self.out.drain(..taken);
            self.begun |= taken > 0;
        }
    }
}

impl Net {
    pub(crate) fn new(inner: Box<dyn Network>, clock: Clock) -> Self {
        let start = clock.seconds() as i64;
        Net { inner, secured: BTreeMap::new(), now: Duration::ZERO, clock, start, log: Vec::new() }
    }

    /// The network itself, for packets that the modem only forwards.
    pub(crate) fn network(&mut self) -> &mut dyn Network {
        self.inner.as_mut()
    }

    /// It is this time since 1970 when the modem's own time is `now`.
    pub(crate) fn set_clock(&mut self, seconds: u64) {
        self.start = seconds as i64 - self.now.as_secs() as i64;
        self.clock.set(seconds);
    }

    /// Handshakes that are over, oldest first.
    pub(crate) fn log(&self) -> &[Handshake] {
        &self.log
    }

    /// Notes a handshake that could not even begin.
    pub(crate) fn note(&mut self, peer: SocketAddr, datagrams: bool, fault: &Fault) {
        let (Fault::Unable(why) | Fault::Profile(why)) = fault;
        let result = Err(why.clone());
        self.log.push(Handshake { at: self.now, peer, datagrams, result });
    }

    /// Everything on this connection is secured from now on.
    pub(crate) fn secure(
        &mut self,
        handle: Handle,
        peer: SocketAddr,
        datagrams: bool,
        profile: Profile,
    ) -> Result<(), Fault> {
        let session = client(profile, datagrams, peer, self.now, &self.clock)?;
        let mut secured = Secured {
            session,
            peer,
            datagrams,
            out: VecDeque::new(),
            plain: VecDeque::new(),
            ledger: VecDeque::new(),
            written: 0,
            begun: datagrams,
            told: false,
            news: None,
        };
        secured.pump(handle, self.inner.as_mut(), self.now);
        self.secured.insert(handle, secured);
        Ok(())
    }

    /// A handshake is going on.
    pub(crate) fn shaking(&self) -> bool {
        self.secured.values().any(|secured| secured.begun && secured.is_shaking())
    }

    /// Connections that are secured or about to be.
    pub(crate) fn secured(&self) -> usize {
        self.secured.len()
    }

    /// This connection is secured, or about to be.
    pub(crate) fn is_secured(&self, handle: Handle) -> bool {
        self.secured.contains_key(&handle)
    }

    /// The session of this socket was there and has ended.
    pub(crate) fn is_over(&self, handle: Handle) -> bool {
        let over = |s: &Secured| matches!(s.session.progress(), Progress::PeerClosed | Progress::Failed(_));
        self.secured.get(&handle).is_some_and(over)
    }

    /// Session data of a connection, once.
    pub(crate) fn session_data(&mut self, handle: Handle) -> Option<resume::Data> {
        let secured = self.secured.get_mut(&handle)?;
        secured.news = secured.session.news().or(secured.news.take());
        secured.news.take()
    }

    pub(crate) fn advance(&mut self, now: Duration) {
        self.now = now;
        self.clock.set((self.start + now.as_secs() as i64).max(0) as u64);
        self.inner.advance(now);
        for (&handle, secured) in &mut self.secured {
            secured.pump(handle, self.inner.as_mut(), now);
            let result = match secured.session.progress() {
                Progress::Open(agreed) => Ok(agreed),
                Progress::Failed(error) => Err(error),
                Progress::Shaking | Progress::PeerClosed => continue,
            };
            if !std::mem::replace(&mut secured.told, true) {
                let (peer, datagrams) = (secured.peer, secured.datagrams);
                self.log.push(Handshake { at: now, peer, datagrams, result });
            }
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        let sessions = self.secured.values().filter_map(|secured| secured.session.due());
        sessions.chain(self.inner.poll_timeout()).min()
    }

    pub(crate) fn set_reached(&mut self, reached: bool) {
        self.inner.set_reached(reached);
    }

    pub(crate) fn echo(&mut self, to: IpAddr) -> Option<Duration> {
        self.inner.echo(to)
    }

    pub(crate) fn post(&mut self, message: Message) {
        self.inner.post(message);
    }

    pub(crate) fn next_message(&mut self) -> Option<Message> {
        self.inner.next_message()
    }

    pub(crate) fn resolve(&mut self, name: &str) -> Handle {
        self.inner.resolve(name)
    }

    pub(crate) fn resolved(&mut self, query: Handle) -> Option<Result<Vec<IpAddr>, Failure>> {
        self.inner.resolved(query)
    }

    pub(crate) fn name_of(&mut self, address: IpAddr) -> Option<String> {
        self.inner.name_of(address)
    }

    pub(crate) fn connect(&mut self, local_port: Option<u16>, remote: SocketAddr) -> Handle {
        self.inner.connect(local_port, remote)
    }

    /// A secured connection is open when its handshake is over.
    pub(crate) fn state(&mut self, handle: Handle) -> TcpState {
        let Some(secured) = self.secured.get_mut(&handle) else {
            return self.inner.state(handle);
        };
        let below = if secured.datagrams { TcpState::Established } else { self.inner.state(handle) };
        match (below, secured.session.progress()) {
            (_, Progress::Failed(_)) if secured.plain.is_empty() => TcpState::Failed(Failure::Secure),
            (TcpState::PeerClosed, Progress::Shaking) => TcpState::Failed(Failure::Secure),
            (TcpState::Established | TcpState::Connecting, Progress::Shaking) => TcpState::Connecting,
            (TcpState::Failed(failure), _) if secured.plain.is_empty() => TcpState::Failed(failure),
            (TcpState::PeerClosed, _) | (_, Progress::PeerClosed) if secured.plain.is_empty() => {
                TcpState::PeerClosed
            }
            _ => TcpState::Established,
        }
    }

    /// Takes bytes of the host; all or, while earlier ones still wait for the network, none.
    pub(crate) fn send(&mut self, handle: Handle, bytes: &[u8]) -> usize {
        let Some(secured) = self.secured.get_mut(&handle) else {
            return self.inner.send(handle, bytes);
        };
        if !secured.out.is_empty() || !matches!(secured.session.progress(), Progress::Open(_)) {
            secured.flush(handle, self.inner.as_mut());
            return 0;
        }
        secured.session.write(self.now, bytes);
        secured.flush(handle, self.inner.as_mut());
        secured.ledger.push_back((secured.written, bytes.len()));
        bytes.len()
    }

    /// Bytes of the host that the peer has not acknowledged.
    pub(crate) fn unacknowledged(&mut self, handle: Handle) -> usize {
        let below = self.inner.unacknowledged(handle);
        let Some(secured) = self.secured.get_mut(&handle) else {
            return below;
        };
        let gone = secured.written.saturating_sub((below + secured.out.len()) as u64);
        while secured.ledger.front().is_some_and(|(end, _)| *end <= gone) {
            secured.ledger.pop_front();
        }
        secured.ledger.iter().map(|(_, bytes)| bytes).sum()
    }

    pub(crate) fn recv(&mut self, handle: Handle, max: usize) -> Vec<u8> {
        let Some(secured) = self.secured.get_mut(&handle) else {
            return self.inner.recv(handle, max);
        };
        if max > 0 && !secured.is_shaking() {
            secured.fetch(handle, self.inner.as_mut(), self.now, max.saturating_sub(1));
            secured.flush(handle, self.inner.as_mut());
        }
        let n = max.min(secured.plain.len());
        secured.plain.drain(..n).collect()
    }

    pub(crate) fn listen(&mut self, local_port: u16) -> Result<Handle, Failure> {
        self.inner.listen(local_port)
    }

    pub(crate) fn accepted(&mut self, listener: Handle) -> Option<(Handle, SocketAddr)> {
        self.inner.accepted(listener)
    }

    pub(crate) fn bind(&mut self, local_port: Option<u16>) -> Result<Handle, Failure> {
        self.inner.bind(local_port)
    }

    /// A secured socket has one peer only.
    pub(crate) fn send_to(&mut self, udp: Handle, to: SocketAddr, bytes: &[u8]) -> Result<(), Failure> {
        let Some(secured) = self.secured.get_mut(&udp) else {
            return self.inner.send_to(udp, to, bytes);
        };
        if to != secured.peer || !matches!(secured.session.progress(), Progress::Open(_)) {
            return Err(Failure::Unreachable);
        }
        secured.session.write(self.now, bytes);
        secured.pump(udp, self.inner.as_mut(), self.now);
        Ok(())
    }

    pub(crate) fn recv_from(&mut self, udp: Handle) -> Option<(SocketAddr, Vec<u8>)> {
        match self.secured.get_mut(&udp) {
            None => self.inner.recv_from(udp),
            Some(secured) => secured.session.read().map(|bytes| (secured.peer, bytes)),
        }
    }

    pub(crate) fn local_port(&self, handle: Handle) -> u16 {
        self.inner.local_port(handle)
    }

    pub(crate) fn close(&mut self, handle: Handle) {
        if let Some(mut secured) = self.secured.remove(&handle) {
            secured.session.close(self.now);
            if secured.datagrams {
                while let Some(bytes) = secured.session.take() {
                    // A datagram may be lost anywhere.
                    let _ = self.inner.send_to(handle, secured.peer, &bytes);
                }
            } else {
                secured.flush(handle, self.inner.as_mut());
            }
        }
        self.inner.close(handle);
    }

    pub(crate) fn abort(&mut self, handle: Handle) {
        self.secured.remove(&handle);
        self.inner.abort(handle);
    }
}
