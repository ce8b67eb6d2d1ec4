//! Publishes an MQTT message with minimq over TLS that the modem makes, and receives it back.

#[path = "support/address.rs"]
mod address;
#[path = "support/broker.rs"]
mod broker;
#[path = "support/secure.rs"]
mod secure;
#[path = "support/session.rs"]
mod session;
mod support;
#[path = "support/tls_server.rs"]
mod tls_server;

use std::process::{self, ExitCode};
use std::time::Instant;

use cellular_nal::asynch::Stack;
use embassy_time::Duration;
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use minimq::{ConfigBuilder, Publication, QoS, Session, SubscriptionOptions, TopicFilter};

use address::Address;
use secure::Secure;
use support::options::{Options, Own, Program};
use support::{Failure, show};

const PROGRAM: Program = Program {
    name: "mqtts",
    about: "publishes an MQTT message with minimq over TLS that the modem makes, and receives it back",
    own: &[
        Own {
            name: "broker",
            value: "HOST:PORT",
            check: address::check,
            purpose: "MQTT 5 broker (default: one that this program starts)",
        },
        secure::CA,
        secure::CERT,
        secure::KEY,
        secure::PSK,
        secure::PSK_ID,
        secure::SERVER_NAME,
        secure::INSECURE,
    ],
};

/// What is published.
const MESSAGE: &str = "Hello from a modem, said twice: once on the way there and once back.\n";

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let mut own = None;
    let broker = address::given_or_else(options, "broker", || {
        let (port, authority) = tls_server::start(broker::start()?)?;
        own = Some(authority);
        Ok(port)
    })?;
    let secure = Secure::new(options, own.as_deref())?;
    session::run_with(options, Some(LIMIT), async |stack, control, _| {
        secure.provision(control).await?;
        talk(stack, &secure, &broker).await
    })
}

async fn talk(stack: Stack<'_>, secure: &Secure, broker: &Address) -> Result<(), Failure> {
    let start = Instant::now();
    let no_socket = |error| format!("{broker}: {error}");
    let ip = stack.get_host_by_name(&broker.host, AddrType::Either).await;
    let remote = (ip.map_err(no_socket)?, broker.port).into();
    let socket = TcpConnect::connect(&stack.tls(secure.profile), remote).await.map_err(no_socket)?;

    // Other users of a public broker must not meet this run's name and topic.
    let name = format!("cellular-nal-{}", process::id());
    let topic = format!("{name}/echo");
    let mut buffer = [0; 2048];
    let config = ConfigBuilder::from_buffer(&mut buffer, 1024)
        .and_then(|config| config.client_id(&name))
        .map_err(|error| error.to_string())?;
    let mut session = Session::new(config);
    let failed = |error| format!("{broker}: {error}");
    let mut connection = session.connect(socket).await.map_err(failed)?;

    let once = SubscriptionOptions::default().maximum_qos(QoS::AtLeastOnce);
    let filter = TopicFilter::new(&topic).options(once);
    let subscribed = connection.subscribe(&[filter], &[]).await.map_err(failed)?;
    while connection.is_pending(&subscribed) {
        connection.poll().await.map_err(failed)?;
    }
    let publication = Publication::text(&topic, MESSAGE).qos(QoS::AtLeastOnce);
    let published = connection.publish(publication).await.map_err(|error| format!("{broker}: {error}"))?;

    let mut message = None;
    // The broker may confirm before or after it delivers.
    while message.is_none() || published.as_ref().is_some_and(|op| connection.is_pending(op)) {
        if let Some(inbound) = connection.poll().await.map_err(failed)? {
            message = Some(inbound.payload().to_vec());
        }
    }
    show(message.as_deref().unwrap_or_default())?;
    let count = message.map_or(0, |message| message.len());
    // The broker may close before the modem has confirmed the goodbye: that is no failure.
    let _ = connection.disconnect().await;
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("{broker}: {count} bytes on {topic} in {seconds:.1} s");
    Ok(())
}
