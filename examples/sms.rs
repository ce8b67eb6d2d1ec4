//! Sends a short message, waits until one comes in, shows it and deletes it.

#[path = "support/session.rs"]
mod session;
mod support;

use std::process::ExitCode;

use cellular_nal::control::sms::{Content, Message, Sms, SmsFormat};
use cellular_nal::{Error, Sockets};
use embassy_time::Duration;

use session::{Application, Session};
use support::options::{Mode, Options, Own, Place, Program};
use support::{Failure, show};

const PROGRAM: Program = Program {
    name: "sms",
    about: "sends a short message, and shows and deletes those that come in until an answer is there",
    own: &[
        Own {
            name: "to",
            value: "NUMBER",
            check: |_| Ok(()),
            purpose: "to whom (default: the simulated SIM card itself)",
        },
        Own {
            name: "text",
            value: "TEXT",
            check: |_| Ok(()),
            purpose: "what; a long one goes in parts (default: a greeting)",
        },
        Own { name: "text-mode", value: "", check: |_| Ok(()), purpose: "text mode instead of PDU mode" },
    ],
    check: |options| match (options.mode, &options.place, options.own("to")) {
        (Mode::Ppp, _, _) => Err("--mode ppp: messages go in commands, and the line carries PPP"),
        (_, Place::Device(_) | Place::Tcp(_), None) => Err("--to: a real modem does not know its own number"),
        _ => Ok(()),
    },
};

/// The number of the simulated SIM card. What is sent to it comes back.
const ITSELF: &str = "+11000000151";

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(600);

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let to = options.own("to").unwrap_or(ITSELF);
    let text = options.own("text").unwrap_or("Greetings from this machine.");
    let format = if options.own("text-mode").is_some() { SmsFormat::Text } else { SmsFormat::Pdu };
    session::run(options, Some(LIMIT), Exchange { to, text, format })
}

struct Exchange<'a> {
    to: &'a str,
    text: &'a str,
    format: SmsFormat,
}

impl Application for Exchange<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        let sms = session.control.sms().with_format(self.format);
        let failed = |what: &'static str| move |error: Error| format!("{what}: {error}");
        let center = sms.service_center().await.map_err(failed("service centre"))?;
        let store = sms.store().await.map_err(failed("store"))?;
        eprintln!("service centre: {center}; store: {} of {} messages", store.used, store.total);
        let sent = sms.send(self.to, self.text).await.map_err(failed("not sent"))?;
        eprintln!("sent to {} in {} part(s)", self.to, sent.parts);
        loop {
            sms.wait().await.map_err(failed("waiting"))?;
            if empty(sms).await.map_err(failed("reading"))? > 0 {
                return Ok(());
            }
        }
    }
}

/// Shows and deletes all messages of the store, and says how many there were.
async fn empty(sms: Sms<'_>) -> Result<u32, Error> {
    let mut message = Message::new();
    let (mut from, mut count) = (0, 0);
    while let Some(index) = sms.next(from, &mut message).await? {
        // Standard output may be closed; the message is deleted all the same.
        let _ = show(line(&message).as_bytes());
        sms.delete(index).await?;
        (from, count) = (index + 1, count + 1);
    }
    Ok(count)
}

fn line(message: &Message) -> String {
    let time = message.time.map_or_else(String::new, |time| format!(" at {time}"));
    let part = message.part.map_or_else(String::new, |part| format!(" ({} of {})", part.number, part.count));
    let said = match &message.content {
        Content::Text(text) => text.as_str().to_owned(),
        Content::Data(data) => format!("{} bytes", data.len()),
        _ => "something else".to_owned(),
    };
    format!("{}{time}{part}: {said}\n", message.number)
}
