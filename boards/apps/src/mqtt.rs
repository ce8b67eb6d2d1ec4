//! Publishes an MQTT message with minimq and receives it back.

use embassy_time::{Duration, with_timeout};
use embedded_nal_async::{Dns, TcpConnect};
use minimq::{ConfigBuilder, Publication, QoS, Session, SubscriptionOptions, TopicFilter};

use crate::{Failed, Server, failed};

/// What is published.
pub const MESSAGE: &str = "Hello from a microcontroller, there and back again.";

/// How long the broker may take for all of it.
const LIMIT: Duration = Duration::from_secs(90);

/// Subscribes to `topic`, publishes there as the client `name` and waits for the message.
///
/// # Errors
/// When there is no connection, the broker refuses, or another message comes.
pub async fn run<S>(stack: &S, broker: Server<'_>, name: &str, topic: &str) -> Result<(), Failed>
where
    S: TcpConnect + Dns,
{
    let echo = with_timeout(LIMIT, echo(stack, broker, name, topic));
    echo.await.unwrap_or_else(|late| Err(failed(broker.host)(late)))
}

async fn echo<S>(stack: &S, broker: Server<'_>, name: &str, topic: &str) -> Result<(), Failed>
where
    S: TcpConnect + Dns,
{
    let remote = broker.resolve(stack).await?;
    let socket = stack.connect(remote).await.map_err(failed(broker.host))?;
    let mut buffer = [0; 1024];
    let config = ConfigBuilder::from_buffer(&mut buffer, 512)
        .and_then(|config| config.client_id(name))
        .map_err(failed("MQTT client"))?;
    let mut session = Session::new(config);
    let mut connection = session.connect(socket).await.map_err(failed("connect"))?;

    let filter =
        TopicFilter::new(topic).options(SubscriptionOptions::default().maximum_qos(QoS::AtLeastOnce));
    let subscribed = connection.subscribe(&[filter], &[]).await.map_err(failed("subscribe"))?;
    while connection.is_pending(&subscribed) {
        connection.poll().await.map_err(failed("subscribe"))?;
    }
    let publication = Publication::text(topic, MESSAGE).qos(QoS::AtLeastOnce);
    let published = connection.publish(publication).await.map_err(failed("publish"))?;

    let mut came = false;
    // The broker may confirm before or after it delivers.
    while !came || published.as_ref().is_some_and(|op| connection.is_pending(op)) {
        if let Some(message) = connection.poll().await.map_err(failed("publish"))? {
            if message.payload() != MESSAGE.as_bytes() {
                defmt::error!("{=str}: another message", topic);
                return Err(Failed);
            }
            defmt::info!("{=str}: {=str}", topic, MESSAGE);
            came = true;
        }
    }
    // The broker may close before the modem has confirmed the goodbye: that is no failure.
    let _ = connection.disconnect().await;
    Ok(())
}
