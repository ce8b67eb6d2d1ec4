//! rust-mqtt 0.6 on the async stack. Keep-alive, reconnecting and sending again are up to its user.

use std::cell::RefCell;
use std::num::NonZero;
use std::pin::pin;

use cellular_nal::asynch::Stack;
use clients::broker::{ADDRESS, Broker, Death};
use clients::mqtt::{self, Desk, Program, up_with_broker};
use clients::{go_on, run_until};
use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer};
use embedded_nal_async::TcpConnect;
use modem_sim::Model;
use mqttbytes::QoS::AtLeastOnce;
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
    desk: Desk<QoS>,
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
                    self.desk.outbox.borrow_mut().push_front((text, qos));
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
                            self.desk.received.borrow_mut().push(message.message.as_bytes().to_vec());
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
            let next = if pending.is_none() { self.desk.outbox.borrow_mut().pop_front() } else { None };
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
fn rust_mqtt_publishes_and_receives_with_each_quality_of_service() {
    mqtt::uses_each_quality_of_service(|app: &App| *app.confirmed.borrow() == 2);
}

/// `poll_header` is dropped in the middle, `poll_body` is not, as the client's documentation demands.
#[test]
fn rust_mqtt_receives_messages_that_come_in_pieces() {
    mqtt::receives_pieces::<App>(true);
}

#[test]
fn rust_mqtt_keeps_an_idle_connection_alive() {
    mqtt::stays_alive::<App>(u64::from(KEEP_ALIVE), 9);
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
                app.desk.say("in between", QoS::ExactlyOnce);
                go_on(&mut world, &mut broker, 120, &mut running);
                if forgets {
                    broker.forget();
                }
                broker.start(&net);
                run_until(&mut world, &mut broker, 300, &mut running, |_| app.sessions.borrow().len() == 2);
                assert_eq!(app.sessions.borrow()[1], !forgets, "{model}: {death:?}");
                go_on(&mut world, &mut broker, 20, &mut running);
                app.desk.say("again", QoS::AtLeastOnce);
                broker.publish(&net, "to/modem", AtLeastOnce, b"welcome");
                let all = |broker: &Broker| {
                    broker.has("from", b"in between")
                        && broker.has("from", b"again")
                        && app.desk.heard("welcome")
                };
                run_until(&mut world, &mut broker, 60, &mut running, all);
                world.no_breach();
            }
        }
    }
}

#[test]
fn rust_mqtt_comes_back_after_the_modem_has_restarted() {
    mqtt::comes_back_after_the_modem_has_restarted::<App>();
}
