//! Bytes and news between the sockets and the network.

use std::time::Duration;

use super::{AsyncConnect, RX_LIMIT, SOCKETS, Socket, State, errno};
use crate::modem::Modem;
use crate::network::{Handle, TcpState};
use crate::options::Options;
use crate::tls::Net;

impl Modem {
    /// Moves bytes between the sockets and the network; true when something changed.
    pub(crate) fn ublox_pump(&mut self) -> bool {
        let mut any = false;
        let flows = self.data_flows();
        for id in 0..SOCKETS as u8 {
            any |= self.pump_async(id);
            any |= self.pump_close(id);
            if !flows {
                continue;
            }
            let stuck = self.is_stuck(self.ublox.sockets[usize::from(id)].as_ref().and_then(|s| s.net));
            if stuck || self.linked_elsewhere(id) {
                continue;
            }
            let announce_arrivals = self.options.announce_arrivals;
            let Some(s) = self.ublox.sockets[usize::from(id)].as_mut() else {
                continue;
            };
            let Some(net) = s.net else { continue };
            if s.state == State::Listening {
                any |= self.pump_listener(id, net);
                continue;
            }
            if !s.tcp {
                any |= Self::pump_udp(&mut self.net, s, net, announce_arrivals);
                any |= self.pump_direct(id);
                continue;
            }
            if !matches!(s.state, State::Open | State::Closing) {
                continue;
            }
            if !s.tx.is_empty() {
                let taken = self.net.send(net, s.tx.make_contiguous());
                s.tx.drain(..taken);
                any |= taken > 0;
            }
            let room = RX_LIMIT - s.rx.len().min(RX_LIMIT);
            let bytes = self.net.recv(net, room);
            if !bytes.is_empty() {
                // SARA/LEXI internet applications §5.5, second scenario.
                s.announce |= s.state == State::Open && (s.rx.is_empty() || announce_arrivals);
                s.received += bytes.len();
                s.rx.extend(bytes);
                any = true;
            }
            if s.state == State::Open {
                let peer = self.net.state(net);
                match peer {
                    TcpState::PeerClosed => s.state = State::PeerClosed,
                    TcpState::Failed(failure) => {
                        s.state = State::PeerClosed;
                        s.error = errno(failure);
                        self.ublox.last_error = s.error;
                    }
                    TcpState::Connecting | TcpState::Established => {}
                }
                any |= s.state == State::PeerClosed;
            }
            any |= self.pump_direct(id);
        }
        any
    }

    fn pump_udp(network: &mut Net, s: &mut Socket, net: Handle, announce_arrivals: bool) -> bool {
        let mut any = false;
        while let Some((from, bytes)) = network.recv_from(net) {
            any = true;
            let stranger = s.state == State::Open && s.remote != Some(from);
            // An empty datagram could not be announced: +UUSORD never says 0.
            if stranger || bytes.is_empty() || s.unread() + bytes.len() > RX_LIMIT {
                continue;
            }
            s.announce |= s.datagrams.is_empty() || announce_arrivals;
            s.received += bytes.len();
            s.datagrams.push_back((from, bytes.into()));
        }
        // The end of a DTLS session ends the socket.
        if s.secure && s.state == State::Open && network.is_over(net) {
            s.state = State::PeerClosed;
            any = true;
        }
        any
    }

    /// A connect in the background.
    fn pump_async(&mut self, id: u8) -> bool {
        let Some(s) = self.ublox.sockets[usize::from(id)].as_mut() else {
            return false;
        };
        let Some(AsyncConnect { mut query, port, deadline }) = s.connecting.take() else {
            return false;
        };
        let before = query;
        let result = self.connect_progress(id, &mut query, port, deadline);
        let Some(s) = self.ublox.sockets[usize::from(id)].as_mut() else {
            return true;
        };
        match result {
            None => {
                s.connecting = Some(AsyncConnect { query, port, deadline });
                return before != query;
            }
            Some(Ok(())) => s.connected = Some(0),
            Some(Err(error)) => {
                s.connected = Some(error);
                s.state = State::Dead;
            }
        }
        true
    }

    /// A close in the background.
    fn pump_close(&mut self, id: u8) -> bool {
        let Some((deadline, net)) =
            self.ublox.sockets[usize::from(id)].as_ref().and_then(|s| Some((s.closing?, s.net)))
        else {
            return false;
        };
        let Some(over) = self.close_progress(id, deadline) else {
            return false;
        };
        if let Some(net) = net {
            if over {
                self.net.close(net);
            } else {
                self.net.abort(net);
            }
        }
        if let Some(s) = self.ublox.sockets[usize::from(id)].as_mut() {
            s.closing = None;
            s.net = None;
            s.state = State::Dead;
        }
        true
    }

    pub(crate) fn ublox_due(&self) -> Option<Duration> {
        let sockets = (0..SOCKETS as u8).zip(&self.ublox.sockets);
        sockets
            .filter_map(|(id, s)| Some((id, s.as_ref()?)))
            .flat_map(|(id, s)| {
                let linked = self.in_online_mode() == Some(id) || self.linked_elsewhere(id);
                let direct = linked.then(|| s.direct_due());
                [s.connecting.as_ref().map(|c| c.deadline), s.closing, direct.flatten()]
            })
            .flatten()
            .min()
    }

    /// Unsolicited lines that are due, except those of one socket; printing +UUSOCL frees the
    /// socket.
    pub(crate) fn ublox_urcs(&mut self, except: Option<u8>) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        let mut accepted = self.accepted_lines();
        let datagram_report = self.traits().datagram_report;
        for id in (0..SOCKETS as u8).filter(|id| Some(*id) != except) {
            if self.linked_elsewhere(id) {
                continue;
            }
            lines.extend(self.session_lines(id));
            let slot = &mut self.ublox.sockets[usize::from(id)];
            let Some(s) = slot else { continue };
            if s.accepted.take().is_some() {
                lines.extend(accepted.remove(&id));
            }
            if let Some(error) = s.connected.take() {
                lines.push(format!("+UUSOCO: {id},{error}").into_bytes());
            }
            if std::mem::take(&mut s.announce) && s.unread() > 0 {
                let name = report_name(&self.options, datagram_report, s);
                lines.push(format!("{name}: {id},{}", s.announced()).into_bytes());
            }
            // SARA/LEXI internet applications §5.5, fourth scenario: not before all is read.
            let over = s.state == State::PeerClosed && s.unread() == 0;
            if over || s.state == State::Dead {
                lines.push(format!("+UUSOCL: {id}").into_bytes());
                if let Some(net) = slot.take().and_then(|s| s.net) {
                    self.net.close(net);
                }
            }
        }
        lines
    }
}

/// A datagram of SARA-R42 is told with +UUSORF (SARA/LEXI internet applications §5.7). The
/// documents do not tell it for a socket that is connected and so read with +USORD.
fn report_name(options: &Options, of_the_model: bool, s: &Socket) -> &'static str {
    let datagram = match options.datagram_report {
        None => of_the_model && s.state != State::Open,
        Some(always) => always,
    };
    if !s.tcp && datagram { "+UUSORF" } else { "+UUSORD" }
}
