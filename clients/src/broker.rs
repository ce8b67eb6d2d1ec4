//! An MQTT 5 broker in the virtual network. It can be killed and started again.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::BytesMut;
use modem_sim::{ConnId, Peer, VirtualNetwork};
use mqttbytes::v5::{
    ConnAck, ConnAckProperties, ConnectReturnCode, Disconnect, Packet, PingResp, PubAck, PubComp, PubRec,
    PubRel, Publish, SubAck, SubscribeReasonCode, UnsubAck, UnsubAckReason, read,
};
use mqttbytes::{Error, QoS};

use crate::{Inbox, Server, new_connections};

/// Where it is.
pub const ADDRESS: ([u8; 4], u16) = ([10, 0, 0, 18], 1883);
/// Its name.
pub const NAME: &str = "broker.example";

/// The largest packet that it takes.
const LARGEST: usize = 8192;

/// How a broker ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// Its process ends: the operating system closes its connections and refuses new ones.
    Closed,
    /// The same, and the connections are reset.
    Reset,
    /// Its host has no power or no network any more: nothing is answered.
    Silent,
}

#[derive(Debug)]
struct Link {
    inbox: Inbox,
    unread: BytesMut,
    client: Option<String>,
    keep_alive: Duration,
    /// When something came last.
    heard: Duration,
    open: bool,
}

#[derive(Debug, Default)]
struct Session {
    filters: Vec<(String, QoS)>,
    /// What the client has not confirmed, or has not been sent at all while it was away.
    unconfirmed: BTreeMap<u16, Publish>,
    /// Identifiers of messages of QoS 2 from the client that are not released yet.
    received: Vec<u16>,
    last_id: u16,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Broker {
    links: Vec<Link>,
    sessions: BTreeMap<String, Session>,
    now: Duration,
    /// Packets that came: when, on which connection counted from 0, and what.
    pub packets: Vec<(Duration, usize, Packet)>,
    /// Messages that came, each once.
    pub messages: Vec<(String, Vec<u8>)>,
    /// Its process stands still: connections stay, and nothing is read.
    pub stopped: bool,
    pub out: Out,
    /// Clients that were silent for one and a half times their keep-alive.
    pub silent: usize,
}

impl Broker {
    pub fn new(net: &VirtualNetwork) -> Self {
        let broker = Broker::default();
        net.host(NAME, &[ADDRESS.0.into()]);
        broker.start(net);
        broker
    }

    /// It listens, again. What comes on connections from before is answered with a reset.
    pub fn start(&self, net: &VirtualNetwork) {
        net.on(ADDRESS.0, ADDRESS.1, Peer::Discard);
        for link in self.links.iter().filter(|link| !link.open) {
            net.reset(link.inbox.conn);
        }
    }

    /// It ends. Sessions are kept.
    pub fn kill(&mut self, net: &VirtualNetwork, death: Death) {
        let then = if death == Death::Silent { Peer::Blackhole } else { Peer::Refuse };
        net.on(ADDRESS.0, ADDRESS.1, then);
        for link in self.links.iter_mut().filter(|link| link.open) {
            link.open = false;
            match death {
                Death::Closed => net.close(link.inbox.conn),
                Death::Reset => net.reset(link.inbox.conn),
                Death::Silent => net.set_reading(link.inbox.conn, false),
            }
        }
    }

    /// Its sessions are lost.
    pub fn forget(&mut self) {
        self.sessions.clear();
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.links.len()
    }

    /// How many packets came that are like this one.
    pub fn count(&self, like: impl Fn(&Packet) -> bool) -> usize {
        self.packets.iter().filter(|(_, _, packet)| like(packet)).count()
    }

    /// How often this message came.
    pub fn times(&self, topic: &str, payload: &[u8]) -> usize {
        self.messages.iter().filter(|(t, p)| t == topic && p == payload).count()
    }

    /// Whether this message came, and once only.
    pub fn has(&self, topic: &str, payload: &[u8]) -> bool {
        self.times(topic, payload) == 1
    }

