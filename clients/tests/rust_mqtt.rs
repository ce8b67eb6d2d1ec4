//! rust-mqtt 0.6 on the async stack. Keep-alive, reconnecting and sending again are up to its user.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::num::NonZero;
use std::pin::pin;

use cellular_nal::asynch::Stack;
use clients::broker::{ADDRESS, Broker, Death};
use clients::common::World;
use clients::{go_on, run_until, up};
use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer};
use embedded_nal_async::TcpConnect;
use modem_sim::Model;
use mqttbytes::QoS::{AtLeastOnce, AtMostOnce, ExactlyOnce};
use mqttbytes::v5::Packet;
use rust_mqtt::buffer::AllocBuffer;
use rust_mqtt::client::event::{Event, Puback};
use rust_mqtt::client::options::{
    ConnectOptions, DisconnectOptions, PublicationOptions, SubscriptionOptions, TopicReference,
};
use rust_mqtt::client::{Client, MqttError};
use rust_mqtt::config::{KeepAlive, SessionExpiryInterval};
use rust_mqtt::types::{MqttString, PacketIdentifier, QoS, TopicFilter, TopicName};

const KEEP_ALIVE: u16 = 30;
/// A ping without an answer for so long tells that the broker is gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a user's program has done and is to do.
#[derive(Default)]
struct App {
    outbox: RefCell<VecDeque<(&'static str, QoS)>>,
    received: RefCell<Vec<String>>,
    confirmed: RefCell<usize>,
    /// For each connection, whether the broker still knew the session.
    sessions: RefCell<Vec<bool>>,
}

/// What was published and is not confirmed.
type Pending = Option<(PacketIdentifier, &'static str, QoS)>;

fn publication(qos: QoS) -> PublicationOptions<'static> {
    let topic = TopicName::new(MqttString::from_str("from").expect("it is short")).expect("no wildcard");
    PublicationOptions::new(TopicReference::Name(topic)).qos(qos)
}

impl App {
    async fn run(&self, stack: Stack<'_>) {
        let mut buffer = AllocBuffer;
        let mut client = Client::<'_, '_, _, _, 1, 4, 4, 1, 4, 0, 1>::new(&mut buffer);
        let mut pending: Pending = None;
        loop {
            let Ok(socket) = stack.connect(ADDRESS.into()).await else {
                Timer::after_secs(2).await;
                continue;
            };
            let options = ConnectOptions::new()
                .session_expiry_interval(SessionExpiryInterval::NeverEnd)
                .keep_alive(KeepAlive::Seconds(NonZero::new(KEEP_ALIVE).expect("it is not 0")));
            let name = MqttString::from_str("modem").expect("it is short");
            let present = match client.connect(socket, &options, Some(name)).await {
                Ok(connected) => connected.session_present,
                Err(_) => {
                    drop(client.abort().await);
                    continue;
                }
            };
            self.sessions.borrow_mut().push(present);
            // An error, or a silent broker.
            let failed = match self.talk(&mut client, present, &mut pending).await {
                Ok(()) => client.disconnect(&DisconnectOptions::new()).await.is_err(),
                Err(()) => true,
            };
            if failed {
                drop(client.abort().await);
            }
        }
    }

