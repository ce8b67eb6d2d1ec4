//! A sensor that sends a reading now and then, and lets its modem sleep in between.

#[path = "support/address.rs"]
mod address;
#[path = "support/echo_server.rs"]
mod echo_server;
#[path = "support/session.rs"]
mod session;
mod support;

use core::fmt::Display;
use std::process::ExitCode;
use std::time::Instant;

use cellular_nal::asynch::Stack;
use cellular_nal::dialect::ReleaseAssistance;
use cellular_nal::{Error, PowerSaving, Sockets};
use embassy_time::{Duration, Timer};
use embedded_nal_async::{AddrType, Dns, UdpStack};

use address::Address;
use session::{Application, Session};
use support::options::{Mode, Options, Own, Program};
use support::{Failure, show};

const PROGRAM: Program = Program {
    name: "psm_sensor",
    about: "sends readings by UDP and lets the modem sleep in between",
    own: &[
        Own {
            name: "peer",
            value: "HOST:PORT",
            check: address::check,
            purpose: "who gets the readings (default: a server that this program starts)",
        },
        Own { name: "count", value: "N", check: check_number, purpose: "how many readings (default: 3)" },
        Own {
            name: "pause",
            value: "S",
            check: check_number,
            purpose: "seconds between two of them (default: 5)",
        },
    ],
    check: |options| match options.mode {
        Mode::Sockets => Ok(()),
        Mode::Ppp | Mode::Cmux => Err("--mode: release assistance and sleep are the modem's own"),
    },
};

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let peer = address::given_or_else(options, "peer", echo_server::start)?;
    let number = |name, usual| options.own(name).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (count, pause) = (number("count", 3u32), number("pause", 5u32));
    let limit = Duration::from_secs(u64::from(count) * (u64::from(pause) + 60) + 60);
    // An update by the network only when three readings have not come, and two seconds to be reached in.
    let seconds = cellular_nal::Duration::from_secs;
    let saving = PowerSaving::new(seconds(pause.saturating_mul(3)), seconds(2)).map_err(text)?;
    let config = options.config().map_err(text)?.power_saving(saving);
    session::run_with(options, config, Some(limit), Sensor { peer: &peer, count, pause })
}

fn check_number(text: &str) -> Result<(), &'static str> {
    match text.parse::<u32>() {
        Ok(1..=86_400) => Ok(()),
        _ => Err("is no number from 1 to 86400"),
    }
}

struct Sensor<'a> {
    peer: &'a Address,
    count: u32,
    pause: u32,
}

impl Application for Sensor<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        let control = session.control;
        let Some(stack) = session.own else { return Err("the modem's own sockets are out of reach".into()) };
        let ip = stack.get_host_by_name(&self.peer.host, AddrType::Either).await.map_err(text)?;
        match control.status().granted_power_saving() {
            Some(saving) => eprintln!(
                "granted: rest of {} s after {} s",
                saving.periodic_update().as_millis() / 1000,
                saving.active_time().as_millis() / 1000
            ),
            None => eprintln!("granted: no rest"),
        }
        let mut awake = 0.0;
        for number in 1..=self.count {
            let start = Instant::now();
            control.connect().await.map_err(text)?;
            let up = start.elapsed();
            send(stack, (ip, self.peer.port).into(), number).await.map_err(text)?;
            let sent = start.elapsed();
            control.sleep().await.map_err(text)?;
            let done = start.elapsed();
            awake += done.as_secs_f64();
            let line = format!(
                "reading {number}: up after {:.2} s, sent after {:.2} s, left alone after {:.2} s\n",
                up.as_secs_f64(),
                sent.as_secs_f64(),
                done.as_secs_f64()
            );
            show(line.as_bytes())?;
            if number < self.count {
                Timer::after(Duration::from_secs(self.pause.into())).await;
            }
        }
        let each = awake / f64::from(self.count);
        eprintln!("{} readings, the line in use for {each:.2} s each", self.count);
        control.connect().await.map_err(text)
    }
}

/// One datagram. The network is told that nothing follows, so that the radio rests at once, where the modem can.
async fn send(stack: Stack<'_>, remote: core::net::SocketAddr, number: u32) -> Result<(), Error> {
    let (_, mut socket) = stack.connect(remote).await?;
    let reading = format!("reading {number}: 21.5 degrees");
    match socket.send_last(reading.as_bytes(), ReleaseAssistance::NoMore).await {
        // How u-blox modems want to be told is in none of their guides at hand, and some refuse.
        Err(Error::Unsupported | Error::Modem(_)) => {
            embedded_nal_async::ConnectedUdp::send(&mut socket, reading.as_bytes()).await
        }
        other => other,
    }
}

fn text(error: impl Display) -> Failure {
    error.to_string()
}
