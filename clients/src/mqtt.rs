//! What every MQTT client of the async stack has to go through.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;

use cellular_nal::asynch::Stack;
use modem_sim::Model;
use mqttbytes::QoS::{self, AtLeastOnce, AtMostOnce, ExactlyOnce};
use mqttbytes::v5::Packet;

use crate::broker::Broker;
use crate::common::World;
use crate::{go_on, run_until, up};

/// What a user's program is to say, and what it has heard.
#[derive(Debug)]
pub struct Desk<Q> {
    pub outbox: RefCell<VecDeque<(&'static str, Q)>>,
    pub received: RefCell<Vec<Vec<u8>>>,
}

impl<Q> Default for Desk<Q> {
    fn default() -> Self {
        Desk { outbox: RefCell::default(), received: RefCell::default() }
    }
}

impl<Q> Desk<Q> {
    pub fn say(&self, text: &'static str, qos: Q) {
        self.outbox.borrow_mut().push_back((text, qos));
    }

    /// It has come, once.
    pub fn heard(&self, text: impl AsRef<[u8]>) -> bool {
        self.received.borrow().iter().filter(|heard| *heard == text.as_ref()).count() == 1
    }
}

/// A user's program around a client: it subscribes to `to/#` and publishes to `from`.
pub trait Program: Default {
    /// The client's own names for the qualities of service.
    type Qos: Copy;
    /// At most once, at least once, exactly once.
    const QOS: [Self::Qos; 3];

    fn desk(&self) -> &Desk<Self::Qos>;

    /// Does not end.
    fn work(&self, stack: Stack<'static>) -> impl Future;
}

/// A world with one socket, and a broker in it.
pub fn up_with_broker(model: Model) -> (World, Broker) {
    let world = up::<1>(model);
    let broker = Broker::new(&world.net);
    (world, broker)
}

/// The client has subscribed, once.
pub fn subscribed(broker: &Broker) -> bool {
    broker.count(|packet| matches!(packet, Packet::Subscribe(_))) == 1
}

/// The client has connected twice.
pub fn connected_again(broker: &Broker) -> bool {
    broker.count(|packet| matches!(packet, Packet::Connect(_))) == 2
}

/// Messages go both ways with each quality of service; in the end `confirmed` holds.
pub fn uses_each_quality_of_service<P: Program>(confirmed: impl Fn(&P) -> bool) {
    for &model in Model::KNOWN {
        let (mut world, mut broker) = up_with_broker(model);
        let (app, net) = (P::default(), world.net.clone());
        let mut running = pin!(app.work(world.stack));
        run_until(&mut world, &mut broker, 60, &mut running, subscribed);
        let both: [(QoS, &str, &str); 3] = [
            (AtMostOnce, "up 0", "down 0"),
            (AtLeastOnce, "up 1", "down 1"),
            (ExactlyOnce, "up 2", "down 2"),
        ];
        for (here, (there, up, down)) in P::QOS.into_iter().zip(both) {
            app.desk().say(up, here);
            broker.publish(&net, "to/modem", there, down.as_bytes());
            let all = |broker: &Broker| broker.has("from", up.as_bytes()) && app.desk().heard(down);
            run_until(&mut world, &mut broker, 60, &mut running, all);
        }
        run_until(&mut world, &mut broker, 10, &mut running, |_| confirmed(&app));
        assert_eq!(broker.connections(), 1, "{model}\n{}", world.tail());
        world.no_breach();
    }
}

/// Messages come in pieces; `speaks`: while the client publishes.
pub fn receives_pieces<P: Program>(speaks: bool) {
    let [_, once, _] = P::QOS;
    for &model in Model::KNOWN {
        let (mut world, mut broker) = up_with_broker(model);
        let (app, net) = (P::default(), world.net.clone());
        let mut running = pin!(app.work(world.stack));
        go_on(&mut world, &mut broker, 20, &mut running);
        broker.out.in_pieces = true;
        for text in ["first", "a second one that takes a while", "third"] {
            if speaks {
                app.desk().say("meanwhile", once);
            }
            broker.publish(&net, "to/modem", AtLeastOnce, text.as_bytes());
            run_until(&mut world, &mut broker, 30, &mut running, |_| app.desk().heard(text));
        }
        let said = if speaks { 3 } else { 0 };
        run_until(&mut world, &mut broker, 30, &mut running, |broker| {
            broker.times("from", b"meanwhile") == said
        });
        assert_eq!(broker.connections(), 1, "{model}\n{}", world.tail());
        world.no_breach();
    }
}

/// Nothing is said for ten times the keep-alive time, in which at least so many pings go.
pub fn stays_alive<P: Program>(keep_alive: u64, pings: usize) {
    for &model in Model::KNOWN {
        let (mut world, mut broker) = up_with_broker(model);
        let (app, net) = (P::default(), world.net.clone());
        let mut running = pin!(app.work(world.stack));
        go_on(&mut world, &mut broker, 10 * keep_alive, &mut running);
        assert!(broker.count(|packet| *packet == Packet::PingReq) >= pings, "{model}\n{}", world.tail());
        broker.publish(&net, "to/modem", AtLeastOnce, b"still there");
        run_until(&mut world, &mut broker, 10, &mut running, |_| app.desk().heard("still there"));
        assert_eq!((broker.silent, broker.connections()), (0, 1), "{model}\n{}", world.tail());
        world.no_breach();
    }
}

/// The modem restarts by itself, or its power fails for a while.
pub fn comes_back_after_the_modem_has_restarted<P: Program>() {
    let [_, once, _] = P::QOS;
    for &model in Model::KNOWN {
        for with_power in [true, false] {
            let (mut world, mut broker) = up_with_broker(model);
            let (app, net) = (P::default(), world.net.clone());
            let mut running = pin!(app.work(world.stack));
            go_on(&mut world, &mut broker, 20, &mut running);
            if with_power {
                world.modem.reboot(world.now);
            } else {
                world.modem.power(world.now, false);
                go_on(&mut world, &mut broker, 100, &mut running);
                world.modem.power(world.now, true);
            }
            run_until(&mut world, &mut broker, 300, &mut running, connected_again);
            go_on(&mut world, &mut broker, 20, &mut running);
            app.desk().say("again", once);
            broker.publish(&net, "to/modem", AtLeastOnce, b"welcome");
            let all = |broker: &Broker| broker.times("from", b"again") > 0 && app.desk().heard("welcome");
            run_until(&mut world, &mut broker, 100, &mut running, all);
            world.no_breach();
        }
    }
}
