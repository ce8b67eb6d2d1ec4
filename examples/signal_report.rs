//! Tells who modem and SIM card are, and how well the network is heard.

#[path = "support/session.rs"]
mod session;
mod support;

use core::fmt::Display;
use std::process::ExitCode;

use cellular_nal::control::Signal;
use cellular_nal::{Error, Sockets};
use embassy_time::{Duration, Timer};

use session::{Application, Session};
use support::options::{Mode, Options, Own, Program};
use support::{Failure, show};

const PROGRAM: Program = Program {
    name: "signal_report",
    about: "tells who modem and SIM card are, and once a second how well the network is heard",
    own: &[Own {
        name: "count",
        value: "N",
        check: check_count,
        purpose: "how often the signal is looked at (default: 5)",
    }],
    check: |options| match options.mode {
        Mode::Ppp => Err("--mode ppp: the modem cannot be asked while the line carries PPP"),
        Mode::Sockets | Mode::Cmux => Ok(()),
    },
};

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let count = options.own("count").and_then(|text| text.parse().ok()).unwrap_or(5);
    session::run(options, Some(Duration::from_secs(u64::from(count) + 60)), Report { count })
}

fn check_count(text: &str) -> Result<(), &'static str> {
    match text.parse::<u16>() {
        Ok(1..) => Ok(()),
        _ => Err("is no number from 1 to 65535"),
    }
}

struct Report {
    count: u16,
}

impl Application for Report {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        let control = session.control;
        tell("IMEI", control.imei().await)?;
        tell("firmware", control.revision().await)?;
        tell("operator mode", control.operator_mode().await)?;
        tell("SIM card", control.iccid().await)?;
        tell("subscriber", control.imsi().await)?;
        tell("SIM state", control.sim_state().await.map(|state| format!("{state:?}")))?;
        let tries = control.pin_tries().await;
        tell(
            "PIN and PUK may be wrong",
            tries.map(|tries| format!("{} and {} times", tries.pin, tries.puk)),
        )?;
        let time = control.time().await;
        tell("time", time.map(|time| time.map_or_else(|| "unknown".to_owned(), |time| format!("{time}"))))?;
        for number in 0..self.count {
            if number > 0 {
                Timer::after(Duration::from_secs(1)).await;
            }
            tell("signal", control.signal().await.map(|signal| text(&signal)))?;
        }
        Ok(())
    }
}

fn text(signal: &Signal) -> String {
    let number = |value: Option<i16>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
    let quality =
        signal.rsrq.map_or_else(|| "?".to_owned(), |tenths| format!("{:.1}", f32::from(tenths) / 10.0));
    format!("RSSI {} dBm, RSRP {} dBm, RSRQ {quality} dB", number(signal.rssi), number(signal.rsrp))
}

/// One line for what the modem has answered. What it cannot tell is no failure.
fn tell(what: &str, answer: Result<impl Display, Error>) -> Result<(), Failure> {
    let line = match answer {
        Ok(answer) => format!("{what}: {answer}\n"),
        Err(error @ (Error::Unsupported | Error::Modem(_))) => format!("{what}: {error}\n"),
        Err(error) => return Err(format!("{what}: {error}")),
    };
    show(line.as_bytes())
}
