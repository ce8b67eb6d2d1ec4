//! Holding a conversation with the simulator.

use std::fmt;
use std::time::Duration;

use super::directive::ServerAction;
use super::{Action, Step, Transcript};
use crate::{Modem, VirtualNetwork};

/// The modem gets so long for anything that it has to print.
const PATIENCE: Duration = Duration::from_secs(300);
/// The host's pause before each command.
const GAP: Duration = Duration::from_millis(25);

/// The modem did something else than the transcript says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Line of the transcript; 0 after its end.
    pub line: usize,
    /// What happened.
    pub message: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for Mismatch {}

struct Player {
    modem: Modem,
    network: VirtualNetwork,
    now: Duration,
    /// Printed and not expected yet.
    printed: Vec<u8>,
}

/// Holds the conversation with a [`Modem`] in a [`VirtualNetwork`].
///
/// # Errors
///
/// At the first thing that differs from the transcript.
pub fn play(transcript: &Transcript) -> Result<(), Mismatch> {
    let options = transcript.options();
    let network = transcript.network();
    let expected = transcript.breaches();
    let echo = options.echo.unwrap_or(true);
    let modem = Modem::new(transcript.model, options, Box::new(network.clone()));
    let mut player = Player { modem, network, now: Duration::ZERO, printed: Vec::new() };
    player.collect();
    for item in &transcript.items {
        let done = match &item.step {
            Step::Command(text) => {
                player.pass(GAP);
                let bytes = [text.as_bytes(), b"\r"].concat();
                player.say(&bytes);
                if echo { player.expect(&bytes) } else { Ok(()) }
            }
            Step::HostRaw(bytes) => {
                player.say(bytes);
                Ok(())
            }
            Step::Pause(time) => {
                player.pass(*time);
                Ok(())
            }
            Step::Silence(time) => player.silence(*time),
            Step::Action(action) => player.act(action),
            step => player.expect(&step.modem_bytes(transcript.model).unwrap_or_default()),
        };
        done.map_err(|message| Mismatch { line: item.line, message })?;
    }
    player.silence(Duration::from_secs(1)).map_err(|message| Mismatch { line: 0, message })?;
    let broken: Vec<_> = player.modem.breaches().iter().map(|b| b.rule).collect();
    if broken == expected {
        return Ok(());
    }
    let names: Vec<_> = player.modem.breaches().iter().map(ToString::to_string).collect();
    Err(Mismatch { line: 0, message: format!("breaches: {}", names.join("; ")) })
}

impl Player {
    fn collect(&mut self) {
        while let Some(bytes) = self.modem.poll_transmit(self.now) {
            self.printed.extend_from_slice(&bytes);
        }
    }

    fn say(&mut self, bytes: &[u8]) {
        self.modem.handle_rx(self.now, bytes);
        self.collect();
    }

    /// Goes to the next event, but not beyond `end`.
    fn step(&mut self, end: Duration) -> bool {
        let next = self.modem.poll_timeout().filter(|next| *next <= end);
        self.now = next.unwrap_or(end).max(self.now);
        self.modem.handle_timeout(self.now);
        self.collect();
        next.is_some()
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.step(end) {}
    }

    fn expect(&mut self, bytes: &[u8]) -> Result<(), String> {
        let end = self.now + PATIENCE;
        while self.printed.len() < bytes.len() && self.step(end) {}
        if self.printed.starts_with(bytes) {
            self.printed.drain(..bytes.len());
            return Ok(());
        }
        let (wanted, printed) = (bytes.escape_ascii(), self.printed.escape_ascii());
        Err(format!("the modem printed '{printed}' instead of '{wanted}'"))
    }

    fn silence(&mut self, time: Duration) -> Result<(), String> {
        self.pass(time);
        if self.printed.is_empty() {
            return Ok(());
        }
        Err(format!("the modem printed '{}'", self.printed.escape_ascii()))
    }

    fn act(&mut self, action: &Action) -> Result<(), String> {
        match action {
            Action::Server(index, what) => {
                let all = self.network.connections();
                let conn = all.get(*index).ok_or("there is no such connection")?.id;
                match what {
                    ServerAction::Send(bytes) => self.network.send(conn, bytes),
                    ServerAction::Close => self.network.close(conn),
                    ServerAction::Reset => self.network.reset(conn),
                    ServerAction::Reading(on) => self.network.set_reading(conn, *on),
                    ServerAction::Is(state) => {
                        let seen = self.network.peer_state(conn);
                        if seen != *state {
                            return Err(format!("the connection is {seen:?}"));
                        }
                    }
                    ServerAction::Expect(bytes) => {
                        let got = self.network.received(conn);
                        if got != *bytes {
                            return Err(format!("the server got '{}'", got.escape_ascii()));
                        }
                    }
                }
            }
            Action::Dial(from, port, peer) => {
                self.network.dial(*port, *from, peer.clone());
            }
            Action::Datagram(from, port, bytes) => self.network.push_datagram(*from, *port, bytes),
            Action::ExpectDatagram(to, bytes) => {
                let all = self.network.datagrams();
                let last = all.last().ok_or("no datagram was sent")?;
                if last.to != *to || last.payload != *bytes {
                    let payload = last.payload.escape_ascii();
                    return Err(format!("'{payload}' was sent to {}", last.to));
                }
            }
            Action::Message(from, text) => {
                self.network.deliver_sms(from, text);
                self.modem.handle_timeout(self.now);
            }
            Action::ExpectMessage(to, text) => {
                let all = self.network.messages();
                let last = all.last().ok_or("no message was sent")?;
                if last.number != *to || last.text != *text {
                    return Err(format!("'{}' was sent to {}", last.text, last.number));
                }
            }
            Action::Vanish => self.modem.vanish_sockets(),
            Action::Happening(what) => self.modem.happen(self.now, what),
            Action::Inject(line) => self.modem.inject(self.now, line),
        }
        self.collect();
        Ok(())
    }
}
