//! minimq 0.10 on the nb stack.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use clients::broker::{ADDRESS, Broker, Death};
use clients::common::nb::{NbWorld, Stack, up};
use clients::{ONE_OF_EACH, Server};
use embedded_time::clock;
use embedded_time::fraction::Fraction;
use minimq_nb::broker::IpBroker;
use minimq_nb::types::{SubscriptionOptions, TopicFilter};
use minimq_nb::{ConfigBuilder, Minimq, Publication, QoS};
use modem_sim::{Model, Options};
use mqttbytes::v5::Packet;

const KEEP_ALIVE: u16 = 30;

/// Milliseconds of the virtual time.
struct Millis(Rc<Cell<u64>>);

impl embedded_time::Clock for Millis {
    type T = u64;
    const SCALING_FACTOR: Fraction = Fraction::new(1, 1000);

    fn try_now(&self) -> Result<embedded_time::Instant<Self>, clock::Error> {
        Ok(embedded_time::Instant::new(self.0.get()))
    }
}

/// A user's program, its modem and its broker.
struct App {
    world: NbWorld,
    broker: Broker,
    mqtt: Minimq<'static, Stack, Millis, IpBroker>,
    millis: Rc<Cell<u64>>,
    subscribed: bool,
    outbox: VecDeque<(&'static str, QoS)>,
    received: Vec<String>,
}

impl App {
    fn new(model: Model) -> Self {
        let (stack, world) = up::<1>(model, Options::default());
        let millis = Rc::new(Cell::new(0));
        let buffer = Box::leak(Box::new([0; 2048]));
        let config =
            ConfigBuilder::new(IpBroker::new(ADDRESS.0.into()), buffer).keepalive_interval(KEEP_ALIVE);
        let mqtt =
            Minimq::new(stack, Millis(millis.clone()), config.client_id("modem").expect("a short name"));
        let broker = Broker::new(&world.net);
        let (outbox, received) = (VecDeque::new(), Vec::new());
        App { world, broker, mqtt, millis, subscribed: false, outbox, received }
    }

    fn tick(&mut self) {
        self.world.tick();
        let (net, now) = (self.world.net.clone(), self.world.now());
        self.millis.set(now.as_millis() as u64);
        self.broker.attend(&net, now);
        match self.mqtt.poll(|_, _, payload, _| String::from_utf8_lossy(payload).into_owned()) {
            Ok(message) => self.received.extend(message),
            Err(minimq_nb::Error::SessionReset) => self.subscribed = false,
            // A refused connect; the next call tries again.
            Err(minimq_nb::Error::Network(_)) => {}
            Err(error) => panic!("{}: {error:?}", self.world.model),
        }
        let client = self.mqtt.client();
        if !client.is_connected() {
            return;
        }
        if !self.subscribed {
            let options = SubscriptionOptions::default().maximum_qos(QoS::ExactlyOnce);
            let filter = TopicFilter::new("to/#").options(options);
            self.subscribed = client.subscribe(&[filter], &[]).is_ok();
        }
        if let Some(&(text, qos)) = self.outbox.front()
            && client.can_publish(qos)
        {
            client.publish(Publication::new("from", text).qos(qos)).expect("it is taken");
            self.outbox.pop_front();
        }
    }

    fn go_on(&mut self, secs: u64) {
        let end = self.world.now().as_secs() + secs;
        while self.world.now().as_secs() < end {
            self.tick();
        }
    }

    fn until(&mut self, secs: u64, done: impl Fn(&App) -> bool) {
        let end = self.world.now().as_secs() + secs;
        while !done(self) {
            assert!(self.world.now().as_secs() < end, "{}: not done after {secs} s", self.world.model);
            self.tick();
        }
    }

    fn send(&mut self, qos: mqttbytes::QoS, text: &str) {
        self.broker.publish(&self.world.net, "to/modem", qos, text.as_bytes());
    }

