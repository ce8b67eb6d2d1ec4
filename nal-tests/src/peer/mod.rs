//! The far end on sockets of the operating system.
//!
//! [`Peers::start`] puts one server for each [`Role`] on ports of the loopback interface. Each
//! connection has a thread; all end with their connections, the servers when [`Peers`] is dropped.

pub mod dns;
mod tcp;
mod udp;

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::string::String;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::vec::Vec;

use crate::{Addresses, Bench, FarEnd, Role, Seen};

pub use dns::Zone;

/// Servers of all roles.
pub struct Peers {
    tcp: Addresses,
    udp: Addresses,
    tcp6: Addresses,
    udp6: Addresses,
    names: Option<(SocketAddr, Zone)>,
    bulk: u32,
    records: Vec<(Role, Arc<tcp::Record>)>,
    dialed: Mutex<Arc<tcp::Record>>,
    stop: Arc<AtomicBool>,
    /// The port of [`Role::Refuse`].
    refuse: Mutex<tcp::Closed>,
    /// Sockets that are there for their ports.
    _held: Vec<socket2::Socket>,
}

impl fmt::Debug for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peers").field("tcp", &self.tcp).finish_non_exhaustive()
    }
}

/// Roles that have a TCP server of their own.
const TCP: [Role; 10] = [
    Role::Echo,
    Role::Discard,
    Role::Chargen,
    Role::Trickle,
    Role::Goodbye,
    Role::HalfClose,
    Role::CloseAfter,
    Role::Reset,
    Role::Stall,
    Role::SlowReader,
];

impl Peers {
    /// Starts the servers at 127.0.0.1, and an echo at ::1 where the system has that address.
    ///
    /// # Errors
    /// That of the operating system.
    pub fn start() -> io::Result<Self> {
        Peers::start_at(Ipv4Addr::LOCALHOST.into(), 1 << 20)
    }

    /// Starts the servers at an address of this machine; [`Role::Chargen`] sends `bulk` bytes.
    ///
    /// # Errors
    /// That of the operating system.
    pub fn start_at(at: IpAddr, bulk: u32) -> io::Result<Self> {
        let (refuse, refusing) = tcp::Closed::at(at)?;
        let mut peers = Peers {
            tcp: Addresses::new(),
            udp: Addresses::new(),
            tcp6: Addresses::new(),
            udp6: Addresses::new(),
            names: None,
            bulk,
            records: Vec::new(),
            dialed: Mutex::default(),
            stop: Arc::default(),
            refuse: Mutex::new(refuse),
            _held: Vec::new(),
        };
        for role in TCP {
            let record = Arc::new(tcp::Record::default());
            peers.tcp.set(
                role,
                tcp::start(SocketAddr::new(at, 0), role, bulk, record.clone(), peers.stop.clone())?,
            );
            peers.records.push((role, record));
        }
        peers.tcp.set(Role::Refuse, refusing);
        if let Ok((full, port)) = tcp::blackhole(at) {
            peers.tcp.set(Role::Blackhole, port);
            peers._held.extend(full);
        }
        for role in [Role::Echo, Role::Echo2, Role::Discard, Role::Stranger] {
            peers.udp.set(role, udp::start(at, role, peers.stop.clone())?);
        }
        // A port that was free a moment ago.
        let closed = UdpSocket::bind((at, 0))?.local_addr()?;
        peers.udp.set(Role::Refuse, closed);
        let six = IpAddr::V6(Ipv6Addr::LOCALHOST);
        let record = Arc::default();
        if at.is_loopback()
            && let Ok(tcp) = tcp::start(SocketAddr::new(six, 0), Role::Echo, bulk, record, peers.stop.clone())
            && let Ok(udp) = udp::start(six, Role::Echo, peers.stop.clone())
        {
            peers.tcp6.set(Role::Echo, tcp);
            peers.udp6.set(Role::Echo, udp);
        }
        Ok(peers)
    }

    /// Starts a server for names too, and says where.
    ///
    /// # Errors
    /// That of the operating system.
    pub fn serve_names(&mut self, at: SocketAddr, zone: Zone) -> io::Result<SocketAddr> {
        let at = udp::names(at, zone.clone(), self.stop.clone())?;
        self.names = Some((at, zone));
        Ok(at)
    }

    /// A bench with these servers, for a stack that can do everything.
    pub fn bench(&self) -> Bench<'_> {
        let mut bench = Bench::new();
        bench.tcp = self.tcp;
        bench.udp = self.udp;
        bench.tcp6 = self.tcp6;
        bench.udp6 = self.udp6;
        bench.local = self.tcp.get(Role::Echo).ok().map(|at| at.ip());
        bench.bulk = self.bulk;
        bench.far = Some(self);
        bench
    }

    /// The servers as a table: role, TCP, UDP.
    pub fn table(&self) -> String {
        use std::fmt::Write as _;
        let mut table = String::new();
        for role in Role::ALL {
            let shown = |at: &Addresses| at.get(role).map_or("-".into(), |at| std::format!("{at}"));
            let _ = writeln!(table, "{role:<12} tcp {:<22} udp {}", shown(&self.tcp), shown(&self.udp));
        }
        table
    }
}

impl FarEnd for Peers {
    fn taken(&self, role: Role) -> Option<u32> {
        self.record(role).map(tcp::Record::taken)
    }

    fn newest(&self, role: Role) -> Option<Seen> {
        self.record(role)?.newest()
    }

    fn dial(&self, to: SocketAddr, role: Role) -> Option<()> {
        let record = Arc::new(tcp::Record::default());
        *self.dialed.lock().ok()? = record.clone();
        tcp::dial(to, role, self.bulk, record);
        Some(())
    }

    fn dialed(&self) -> Option<Seen> {
        self.dialed.lock().ok()?.newest()
    }

    fn datagram(&self, to: SocketAddr, bytes: &[u8]) -> Option<()> {
        let from = self.udp.get(Role::Echo).ok()?;
        let socket = UdpSocket::bind((from.ip(), 0)).ok()?;
        socket.send_to(bytes, to).ok().map(|_| ())
    }

    fn open(&self, role: Role, open: bool) -> Option<()> {
        match role {
            Role::Refuse => self.refuse.lock().ok()?.open(open).ok(),
            _ => None,
        }
    }
}

impl Peers {
    fn record(&self, role: Role) -> Option<&tcp::Record> {
        self.records.iter().find(|(of, _)| *of == role).map(|(_, record)| &**record)
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