    async fn talk<'c, N: rust_mqtt::io::Transport>(
        &self,
        client: &mut Client<'_, 'c, N, AllocBuffer, 1, 4, 4, 1, 4, 0, 1>,
        present: bool,
        pending: &mut Pending,
    ) -> Result<(), ()> {
        if !present {
            let filter = MqttString::from_str("to/#").expect("it is short");
            let filter = TopicFilter::new(filter).expect("it is a filter");
            client.subscribe(filter, &SubscriptionOptions::new().exactly_once()).await.map_err(drop)?;
        }
        if let Some((id, text, qos)) = *pending {
            match client.republish(id, &publication(qos), text.into()).await {
                Ok(()) => {}
                // The broker has forgotten the session, and so has the client.
                Err(MqttError::PacketIdentifierNotInFlight) => {
                    *pending = None;
                    self.outbox.borrow_mut().push_front((text, qos));
                }
                Err(_) => return Err(()),
            }
        }
        let (mut spoken, mut pinged) = (Instant::now(), None);
        loop {
            if pinged.is_some_and(|at: Instant| at.elapsed() > PATIENCE) {
                return Ok(());
            }
            match select(client.poll_header(), Timer::after_millis(500)).await {
                Either::First(header) => {
                    match client.poll_body(header.map_err(drop)?).await.map_err(drop)? {
                        Event::Pingresp => pinged = None,
                        Event::Publish(message) => {
                            let text = String::from_utf8_lossy(message.message.as_bytes()).into_owned();
                            self.received.borrow_mut().push(text);
                        }
                        Event::PublishAcknowledged(Puback { .. }) | Event::PublishComplete(Puback { .. }) => {
                            *pending = None;
                            *self.confirmed.borrow_mut() += 1;
                        }
                        _ => {}
                    }
                    continue;
                }
                Either::Second(()) => {}
            }
            let next = if pending.is_none() { self.outbox.borrow_mut().pop_front() } else { None };
            if let Some((text, qos)) = next {
                let id = client.publish(&publication(qos), text.into()).await.map_err(drop)?;
                *pending = id.map(|id| (id, text, qos));
                spoken = Instant::now();
            } else if spoken.elapsed() > Duration::from_secs(u64::from(KEEP_ALIVE) / 2) {
                client.ping().await.map_err(drop)?;
                spoken = Instant::now();
                pinged = pinged.or(Some(spoken));
            }
        }
    }

    fn say(&self, text: &'static str, qos: QoS) {
        self.outbox.borrow_mut().push_back((text, qos));
    }

    fn heard(&self, text: &str) -> bool {
        self.received.borrow().iter().filter(|heard| *heard == text).count() == 1
    }
}

fn up_with_broker(model: Model) -> (World, Broker) {
    let world = up::<1>(model);
    let broker = Broker::new(&world.net);
    (world, broker)
}

#[test]
fn rust_mqtt_publishes_and_receives_with_each_quality_of_service() {
    for &model in Model::KNOWN {
        let (mut world, mut broker) = up_with_broker(model);
        let (app, net) = (App::default(), world.net.clone());
        let mut running = pin!(app.run(world.stack));
        let subscribed = |broker: &Broker| broker.count(|packet| matches!(packet, Packet::Subscribe(_))) == 1;
        run_until(&mut world, &mut broker, 60, &mut running, subscribed);
        for (here, there, up, down) in [
            (QoS::AtMostOnce, AtMostOnce, "up 0", "down 0"),
            (QoS::AtLeastOnce, AtLeastOnce, "up 1", "down 1"),
            (QoS::ExactlyOnce, ExactlyOnce, "up 2", "down 2"),
        ] {
            app.say(up, here);
            broker.publish(&net, "to/modem", there, down.as_bytes());
            let all = |broker: &Broker| broker.has("from", up.as_bytes()) && app.heard(down);
            run_until(&mut world, &mut broker, 60, &mut running, all);
        }
        run_until(&mut world, &mut broker, 10, &mut running, |_| *app.confirmed.borrow() == 2);
        assert_eq!(broker.connections(), 1, "{model}\n{}", world.tail());
        world.no_breach();
    }
}

