//! minimq 0.13 on the async stack.

use std::cell::RefCell;
use std::pin::pin;

use cellular_nal::asynch::Stack;
use clients::broker::{ADDRESS, Broker, Death};
use clients::mqtt::{self, Desk, Program, up_with_broker};
use clients::{go_on, run_until};
use embassy_time::{Duration, Timer, with_timeout};
use embedded_nal_async::TcpConnect;
use minimq::{ConfigBuilder, ConnectEvent, Publication, QoS, Session, SubscriptionOptions, TopicFilter};
use modem_sim::Model;

const KEEP_ALIVE: u16 = 30;

/// What a user's program has done and is to do.
#[derive(Default)]
struct App {
    desk: Desk<QoS>,
    events: RefCell<Vec<ConnectEvent>>,
}

impl App {
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
                        self.desk.received.borrow_mut().push(message.payload().to_vec());
                    }
                    Ok(Ok(None)) | Err(_) => {}
                    Ok(Err(_)) => break,
                }
                let next = self.desk.outbox.borrow().front().copied();
                if let Some((text, qos)) = next.filter(|&(_, qos)| connection.can_publish(qos)) {
                    self.desk.outbox.borrow_mut().pop_front();
                    if connection.publish(Publication::text("from", text).qos(qos)).await.is_err() {
                        break;
                    }
                }
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
fn minimq_publishes_and_receives_with_each_quality_of_service() {
    mqtt::uses_each_quality_of_service(|_: &App| true);
}

/// Reads are dropped in the middle of a packet, again and again.
#[test]
fn minimq_receives_messages_that_come_in_pieces() {
    mqtt::receives_pieces::<App>(true);
}

#[test]
fn minimq_keeps_an_idle_connection_alive() {
    mqtt::stays_alive::<App>(u64::from(KEEP_ALIVE), 9);
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
                app.desk.say("in between", QoS::AtLeastOnce);
                go_on(&mut world, &mut broker, 120, &mut running);
                if forgets {
                    broker.forget();
                }
                broker.start(&net);
                run_until(&mut world, &mut broker, 300, &mut running, |_| app.events.borrow().len() == 2);
                let event = if forgets { ConnectEvent::Connected } else { ConnectEvent::Reconnected };
                assert_eq!(app.events.borrow()[1], event, "{context}");
                go_on(&mut world, &mut broker, 20, &mut running);
                app.desk.say("again", QoS::AtLeastOnce);
                broker.publish(&net, "to/modem", mqttbytes::QoS::AtLeastOnce, b"welcome");
                let all = |broker: &Broker| broker.has("from", b"again") && app.desk.heard("welcome");
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
    mqtt::comes_back_after_the_modem_has_restarted::<App>();
}
