//! Peers that open connections to the modem.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use modem_sim::{ConnId, Peer, TcpState};

use super::World;

/// Peers that dial a port of the modem, each from its own address. One that is refused tries again: a
/// modem may refuse one while it takes another.
pub struct Dialers {
    port: u16,
    peers: Vec<Peer>,
    pub conns: Vec<(SocketAddr, ConnId)>,
}

impl Dialers {
    pub fn new(world: &World, port: u16, peers: Vec<Peer>) -> Self {
        let dial = |(last, peer): (u8, &Peer)| {
            let from = SocketAddr::from(([151, 9, 34, last], 40_000));
            (from, world.net.dial(port, from, peer.clone()))
        };
        let conns = (1..).zip(&peers).map(dial).collect();
        Dialers { port, peers, conns }
    }

    /// Runs a future while the peers dial: to its end, or until `done` finds that all has happened.
    pub fn run<F: Future>(
        &mut self,
        world: &mut World,
        secs: u64,
        future: F,
        mut done: impl FnMut(&[(SocketAddr, ConnId)]) -> bool,
    ) -> Option<F::Output> {
        let mut future = pin!(future);
        let end = world.now + Duration::from_secs(secs);
        while !done(&self.conns) {
            for ((from, conn), peer) in self.conns.iter_mut().zip(&self.peers) {
                if let TcpState::Failed(_) = world.net.peer_state(*conn) {
                    *conn = world.net.dial(self.port, *from, peer.clone());
                }
            }
            if let Some(output) = world.try_run_for(Duration::from_millis(50), &mut future.as_mut()) {
                return Some(output);
            }
            assert!(world.now < end, "{}: not done after {secs} s\n{}", world.model, world.tail());
        }
        None
    }

    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.conns.iter().map(|&(from, _)| from).collect()
    }
}