    /// Sends a message to whoever has subscribed to its topic.
    pub fn publish(&mut self, net: &VirtualNetwork, topic: &str, qos: QoS, payload: &[u8]) {
        let message = Publish::new(topic, qos, payload);
        for (client, session) in &mut self.sessions {
            let wanted = session.filters.iter().filter(|(filter, _)| mqttbytes::matches(topic, filter));
            let Some(granted) = wanted.map(|&(_, qos)| qos).max_by_key(|&qos| qos as u8) else { continue };
            let mut copy = message.clone();
            copy.qos = if (granted as u8) < (qos as u8) { granted } else { qos };
            if copy.qos != QoS::AtMostOnce {
                session.last_id += 1;
                copy.pkid = session.last_id;
                session.unconfirmed.insert(copy.pkid, copy.clone());
            }
            let mut links = self.links.iter();
            if let Some(link) = links.find(|link| link.open && link.client.as_ref() == Some(client)) {
                self.out.put(self.now, link, |bytes| copy.write(bytes));
            }
        }
        self.out.send(net, self.now);
    }

    fn take(&mut self, net: &VirtualNetwork, at: usize, packet: Packet) {
        self.packets.push((self.now, at, packet.clone()));
        if let Packet::Connect(connect) = &packet {
            // A new connection takes the session over (MQTT 5, 3.1.4).
            for old in &mut self.links {
                if old.open && old.client.as_ref() == Some(&connect.client_id) {
                    old.open = false;
                    net.close(old.inbox.conn);
                }
            }
        }
        let link = &mut self.links[at];
        let session = match &packet {
            Packet::Connect(connect) => {
                assert!(link.open, "a second CONNECT on a connection (MQTT 5, 3.1)");
                if connect.clean_session {
                    self.sessions.remove(&connect.client_id);
                }
                link.client = Some(connect.client_id.clone());
                link.keep_alive = Duration::from_secs(connect.keep_alive.into());
                let present = self.sessions.contains_key(&connect.client_id);
                let mut accepted = ConnAck::new(ConnectReturnCode::Success, present);
                // Without any, the encoder leaves their length out.
                accepted.properties = Some(ConnAckProperties::new());
                self.out.put(self.now, link, |bytes| accepted.write(bytes));
                let session = self.sessions.entry(connect.client_id.clone()).or_default();
                for message in session.unconfirmed.values_mut() {
                    message.dup = true;
                    self.out.put(self.now, link, |bytes| message.write(bytes));
                }
                return;
            }
            _ => {
                let client = link.client.as_ref().expect("the first packet is CONNECT (MQTT 5, 3.1)");
                self.sessions.get_mut(client).expect("a client has a session")
            }
        };
        match packet {
            Packet::Publish(message) => {
                let new = message.qos != QoS::ExactlyOnce || !session.received.contains(&message.pkid);
                match message.qos {
                    QoS::AtMostOnce => {}
                    QoS::AtLeastOnce => {
                        self.out.put(self.now, link, |bytes| PubAck::new(message.pkid).write(bytes))
                    }
                    QoS::ExactlyOnce => {
                        self.out.put(self.now, link, |bytes| PubRec::new(message.pkid).write(bytes))
                    }
                }
                if message.qos == QoS::ExactlyOnce && new {
                    session.received.push(message.pkid);
                }
                if new {
                    self.messages.push((message.topic.clone(), message.payload.to_vec()));
                    self.publish(net, &message.topic, message.qos, &message.payload);
                }
            }
            Packet::PubRel(rel) => {
                session.received.retain(|&id| id != rel.pkid);
                self.out.put(self.now, link, |bytes| PubComp::new(rel.pkid).write(bytes));
            }
            Packet::PubRec(rec) => self.out.put(self.now, link, |bytes| PubRel::new(rec.pkid).write(bytes)),
            Packet::PubAck(ack) => drop(session.unconfirmed.remove(&ack.pkid)),
            Packet::PubComp(comp) => drop(session.unconfirmed.remove(&comp.pkid)),
            Packet::Subscribe(subscribe) => {
                let code = |qos| match qos {
                    QoS::AtMostOnce => SubscribeReasonCode::QoS0,
                    QoS::AtLeastOnce => SubscribeReasonCode::QoS1,
                    QoS::ExactlyOnce => SubscribeReasonCode::QoS2,
                };
                let codes = subscribe.filters.iter().map(|filter| code(filter.qos)).collect();
                for filter in subscribe.filters {
                    session.filters.retain(|(path, _)| *path != filter.path);
                    session.filters.push((filter.path, filter.qos));
                }
                self.out.put(self.now, link, |bytes| SubAck::new(subscribe.pkid, codes).write(bytes));
            }
            Packet::Unsubscribe(unsubscribe) => {
                session.filters.retain(|(path, _)| !unsubscribe.filters.contains(path));
                let mut done = UnsubAck::new(unsubscribe.pkid);
                done.reasons = vec![UnsubAckReason::Success; unsubscribe.filters.len()];
                self.out.put(self.now, link, |bytes| done.write(bytes));
            }
            Packet::PingReq => self.out.put(self.now, link, |bytes| PingResp.write(bytes)),
            Packet::Disconnect(_) => {
                link.open = false;
                net.close(link.inbox.conn);
            }
            other => panic!("no packet for a broker: {other:?}"),
        }
    }
}

/// What is on its way to clients, in its order.
#[derive(Debug, Default)]
pub struct Out {
    /// Packets go in pieces of 3 bytes with 100 ms between them.
    pub in_pieces: bool,
    later: VecDeque<(Duration, ConnId, Vec<u8>)>,
}

impl Out {
    fn put(&mut self, now: Duration, link: &Link, write: impl FnOnce(&mut BytesMut) -> Result<usize, Error>) {
        let mut bytes = BytesMut::new();
        write(&mut bytes).expect("the packet can be written");
        let size = if self.in_pieces { 3 } else { bytes.len() };
        let mut at = self.later.back().map_or(now, |&(at, _, _)| at.max(now));
        for piece in bytes.chunks(size) {
            self.later.push_back((at, link.inbox.conn, piece.to_vec()));
            at += Duration::from_millis(if self.in_pieces { 100 } else { 0 });
        }
    }