    fn heard(&self, text: &str) -> bool {
        self.received.iter().filter(|heard| *heard == text).count() == 1
    }
}

#[test]
fn minimq_nb_publishes_and_receives_with_each_quality_of_service() {
    for &model in Model::KNOWN {
        let mut app = App::new(model);
        app.until(20, |app| app.broker.count(|packet| matches!(packet, Packet::Subscribe(_))) == 1);
        use mqttbytes::QoS::{AtLeastOnce, AtMostOnce, ExactlyOnce};
        for (here, there, up, down) in [
            (QoS::AtMostOnce, AtMostOnce, "up 0", "down 0"),
            (QoS::AtLeastOnce, AtLeastOnce, "up 1", "down 1"),
            (QoS::ExactlyOnce, ExactlyOnce, "up 2", "down 2"),
        ] {
            app.outbox.push_back((up, here));
            app.send(there, down);
            app.until(20, |app| app.broker.has("from", up.as_bytes()) && app.heard(down));
        }
        app.go_on(2);
        assert!(!app.mqtt.client().pending_messages(), "{model}: not confirmed");
        assert_eq!(app.broker.connections(), 1, "{model}");
        app.world.no_breach();
    }
}

#[test]
fn minimq_nb_receives_messages_that_come_in_pieces() {
    for &model in Model::KNOWN {
        let mut app = App::new(model);
        app.go_on(5);
        app.broker.out.in_pieces = true;
        for text in ["first", "a second one that takes a while", "third"] {
            app.outbox.push_back(("meanwhile", QoS::AtLeastOnce));
            app.send(mqttbytes::QoS::AtLeastOnce, text);
            app.until(30, |app| app.heard(text));
        }
        app.until(30, |app| app.broker.times("from", b"meanwhile") == 3);
        assert_eq!(app.broker.connections(), 1, "{model}");
        app.world.no_breach();
    }
}

#[test]
fn minimq_nb_keeps_an_idle_connection_alive() {
    for model in ONE_OF_EACH {
        let mut app = App::new(model);
        app.go_on(5 * u64::from(KEEP_ALIVE));
        assert!(app.broker.count(|packet| *packet == Packet::PingReq) >= 4, "{model}");
        app.send(mqttbytes::QoS::AtLeastOnce, "still there");
        app.until(20, |app| app.heard("still there"));
        assert_eq!((app.broker.silent, app.broker.connections()), (0, 1), "{model}");
        app.world.no_breach();
    }
}

#[test]
fn minimq_nb_comes_back_to_a_broker_that_was_restarted() {
    for model in ONE_OF_EACH {
        for death in [Death::Closed, Death::Reset, Death::Silent] {
            for forgets in [false, true] {
                let context = format!("{model}: {death:?}, {}", if forgets { "new" } else { "same" });
                let mut app = App::new(model);
                app.go_on(5);
                let net = app.world.net.clone();
                app.broker.kill(&net, death);
                app.outbox.push_back(("in between", QoS::AtLeastOnce));
                app.go_on(25);
                if forgets {
                    app.broker.forget();
                }
                app.broker.start(&net);
                app.until(200, |app| app.broker.connections() >= 2);
                app.go_on(5);
                app.outbox.push_back(("again", QoS::AtLeastOnce));
                app.send(mqttbytes::QoS::AtLeastOnce, "welcome");
                app.until(60, |app| app.broker.has("from", b"again") && app.heard("welcome"));
                let subscriptions = app.broker.count(|packet| matches!(packet, Packet::Subscribe(_)));
                assert_eq!(subscriptions, if forgets { 2 } else { 1 }, "{context}");
                assert!(forgets || app.broker.has("from", b"in between"), "{context}");
                app.world.no_breach();
            }
        }
    }
}

#[test]
fn minimq_nb_comes_back_after_the_modem_has_restarted() {
    for model in ONE_OF_EACH {
        for with_power in [true, false] {
            let mut app = App::new(model);
            app.go_on(5);
            let now = app.world.now();
            if with_power {
                app.world.modem.reboot(now);
            } else {
                app.world.modem.power(now, false);
                app.go_on(60);
                let now = app.world.now();
                app.world.modem.power(now, true);
            }
            app.until(300, |app| app.broker.count(|packet| matches!(packet, Packet::Connect(_))) == 2);
            app.go_on(5);
            app.outbox.push_back(("again", QoS::AtLeastOnce));
            app.send(mqttbytes::QoS::AtLeastOnce, "welcome");
            app.until(60, |app| app.broker.has("from", b"again") && app.heard("welcome"));
        }
    }
}