/// `poll_header` is dropped in the middle, `poll_body` is not, as the client's documentation demands.
#[test]
fn rust_mqtt_receives_messages_that_come_in_pieces() {
    for &model in Model::KNOWN {
        let (mut world, mut broker) = up_with_broker(model);
        let (app, net) = (App::default(), world.net.clone());
        let mut running = pin!(app.run(world.stack));
        go_on(&mut world, &mut broker, 20, &mut running);
        broker.out.in_pieces = true;
        for text in ["first", "a second one that takes a while", "third"] {
            app.say("meanwhile", QoS::AtLeastOnce);
            broker.publish(&net, "to/modem", AtLeastOnce, text.as_bytes());
            run_until(&mut world, &mut broker, 30, &mut running, |_| app.heard(text));
        }
        run_until(&mut world, &mut broker, 30, &mut running, |broker| {
            broker.times("from", b"meanwhile") == 3
        });
        assert_eq!(broker.connections(), 1, "{model}\n{}", world.tail());
        world.no_breach();
    }
}

#[test]
fn rust_mqtt_keeps_an_idle_connection_alive() {
    for &model in Model::KNOWN {
        let (mut world, mut broker) = up_with_broker(model);
        let (app, net) = (App::default(), world.net.clone());
        let mut running = pin!(app.run(world.stack));
        go_on(&mut world, &mut broker, 10 * u64::from(KEEP_ALIVE), &mut running);
        assert!(broker.count(|packet| *packet == Packet::PingReq) >= 9, "{model}\n{}", world.tail());
        broker.publish(&net, "to/modem", AtLeastOnce, b"still there");
        run_until(&mut world, &mut broker, 10, &mut running, |_| app.heard("still there"));
        assert_eq!((broker.silent, broker.connections()), (0, 1), "{model}\n{}", world.tail());
        world.no_breach();
    }
}

#[test]
fn rust_mqtt_comes_back_to_a_broker_that_was_restarted() {
    for &model in Model::KNOWN {
        for death in [Death::Closed, Death::Reset, Death::Silent] {
            for forgets in [false, true] {
                let (mut world, mut broker) = up_with_broker(model);
                let (app, net) = (App::default(), world.net.clone());
                let mut running = pin!(app.run(world.stack));
                go_on(&mut world, &mut broker, 20, &mut running);
                broker.kill(&net, death);
                app.say("in between", QoS::ExactlyOnce);
                go_on(&mut world, &mut broker, 120, &mut running);
                if forgets {
                    broker.forget();
                }
                broker.start(&net);
                run_until(&mut world, &mut broker, 300, &mut running, |_| app.sessions.borrow().len() == 2);
                assert_eq!(app.sessions.borrow()[1], !forgets, "{model}: {death:?}");
                go_on(&mut world, &mut broker, 20, &mut running);
                app.say("again", QoS::AtLeastOnce);
                broker.publish(&net, "to/modem", AtLeastOnce, b"welcome");
                let all = |broker: &Broker| {
                    broker.has("from", b"in between") && broker.has("from", b"again") && app.heard("welcome")
                };
                run_until(&mut world, &mut broker, 60, &mut running, all);
                world.no_breach();
            }
        }
    }
}

#[test]
fn rust_mqtt_comes_back_after_the_modem_has_restarted() {
    for &model in Model::KNOWN {
        for with_power in [true, false] {
            let (mut world, mut broker) = up_with_broker(model);
            let (app, net) = (App::default(), world.net.clone());
            let mut running = pin!(app.run(world.stack));
            go_on(&mut world, &mut broker, 20, &mut running);
            if with_power {
                world.modem.reboot(world.now);
            } else {
                world.modem.power(world.now, false);
                go_on(&mut world, &mut broker, 100, &mut running);
                world.modem.power(world.now, true);
            }
            let connected =
                |broker: &Broker| broker.count(|packet| matches!(packet, Packet::Connect(_))) == 2;
            run_until(&mut world, &mut broker, 300, &mut running, connected);
            go_on(&mut world, &mut broker, 20, &mut running);
            app.say("again", QoS::AtLeastOnce);
            broker.publish(&net, "to/modem", AtLeastOnce, b"welcome");
            let all = |broker: &Broker| broker.times("from", b"again") > 0 && app.heard("welcome");
            run_until(&mut world, &mut broker, 100, &mut running, all);
            world.no_breach();
        }
    }
}
