//! mqttrust 1.0 on the async stack. It connects anew by itself.

use std::cell::RefCell;
use std::pin::pin;

use cellular_nal::asynch::Stack;
use clients::broker::{ADDRESS, Broker, Death, NAME};
use clients::common::pattern;
use clients::mqtt::{self, Desk, Program, connected_again, subscribed, up_with_broker};
use clients::{go_on, run_until};
use embassy_futures::join::join3;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_time::{Duration, Timer};
use modem_sim::Model;
use mqttbytes::QoS::AtLeastOnce;
use mqttbytes::v5::Packet;
use mqttrust::transport::embedded_nal::NalTransport;
use mqttrust::{Config, DomainBroker, Publish, QoS, State, Subscribe, SubscribeTopic};

const KEEP_ALIVE: u64 = 30;

/// What a user's program has done and is to do.
#[derive(Default)]
struct App {
    desk: Desk<QoS>,
    confirmed: RefCell<usize>,
}

impl App {
    async fn run(&self, stack: Stack<'_>) {
        let mut state = State::<NoopRawMutex, 1024, 2048>::new();
        let config = Config::builder()
            .client_id("modem".try_into().expect("it is short"))
            .keepalive_interval(Duration::from_secs(KEEP_ALIVE))
            // The client's own backoff gives up after ten attempts.
            .backoff_algo(|_| Some(Duration::from_secs(5)))
            .build();
        let (mut mqtt, client) = mqttrust::new(&mut state, config);
        let broker = DomainBroker::<_, 253>::new_with_port(NAME, ADDRESS.1, &stack).expect("it is short");
        let mut transport = NalTransport::new(&stack, broker);
        let receiving = async {
            let topics = [SubscribeTopic::builder().topic_path("to/#").maximum_qos(QoS::ExactlyOnce).build()];
            loop {
                let subscribing = client.subscribe::<1>(Subscribe::builder().topics(&topics).build());
                let Ok(mut subscription) = subscribing.await else { continue };
                // It ends when the broker has lost the session.
                while let Some(message) = subscription.next_message().await {
                    self.desk.received.borrow_mut().push(message.payload().to_vec());
                }
            }
        };
        let publishing = async {
            loop {
                let next = self.desk.outbox.borrow().front().copied();
                let Some((text, qos)) = next else {
                    Timer::after_millis(200).await;
                    continue;
                };
                let publication = Publish::builder().topic_name("from").payload(text.as_bytes()).qos(qos);
                if client.publish(publication.build()).await.is_ok() {
                    self.desk.outbox.borrow_mut().pop_front();
                    *self.confirmed.borrow_mut() += 1;
                }
            }
        };
        join3(mqtt.run(&mut transport), receiving, publishing).await.0
    }
}

impl Program for App {
    type Qos = QoS;
    const QOS: [QoS; 3] = [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce];

    fn desk(&self) -> &Desk<QoS> {
        &self.desk
    }

    fn work(&self, stack: Stack<'static>) -> impl Future {
        self.run(stack)
    }
}

#[test]
fn mqttrust_publishes_and_receives_with_each_quality_of_service() {
    mqtt::uses_each_quality_of_service(|app: &App| *app.confirmed.borrow() == 3);
}

/// The client takes what one read brings for the whole beginning of a packet.
#[test]
fn mqttrust_receives_messages_of_many_lengths_while_it_sends() {
    for &model in Model::KNOWN {
        let (mut world, mut broker) = up_with_broker(model);
        let (app, net) = (App::default(), world.net.clone());
        let mut running = pin!(app.run(world.stack));
        run_until(&mut world, &mut broker, 60, &mut running, subscribed);
        for length in [1, 50, 100, 130, 250, 700, 1200] {
            let said = pattern(length, 5);
            app.desk.say("meanwhile", QoS::AtLeastOnce);
            broker.publish(&net, "to/modem", AtLeastOnce, &said);
            let all = |_: &Broker| app.desk.heard(&said) && app.desk.outbox.borrow().is_empty();
            run_until(&mut world, &mut broker, 60, &mut running, all);
        }
        assert_eq!(broker.times("from", b"meanwhile"), 7, "{model}");
        assert_eq!(broker.connections(), 1, "{model}\n{}", world.tail());
        world.no_breach();
    }
}

