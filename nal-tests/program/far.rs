//! The far end, on this machine.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::net::TcpListener;

use nal_tests::peer::Peers;
use nal_tests::{Addresses, Bench, FarEnd, Role, Seen};

use crate::support::Failure;
use crate::support::options::Mode;

/// Bytes of the transfers of much data: some seconds on a serial line.
const BULK: u32 = 64 << 10;

/// Rounds of the cases that repeat something.
const ROUNDS: u32 = 20;

/// Points at which an operation is given up, at most.
const CANCELLATIONS: u32 = 20;

/// Longest datagram that every modem takes.
const DATAGRAM: usize = 1024;

/// Where cases listen.
const LISTENING: core::ops::Range<u16> = 28_400..28_416;

/// Sockets of the stack of both sessions.
const SOCKETS: usize = 4;

/// What leads connections to cases that listen behind a dial-up connection of the simulated modem. Its own sockets listen
/// by themselves, and nobody does before them.
pub(crate) fn listeners(simulated: bool, mode: Mode) -> Result<Vec<TcpListener>, Failure> {
    let ports = if simulated && mode != Mode::Sockets { LISTENING } else { 0..0 };
    let listen = |port| {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| format!("port {port}: {error}"))
    };
    ports.map(listen).collect()
}

/// Servers of all roles, and the address that the modem reaches them at.
pub(crate) struct Far {
    peers: Peers,
    host: IpAddr,
    simulated: bool,
    /// Datagrams of this machine reach the stack unasked.
    strangers: bool,
}

impl Far {
    pub(crate) fn start(host: IpAddr, simulated: bool, mode: Mode) -> Result<Self, Failure> {
        let at = match host {
            host if host.is_loopback() => host,
            IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let peers = Peers::start_at(at, BULK).map_err(|error| format!("{at}: {error}"))?;
        eprint!("{}", peers.table());
        // The gateway behind the simulated modem forwards connections alone.
        Ok(Self { peers, host, simulated, strangers: mode == Mode::Sockets })
    }

    /// A bench for a modem.
    pub(crate) fn bench(&self) -> Bench<'_> {
        let mut bench = self.peers.bench();
        for addresses in [&mut bench.tcp, &mut bench.udp] {
            seen_from_outside(addresses, self.host);
        }
        (bench.tcp6, bench.udp6) = (Addresses::new(), Addresses::new());
        // The network of a real modem lets nobody in.
        bench.local = self.simulated.then(|| modem_sim::Options::default().address.into());
        bench.far = Some(self);
        bench.can.tcp_server = self.simulated;
        if self.simulated {
            // The operating system behind the simulator gives up late, and takes megabytes that nobody reads.
            bench.tcp.unset(Role::Blackhole);
            bench.tcp.unset(Role::Stall);
        }
        bench.can.ipv6 = false;
        bench.can.half_close = false;
        bench.can.close_write = false;
        bench.can.empty_datagrams = false;
        bench.names.missing = Some("nothing.invalid");
        bench.max_sockets = Some(SOCKETS);
        bench.max_datagram = DATAGRAM;
        bench.rounds = ROUNDS;
        bench.cancellations = CANCELLATIONS;
        bench.limit_ms = 180_000;
        bench.idle_ms = 2000;
        bench.settle_ms = 5000;
        bench.port = LISTENING.start;
        bench
    }
}

/// What listens at the simulated modem's address does so on the loopback interface.
fn on_this_machine(to: SocketAddr) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::LOCALHOST.into(), to.port())
}

impl FarEnd for Far {
    fn taken(&self, role: Role) -> Option<u32> {
        self.peers.taken(role)
    }

    fn newest(&self, role: Role) -> Option<Seen> {
        self.peers.newest(role)
    }

    fn dial(&self, to: SocketAddr, role: Role) -> Option<()> {
        self.peers.dial(on_this_machine(to), role)
    }

    fn dialed(&self) -> Option<Seen> {
        self.peers.dialed()
    }

    fn datagram(&self, to: SocketAddr, bytes: &[u8]) -> Option<()> {
        self.strangers.then_some(())?;
        self.peers.datagram(on_this_machine(to), bytes)
    }
}

fn seen_from_outside(addresses: &mut Addresses, host: IpAddr) {
    for role in Role::ALL {
        if let Ok(at) = addresses.get(role) {
            addresses.set(role, SocketAddr::new(host, at.port()));
        }
    }
}
