//! Publishes an MQTT message with minimq and receives it back.

#[path = "support/address.rs"]
mod address;
#[path = "support/broker.rs"]
mod broker;
#[path = "support/mqtt_client.rs"]
mod mqtt_client;
#[path = "support/session.rs"]
mod session;
mod support;

use std::process::ExitCode;

use cellular_nal::Sockets;
use embassy_time::Duration;

use address::Address;
use session::{Application, Session};
use support::Failure;
use support::options::{self, Options, Own, Program};

const PROGRAM: Program = Program {
    name: "mqtt",
    about: "publishes an MQTT message with minimq over a cellular modem and receives it back",
    own: &[Own {
        name: "broker",
        value: "HOST:PORT",
        check: address::check,
        purpose: "MQTT 5 broker (default: one that this program starts)",
    }],
    check: options::ANY,
};

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let broker = address::given_or_else(options, "broker", broker::start)?;
    session::run(options, Some(LIMIT), Echo { broker: &broker })
}

struct Echo<'a> {
    broker: &'a Address,
}

impl Application for Echo<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        mqtt_client::echo(session.stack, self.broker).await
    }
}
