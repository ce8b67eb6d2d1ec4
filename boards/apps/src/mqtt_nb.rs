//! The same as `mqtt` without an executor, with minimq 0.10.

use core::net::IpAddr;

use embedded_nal::{AddrType, Dns, TcpClientStack};
use embedded_time::clock;
use embedded_time::fraction::Fraction;
use minimq_nb::broker::IpBroker;
use minimq_nb::types::{SubscriptionOptions, TopicFilter};
use minimq_nb::{Broker, ConfigBuilder, Minimq, Publication, QoS};

use crate::mqtt::MESSAGE;
use crate::{Failed, Server, failed};

/// How long all of it may take, in milliseconds.
const LIMIT: u32 = 90_000;

/// Subscribes to `topic`, publishes there as the client `name` and waits for the message.
///
/// `millis` is the time since some moment, and may wrap; `pause` is called whenever there is nothing to do.
///
/// # Errors
/// When there is no connection, the broker refuses, or another message comes.
pub fn run<S>(
    mut stack: S,
    broker: Server<'_>,
    name: &str,
    topic: &str,
    millis: fn() -> u32,
    mut pause: impl FnMut(),
) -> Result<(), Failed>
where
    S: TcpClientStack + Dns<Error = <S as TcpClientStack>::Error>,
{
    let start = millis();
    let mut remote = IpBroker::new(resolve(&mut stack, broker.host, &mut pause)?);
    remote.set_port(broker.port);
    let mut buffer = [0; 1024];
    let config = ConfigBuilder::new(remote, &mut buffer).client_id(name).map_err(failed("MQTT client"))?;
    let mut mqtt = Minimq::new(stack, Clock(millis), config);

    let mut progress = Progress::Connecting;
    let mut came = false;
    while !came || progress != Progress::Published || mqtt.client().pending_messages() {
        let inbound = mqtt.poll(|_, _, payload, _| payload == MESSAGE.as_bytes()).map_err(failed(topic))?;
        match inbound {
            Some(true) => {
                defmt::info!("{=str}: {=str}", topic, MESSAGE);
                came = true;
            }
            Some(false) => {
                defmt::error!("{=str}: another message", topic);
                return Err(Failed);
            }
            None => pause(),
        }
        let client = mqtt.client();
        match progress {
            Progress::Connecting if client.is_connected() => {
                let once = SubscriptionOptions::default().maximum_qos(QoS::AtLeastOnce);
                let filter = TopicFilter::new(topic).options(once);
                client.subscribe(&[filter], &[]).map_err(failed("subscribe"))?;
                progress = Progress::Subscribing;
            }
            Progress::Subscribing if !client.subscriptions_pending() => {
                let publication = Publication::new(topic, MESSAGE).qos(QoS::AtLeastOnce);
                client.publish(publication).map_err(failed("publish"))?;
                progress = Progress::Published;
            }
            _ => {}
        }
        if millis().wrapping_sub(start) > LIMIT {
            defmt::error!("{=str}: not done after {} ms", broker.host, LIMIT);
            return Err(Failed);
        }
    }
    Ok(())
}

/// How far the conversation with the broker is.
#[derive(PartialEq)]
enum Progress {
    Connecting,
    Subscribing,
    Published,
}

fn resolve<S: Dns>(stack: &mut S, host: &str, mut pause: impl FnMut()) -> Result<IpAddr, Failed> {
    loop {
        match stack.get_host_by_name(host, AddrType::IPv4) {
            Ok(ip) => return Ok(ip),
            Err(nb::Error::WouldBlock) => pause(),
            Err(nb::Error::Other(error)) => return Err(failed(host)(error)),
        }
    }
}

/// Milliseconds for the keep-alive of the client.
struct Clock(fn() -> u32);

impl embedded_time::Clock for Clock {
    type T = u32;
    const SCALING_FACTOR: Fraction = Fraction::new(1, 1000);

    fn try_now(&self) -> Result<embedded_time::Instant<Self>, clock::Error> {
        Ok(embedded_time::Instant::new((self.0)()))
    }
}