    fn send(&mut self, net: &VirtualNetwork, now: Duration) {
        let due = self.later.iter().take_while(|(at, _, _)| *at <= now).count();
        for (_, conn, bytes) in self.later.drain(..due) {
            net.send(conn, &bytes);
        }
    }
}

/// The next packet, when all of it is there.
fn next(unread: &mut BytesMut) -> Option<Packet> {
    // The shortest goodbye (MQTT 5, 3.14.2.1), which the decoder does not know.
    if unread.starts_with(&[0xe0, 0]) {
        drop(unread.split_to(2));
        return Some(Packet::Disconnect(Disconnect::new()));
    }
    match read(unread, LARGEST) {
        Ok(packet) => Some(packet),
        Err(Error::InsufficientBytes(_)) => None,
        Err(error) => panic!("{error:?} in {unread:?}"),
    }
}

impl Server for Broker {
    fn attend(&mut self, net: &VirtualNetwork, now: Duration) {
        self.now = now;
        if self.stopped {
            return;
        }
        self.out.send(net, now);
        let new = new_connections(net, SocketAddr::from(ADDRESS), self.links.len());
        self.links.extend(new.into_iter().map(|inbox| Link {
            inbox,
            unread: BytesMut::new(),
            client: None,
            keep_alive: Duration::ZERO,
            heard: now,
            open: true,
        }));
        for at in 0..self.links.len() {
            let link = &mut self.links[at];
            if !link.open {
                continue;
            }
            let came = link.inbox.take(net);
            if !came.is_empty() {
                link.heard = now;
                link.unread.extend_from_slice(&came);
            }
            while let Some(packet) = next(&mut self.links[at].unread) {
                self.take(net, at, packet);
            }
            self.out.send(net, now);
            let link = &mut self.links[at];
            if link.open && link.patience().is_some_and(|at| at <= now) {
                // The server has to close then (MQTT 5, 3.1.2.10).
                link.open = false;
                net.close(link.inbox.conn);
                self.silent += 1;
            }
        }
    }

    fn due(&self) -> Option<Duration> {
        let links = self.links.iter().filter(|link| link.open && !self.stopped);
        let later = self.out.later.front().map(|&(at, _, _)| at);
        links.filter_map(Link::patience).chain(later).min()
    }
}

impl Link {
    /// How long the client may be silent.
    fn patience(&self) -> Option<Duration> {
        (self.keep_alive > Duration::ZERO).then(|| self.heard + self.keep_alive * 3 / 2)
    }
}
