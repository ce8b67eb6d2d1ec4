//! Publishes an MQTT message with minimq and receives it back.

use std::process;
use std::time::Instant;

use cellular_nal::Error;
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use minimq::{ConfigBuilder, Publication, QoS, Session, SubscriptionOptions, TopicFilter};

use crate::address::Address;
use crate::support::{Failure, show};

/// What is published.
const MESSAGE: &str = "Hello from a modem, said twice: once on the way there and once back.\n";

/// Subscribes, publishes and waits for the message over a connection of a stack, plain or secure.
pub(crate) async fn echo<S>(stack: S, broker: &Address) -> Result<(), Failure>
where
    S: TcpConnect<Error = Error> + Dns<Error = Error>,
{
    let start = Instant::now();
    let no_socket = |error| format!("{broker}: {error}");
    let ip = stack.get_host_by_name(&broker.host, AddrType::Either).await;
    let remote = (ip.map_err(no_socket)?, broker.port).into();
    let socket = stack.connect(remote).await.map_err(no_socket)?;

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