#[test]
fn mqttrust_receives_messages_that_come_in_pieces() {
    mqtt::receives_pieces::<App>(false);
}

#[test]
fn mqttrust_keeps_an_idle_connection_alive() {
    mqtt::stays_alive::<App>(KEEP_ALIVE, 8);
}

#[test]
fn mqttrust_comes_back_to_a_broker_that_was_restarted() {
    for &model in Model::KNOWN {
        for death in [Death::Closed, Death::Reset, Death::Silent] {
            for forgets in [false, true] {
                let (mut world, mut broker) = up_with_broker(model);
                let (app, net) = (App::default(), world.net.clone());
                let mut running = pin!(app.run(world.stack));
                go_on(&mut world, &mut broker, 20, &mut running);
                broker.kill(&net, death);
                // A silent broker is noticed when a second ping is due.
                go_on(&mut world, &mut broker, 100, &mut running);
                app.desk.say("in between", QoS::AtLeastOnce);
                go_on(&mut world, &mut broker, 20, &mut running);
                if forgets {
                    broker.forget();
                }
                broker.start(&net);
                run_until(&mut world, &mut broker, 300, &mut running, connected_again);
                go_on(&mut world, &mut broker, 60, &mut running);
                app.desk.say("again", QoS::AtLeastOnce);
                broker.publish(&net, "to/modem", AtLeastOnce, b"welcome");
                let all = |broker: &Broker| {
                    broker.times("from", b"again") > 0
                        && broker.times("from", b"in between") > 0
                        && app.desk.heard(b"welcome")
                };
                run_until(&mut world, &mut broker, 200, &mut running, all);
                world.no_breach();
            }
        }
    }
}

#[test]
fn mqttrust_comes_back_after_the_modem_has_restarted() {
    mqtt::comes_back_after_the_modem_has_restarted::<App>();
}

/// What its user has to know: of an acknowledgement, `packet.rs` of the client reads the header and then once
/// more, and takes what has come for all of it. When this fails, the client has been mended.
#[test]
fn mqttrust_does_not_understand_an_acknowledgement_that_comes_in_pieces() {
    for &model in Model::KNOWN {
        let (mut world, mut broker) = up_with_broker(model);
        broker.out.in_pieces = true;
        let app = App::default();
        let mut running = pin!(app.run(world.stack));
        go_on(&mut world, &mut broker, 60, &mut running);
        assert!(broker.count(|packet| matches!(packet, Packet::Connect(_))) > 1, "{model}");
        assert!(!subscribed(&broker), "{model}");
    }
}

/// What its user has to know: `state.rs` of the client forgets what is in flight when a connection ends, and
/// `client.rs` takes what is not in flight for confirmed. When this fails, the client has been mended.
#[test]
fn mqttrust_takes_what_is_in_flight_for_confirmed_when_a_connection_ends() {
    for &model in Model::KNOWN {
        let (mut world, mut broker) = up_with_broker(model);
        let (app, net) = (App::default(), world.net.clone());
        let mut running = pin!(app.run(world.stack));
        go_on(&mut world, &mut broker, 20, &mut running);
        broker.stopped = true;
        app.desk.say("lost", QoS::AtLeastOnce);
        go_on(&mut world, &mut broker, 3, &mut running);
        broker.kill(&net, Death::Closed);
        go_on(&mut world, &mut broker, 60, &mut running);
        broker.stopped = false;
        broker.start(&net);
        go_on(&mut world, &mut broker, 60, &mut running);
        assert_eq!((*app.confirmed.borrow(), broker.times("from", b"lost")), (1, 0), "{model}");
    }
}
