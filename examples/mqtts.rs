//! Publishes an MQTT message with minimq over TLS that the modem makes, and receives it back.
//!
//! With `--mode cmux` the modem's own sockets do that beside those of the IP stack. With `--mode ppp` it has no TLS to
//! offer, because its line carries nothing but PPP.

#[path = "support/address.rs"]
mod address;
#[path = "support/broker.rs"]
mod broker;
#[path = "support/mqtt_client.rs"]
mod mqtt_client;
#[path = "support/secure.rs"]
mod secure;
#[path = "support/session.rs"]
mod session;
mod support;
#[path = "support/tls_server.rs"]
mod tls_server;

use std::process::ExitCode;

use cellular_nal::Sockets;
use embassy_time::Duration;

use address::Address;
use secure::Secure;
use session::{Application, Session};
use support::Failure;
use support::options::{Options, Own, Program};

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
    check: secure::by_the_modem,
};

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
    session::run(options, Some(LIMIT), Echo { secure: &secure, broker: &broker })
}

struct Echo<'a> {
    secure: &'a Secure,
    broker: &'a Address,
}

impl Application for Echo<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        self.secure.provision(session.control).await?;
        // Only they have TLS by the modem.
        let stack = session.own.ok_or(secure::OUT_OF_REACH)?;
        mqtt_client::echo(stack.tls(self.secure.profile), self.broker).await
    }
}
