//! minimq 0.13 on the async stack.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::pin;

use cellular_nal::asynch::Stack;
use clients::broker::{ADDRESS, Broker, Death};
use clients::common::World;
use clients::{go_on, run_until, up};
use embassy_time::{Duration, Timer, with_timeout};
use embedded_nal_async::TcpConnect;
use minimq::{ConfigBuilder, ConnectEvent, Publication, QoS, Session, SubscriptionOptions, TopicFilter};
use modem_sim::Model;
use mqttbytes::v5::Packet;

const KEEP_ALIVE: u16 = 30;

/// What a user's program has done and is to do.
#[derive(Default)]
struct App {
    outbox: RefCell<VecDeque<(&'static str, QoS)>>,
    received: RefCell<Vec<String>>,
    events: RefCell<Vec<ConnectEvent>>,
}

impl App {
    fn say(&self, text: &'static str, qos: QoS) {
        self.outbox.borrow_mut().push_back((text, qos));
    }

    fn heard(&self, text: &str) -> bool {
        self.received.borrow().iter().filter(|heard| *heard == text).count() == 1
    }

    /// Connects whenever it is not connected, as the client's documentation shows it. Looking after
    /// the outbox drops a read.
    async fn run(&self, stack: Stack<'_>) {
        let mut buffer = [0; 2048];
        let config = ConfigBuilder::from_buffer(&mut buffer, 1024).expect("it fits");
        let config = config.client_id("modem").expect("a short name").keepalive_interval(KEEP_ALIVE);
        let mut session = Session::new(config.session_expiry_interval(3600));
        loop {
            let Ok(socket) = stack.connect(ADDRESS.into()).await else {
                Timer::after_secs(2).await;
                continue;
            };
            let connecting = with_timeout(Duration::from_secs(20), session.connect(socket)).await;
            let Ok(Ok(mut connection)) = connecting else { continue };
            self.events.borrow_mut().push(connection.connect_event());
            if connection.connect_event() == ConnectEvent::Connected {
                let options = SubscriptionOptions::default().maximum_qos(QoS::ExactlyOnce);
                let filter = TopicFilter::new("to/#").options(options);
                if connection.subscribe(&[filter], &[]).await.is_err() {
                    continue;
                }
            }
            loop {
                match with_timeout(Duration::from_millis(250), connection.poll()).await {
                    Ok(Ok(Some(message))) => {
                        let text = String::from_utf8_lossy(message.payload()).into_owned();
                        self.received.borrow_mut().push(text);
                    }
                    Ok(Ok(None)) | Err(_) => {}
                    Ok(Err(_)) => break,
                }
                let next = self.outbox.borrow().front().copied();
                if let Some((text, qos)) = next.filter(|&(_, qos)| connection.can_publish(qos)) {
                    self.outbox.borrow_mut().pop_front();
                    if connection.publish(Publication::text("from", text).qos(qos)).await.is_err() {
                        break;
                    }
                }
            }
        }
    }
}

fn up_with_broker(model: Model) -> (World, Broker) {
    let world = up::<1>(model);
    let broker = Broker::new(&world.net);
    (world, broker)
}

const fn both(qos: mqttbytes::QoS) -> QoS {
    match qos {
        mqttbytes::QoS::AtMostOnce => QoS::AtMostOnce,
        mqttbytes::QoS::AtLeastOnce => QoS::AtLeastOnce,
        mqttbytes::QoS::ExactlyOnce => QoS::ExactlyOnce,
    }
}

#[test]
fn minimq_publishes_and_receives_with_each_quality_of_service() {
    for &model in Model::KNOWN {
        let (mut world, mut broker) = up_with_broker(model);
        let (app, net) = (App::default(), world.net.clone());
        let mut running = pin!(app.run(world.stack));
        let subscribed = |broker: &Broker| broker.count(|packet| matches!(packet, Packet::Subscribe(_))) == 1;
        run_until(&mut world, &mut broker, 60, &mut running, subscribed);
        use mqttbytes::QoS::{AtLeastOnce, AtMostOnce, ExactlyOnce};
        for (qos, up, down) in
            [(AtMostOnce, "up 0", "down 0"), (AtLeastOnce, "up 1", "down 1"), (ExactlyOnce, "up 2", "down 2")]
        {
            app.say(up, both(qos));
            broker.publish(&net, "to/modem", qos, down.as_bytes());
            let all = |broker: &Broker| broker.has("from", up.as_bytes()) && app.heard(down);
            run_until(&mut world, &mut broker, 60, &mut running, all);
        }
        assert_eq!(broker.connections(), 1, "{model}\n{}", world.tail());
        world.no_breach();
    }
}

/// Reads are dropped in the middle of a packet, again and again.
#[test]
fn minimq_receives_messages_that_come_in_pieces() {
    for &model in Model::KNOWN {
        let (mut world, mut broker) = up_with_broker(model);
        let (app, net) = (App::default(), world.net.clone());
        let mut running = pin!(app.run(world.stack));
        go_on(&mut world, &mut broker, 20, &mut running);
        broker.out.in_pieces = true;
        for text in ["first", "a second one that takes a while", "third"] {
            app.say("meanwhile", QoS::AtLeastOnce);
            broker.publish(&net, "to/modem", mqttbytes::QoS::AtLeastOnce, text.as_bytes());
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
fn minimq_keeps_an_idle_connection_alive() {
    for &model in Model::KNOWN {
        let (mut world, mut broker) = up_with_broker(model);
        let (app, net) = (App::default(), world.net.clone());
        let mut running = pin!(app.run(world.stack));
        go_on(&mut world, &mut broker, 10 * u64::from(KEEP_ALIVE), &mut running);
        assert!(broker.count(|packet| *packet == Packet::PingReq) >= 9, "{model}\n{}", world.tail());
        broker.publish(&net, "to/modem", mqttbytes::QoS::AtLeastOnce, b"still there");
        run_until(&mut world, &mut broker, 10, &mut running, |_| app.heard("still there"));
        assert_eq!((broker.silent, broker.connections()), (0, 1), "{model}\n{}", world.tail());
        world.no_breach();
    }
}

#[test]
fn minimq_comes_back_to_a_broker_that_was_restarted() {
    for &model in Model::KNOWN {
        for death in [Death::Closed, Death::Reset, Death::Silent] {
            for forgets in [false, true] {
                let context = format!("{model}: {death:?}, {}", if forgets { "new" } else { "same" });
                let (mut world, mut broker) = up_with_broker(model);
                let (app, net) = (App::default(), world.net.clone());
                let mut running = pin!(app.run(world.stack));
                go_on(&mut world, &mut broker, 20, &mut running);
                broker.kill(&net, death);
                // What is said into the silence is sent again to the broker that comes back.
                app.say("in between", QoS::AtLeastOnce);
                go_on(&mut world, &mut broker, 120, &mut running);
                if forgets {
                    broker.forget();
                }
                broker.start(&net);
                run_until(&mut world, &mut broker, 300, &mut running, |_| app.events.borrow().len() == 2);
                let event = if forgets { ConnectEvent::Connected } else { ConnectEvent::Reconnected };
                assert_eq!(app.events.borrow()[1], event, "{context}");
                go_on(&mut world, &mut broker, 20, &mut running);
                app.say("again", QoS::AtLeastOnce);
                broker.publish(&net, "to/modem", mqttbytes::QoS::AtLeastOnce, b"welcome");
                let all = |broker: &Broker| broker.has("from", b"again") && app.heard("welcome");
                run_until(&mut world, &mut broker, 60, &mut running, all);
                // A client drops what it has not sent when its session is gone.
                assert!(forgets || broker.has("from", b"in between"), "{context}\n{}", world.tail());
                world.no_breach();
            }
        }
    }
}

#[test]
fn minimq_comes_back_after_the_modem_has_restarted() {
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
            broker.publish(&net, "to/modem", mqttbytes::QoS::AtLeastOnce, b"welcome");
            let all = |broker: &Broker| broker.times("from", b"again") > 0 && app.heard("welcome");
            run_until(&mut world, &mut broker, 100, &mut running, all);
            world.no_breach();
        }
    }
}
