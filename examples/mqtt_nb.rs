//! The same as `mqtt` without an executor: minimq 0.10 on the nb stack.

#[path = "support/address.rs"]
mod address;
#[path = "support/broker.rs"]
mod broker;
#[path = "support/nb_session.rs"]
mod nb_session;
mod support;

use core::time::Duration;
use std::process::{self, ExitCode};
use std::time::Instant;

use cellular_nal::{Base, Error};
use embedded_nal::{AddrType, Dns};
use embedded_time::clock;
use embedded_time::fraction::Fraction;
use minimq_nb::broker::IpBroker;
use minimq_nb::types::{SubscriptionOptions, TopicFilter};
use minimq_nb::{Broker, ConfigBuilder, Minimq, ProtocolError, Publication, QoS};

use address::Address;
use nb_session::{Application, Session, Stack};
use support::options::{self, Options, Own, Program};
use support::{Failure, show};

const PROGRAM: Program = Program {
    name: "mqtt_nb",
    about: "publishes an MQTT message over a cellular modem and receives it back, without async",
    own: &[Own {
        name: "broker",
        value: "HOST:PORT",
        check: address::check,
        purpose: "MQTT 5 broker (default: one that this program starts)",
    }],
    check: options::ANY,
};

/// What is published.
const MESSAGE: &str = "Hello from a modem, said twice: once on the way there and once back.\n";

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(120);

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let broker = address::given_or_else(options, "broker", broker::start)?;
    nb_session::run(options, Talk { broker })
}

struct Talk {
    broker: Address,
}

impl Application for Talk {
    fn run<B: Base>(self, stack: &mut Stack<'_, B>, session: &Session) -> Result<(), Failure> {
        talk(stack, session, &self.broker)
    }
}

fn talk<B: Base>(stack: &mut Stack<'_, B>, session: &Session, broker: &Address) -> Result<(), Failure> {
    let start = Instant::now();
    let ip = loop {
        match stack.get_host_by_name(&broker.host, AddrType::IPv4) {
            Ok(ip) => break ip,
            Err(nb::Error::WouldBlock) => session.pause()?,
            Err(nb::Error::Other(error)) => return Err(format!("{broker}: {error}")),
        }
    };
    let mut remote = IpBroker::new(ip);
    remote.set_port(broker.port);

    // Other users of a public broker must not meet this run's name and topic.
    let name = format!("cellular-nal-nb-{}", process::id());
    let topic = format!("{name}/echo");
    let mut buffer = [0; 2048];
    let config = ConfigBuilder::new(remote, &mut buffer).client_id(&name).map_err(unusable)?;
    let mut mqtt = Minimq::new(stack, Clock(start), config);

    let failed = |error| explain(broker, error);
    let mut progress = Progress::Connecting;
    let mut message: Option<Vec<u8>> = None;
    while message.is_none() || progress != Progress::Published || mqtt.client().pending_messages() {
        let inbound = mqtt.poll(|_, _, payload, _| payload.to_vec()).map_err(failed)?;
        message = message.or(inbound);
        let client = mqtt.client();
        match progress {
            Progress::Connecting if client.is_connected() => {
                let once = SubscriptionOptions::default().maximum_qos(QoS::AtLeastOnce);
                let filter = TopicFilter::new(&topic).options(once);
                client.subscribe(&[filter], &[]).map_err(failed)?;
                progress = Progress::Subscribing;
            }
            Progress::Subscribing if !client.subscriptions_pending() => {
                let publication = Publication::new(&topic, MESSAGE).qos(QoS::AtLeastOnce);
                client.publish(publication).map_err(|error| format!("{broker}: {error:?}"))?;
                progress = Progress::Published;
            }
            _ => {}
        }
        if start.elapsed() > LIMIT {
            return Err(format!("{broker}: not done after {} s", LIMIT.as_secs()));
        }
        session.pause()?;
    }
    let message = message.unwrap_or_default();
    show(&message)?;
    let (count, seconds) = (message.len(), start.elapsed().as_secs_f64());
    eprintln!("{broker}: {count} bytes on {topic} in {seconds:.1} s");
    Ok(())
}

/// How far the conversation with the broker is.
#[derive(PartialEq)]
enum Progress {
    Connecting,
    Subscribing,
    Published,
}

fn unusable(error: ProtocolError) -> Failure {
    format!("MQTT client: {error:?}")
}

/// What went wrong, in words.
fn explain(broker: &Address, error: minimq_nb::Error<Error>) -> Failure {
    match error {
        minimq_nb::Error::Network(error) => format!("{broker}: {error}"),
        error => format!("{broker}: {error:?}"),
    }
}

/// Milliseconds for the keep-alive of the client.
struct Clock(Instant);

impl embedded_time::Clock for Clock {
    type T = u32;
    const SCALING_FACTOR: Fraction = Fraction::new(1, 1000);

    fn try_now(&self) -> Result<embedded_time::Instant<Self>, clock::Error> {
        // It wraps after 49 days, which the client expects.
        Ok(embedded_time::Instant::new(self.0.elapsed().as_millis() as u32))
    }
}
