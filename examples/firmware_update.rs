//! Gives the modem new firmware, and shows how far that is.
//!
//! A Sequans modem fetches it from a server, a u-blox modem is given a file. The simulated modem knows one image; it
//! counts the image's bytes as if they came over its network.

#[path = "support/session.rs"]
mod session;
mod support;

use core::fmt::Display;
use std::process::ExitCode;

use cellular_nal::control::{Progress, Upgrade, UpgradeOptions};
use cellular_nal::{Error, Sockets};
use embassy_time::{Duration, Timer};

use session::{Application, Session};
use support::Failure;
use support::options::{Mode, Options, Own, Program};
use support::port::{IMAGE_URL, image};

const PROGRAM: Program = Program {
    name: "firmware_update",
    about: "gives the modem new firmware, with a progress bar",
    own: &[
        Own {
            name: "url",
            value: "URL",
            check: |_| Ok(()),
            purpose: "where a Sequans modem fetches it (default: what the simulated modem knows)",
        },
        Own {
            name: "file",
            value: "FILE",
            check: |_| Ok(()),
            purpose: "what a u-blox modem is given (default: what the simulated modem knows)",
        },
        Own {
            name: "cancel-at",
            value: "PERCENT",
            check: check_percent,
            purpose: "give it up when so much has been fetched (default: never)",
        },
    ],
    check: |options| match options.mode {
        Mode::Ppp => Err("--mode ppp: the modem cannot be asked while the line carries PPP"),
        Mode::Sockets | Mode::Cmux => Ok(()),
    },
};

/// Longer than any installation.
const LIMIT: Duration = Duration::from_secs(3600);

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let image = match options.own("file") {
        Some(path) => std::fs::read(path).map_err(|error| format!("{path}: {error}"))?,
        None => image(),
    };
    let url = options.own("url").unwrap_or(IMAGE_URL);
    let cancel_at = options.own("cancel-at").and_then(|text| text.parse().ok());
    session::run(options, Some(LIMIT), Update { url, image, cancel_at })
}

fn check_percent(text: &str) -> Result<(), &'static str> {
    match text.parse::<u8>() {
        Ok(0..=100) => Ok(()),
        _ => Err("is no number from 0 to 100"),
    }
}

struct Update<'a> {
    url: &'a str,
    image: Vec<u8>,
    cancel_at: Option<u8>,
}

impl Application for Update<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        let control = session.control;
        let before = control.revision().await.map_err(text)?;
        let options = UpgradeOptions::new().report_every(5);
        let end = match control.upgrade(self.url, options).await {
            Ok(upgrade) => follow(upgrade, self.cancel_at).await?,
            // It is given the file in place of the address.
            Err(Error::Unsupported) => {
                let len = u32::try_from(self.image.len()).map_err(text)?;
                let mut last = 101;
                let source = async |at: u32, buffer: &mut [u8]| {
                    let rest = self.image.get(at as usize..).unwrap_or_default();
                    let count = rest.len().min(buffer.len());
                    buffer[..count].copy_from_slice(&rest[..count]);
                    let percent = (u64::from(at) * 100 / u64::from(len.max(1))) as u8;
                    if percent != last {
                        last = percent;
                        bar("upload", percent);
                    }
                    Ok(count)
                };
                match control.upload_firmware(len, source).await {
                    Err(Error::Unsupported) => {
                        println!("{}: no way to new firmware over this line is documented", session.model);
                        return Ok(());
                    }
                    other => other.map_err(text)?,
                }
                bar("upload", 100);
                follow(control.install_firmware().await.map_err(text)?, None).await?
            }
            Err(error) => return Err(text(error)),
        };
        // The modem starts anew, and then the link comes back.
        while let Err(error) = control.connect().await {
            match error {
                Error::Installing => Timer::after(Duration::from_secs(1)).await,
                error => return Err(text(error)),
            }
        }
        let now = control.revision().await.map_err(text)?;
        println!("firmware: {before}, now {now}");
        match (end, self.cancel_at) {
            (Progress::Installed, _) | (Progress::Cancelled, Some(_)) => Ok(()),
            (end, _) => Err(format!("{end:?}")),
        }
    }
}

/// Shows how far it is, until its end.
async fn follow(mut upgrade: Upgrade<'_>, cancel_at: Option<u8>) -> Result<Progress, Failure> {
    loop {
        let progress = upgrade.progress().await;
        match progress {
            Progress::Downloading(percent) => {
                bar("download", percent);
                if cancel_at.is_some_and(|at| percent >= at) {
                    upgrade.cancel().await.map_err(text)?;
                }
            }
            Progress::Validating(percent) => bar("check", percent),
            Progress::Installing(percent) => bar("installation", percent),
            other => eprintln!("{other:?}"),
        }
        if progress.is_end() {
            return Ok(progress);
        }
    }
}

fn bar(what: &str, percent: u8) {
    let done = usize::from(percent.min(100)) / 5;
    eprintln!("{what:>12} [{:<20}] {percent:3} %", "#".repeat(done));
}

fn text(error: impl Display) -> Failure {
    error.to_string()
}
