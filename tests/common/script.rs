//! An engine opposite anything that can be written down: for bytes that no simulator would print.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cellular_nal::asynch::{Control, Stack};
use cellular_nal::control::DeviceServer;
use cellular_nal::dialect::Dialect;
use cellular_nal::{Config, Engine, Output, Resources};
use modem_sim::Model;

use super::{Woken, dialect, instant};

/// The other end of the line.
pub trait Far {
    /// The engine has sent this.
    fn hear(&mut self, now: Duration, bytes: &[u8]);
    /// When there is something to say next.
    fn due(&self) -> Option<Duration>;
    /// What is to be said now; `None` when nothing is (any more).
    fn say(&mut self, now: Duration) -> Option<Vec<u8>>;
}

/// An engine, and the other end of its line.
pub struct Desk<F> {
    pub engine: &'static RefCell<Engine>,
    pub stack: Stack<'static>,
    pub control: Control<'static>,
    pub far: F,
    pub now: Duration,
    /// The conversation.
    pub log: Vec<String>,
}

impl<F: Far> Desk<F> {
    pub fn new(model: Model, config: Config, far: F) -> Self {
        Self::speaking(dialect(model), config, far)
    }

    /// The engine speaks this dialect.
    pub fn speaking(dialect: &'static dyn Dialect, config: Config, far: F) -> Self {
        let resources = Box::leak(Box::new(Resources::<2, 1024, 1024>::new()));
        let (stack, control, runner) = cellular_nal::asynch::new(dialect, config, resources);
        Desk { engine: runner.engine(), stack, control, far, now: Duration::ZERO, log: Vec::new() }
    }

    fn settle(&mut self, limit: Duration) -> Duration {
        loop {
            let mut busy = false;
            let mut next = limit;
            loop {
                let mut engine = self.engine.borrow_mut();
                match engine.poll_output(instant(self.now)) {
                    Output::Transmit(bytes) => {
                        if bytes.iter().any(|&byte| byte != b'\r') {
                            self.log.push(format!(
                                "{:9.3} > {}",
                                self.now.as_secs_f64(),
                                bytes.escape_ascii()
                            ));
                        }
                        self.far.hear(self.now, bytes);
                        let count = bytes.len();
                        engine.transmitted(count);
                        busy = true;
                    }
                    Output::Baud(_) => busy = true,
                    Output::Timeout(at) => {
                        if let Some((at, _)) = at {
                            next = next.min(Duration::from_micros(at.as_micros()));
                        }
                        break;
                    }
                    _ => {}
                }
            }
            while let Some(bytes) = self.far.say(self.now) {
                self.log.push(format!("{:9.3} < {}", self.now.as_secs_f64(), bytes.escape_ascii()));
                self.engine.borrow_mut().handle_rx(instant(self.now), &bytes);
                busy = true;
            }
            if !busy {
                return next.min(self.far.due().unwrap_or(limit)).max(self.now);
            }
        }
    }

    /// Lets time pass.
    pub fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while self.now < until {
            self.now = self.settle(until).max(self.now + Duration::from_micros(1)).min(until);
        }
        self.settle(until);
    }

    /// Runs a future to its end, for `secs` of virtual time at most.
    pub fn run<T>(&mut self, secs: u64, future: impl Future<Output = T>) -> T {
        let done = self.try_run(secs, future);
        done.unwrap_or_else(|| {
            panic!("not done after {secs} s; the end of the conversation:\n{}", self.tail())
        })
    }

    pub fn try_run<T>(&mut self, secs: u64, future: impl Future<Output = T>) -> Option<T> {
        let until = self.now + Duration::from_secs(secs);
        let mut future = pin!(future);
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        loop {
            let before = woken.0.load(Ordering::Relaxed);
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Some(output);
            }
            loop {
                let next = self.settle(until);
                if woken.0.load(Ordering::Relaxed) != before {
                    break;
                }
                if self.now >= until {
                    return None;
                }
                self.now = next.max(self.now + Duration::from_micros(1)).min(until);
            }
        }
    }

    pub fn tail(&self) -> String {
        self.log[self.log.len().saturating_sub(60)..].join("\n")
    }
}

/// What a [`Canned`] modem does with a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Prints bytes, all in one piece.
    Print(Vec<u8>),
    /// Waits before what follows.
    Wait(Duration),
    /// Takes so many bytes of payload before what follows.
    Take(usize),
}

/// `CR LF text CR LF` for each text, in one piece.
pub fn lines(texts: &[&str]) -> Vec<Act> {
    vec![Act::Print(texts.iter().flat_map(|text| format!("\r\n{text}\r\n").into_bytes()).collect())]
}

/// Bytes as they are, in one piece.
pub fn bytes(bytes: impl AsRef<[u8]>) -> Vec<Act> {
    vec![Act::Print(bytes.as_ref().to_vec())]
}

/// Answers of one's own to some commands.
pub type Answers = Box<dyn FnMut(&str) -> Option<Vec<Act>>>;

/// A modem that gives an answer to each command: a dull one, unless the test has a better one. Its
/// only socket is connected with a server that returns every byte.
pub struct Canned {
    model: Model,
    answers: Answers,
    /// Characters of the command line so far.
    line: Vec<u8>,
    acts: VecDeque<Act>,
    until: Duration,
    /// Commands that came, without their end.
    pub commands: Vec<String>,
    /// Payload that came and was not read back.
    pub unread: Vec<u8>,
    /// Changes everything that is printed.
    pub print_as: fn(Vec<u8>) -> Vec<u8>,
    /// Every command is echoed, whatever it asks for.
    pub echo: bool,
}

impl Canned {
    pub fn new(model: Model, answers: impl FnMut(&str) -> Option<Vec<Act>> + 'static) -> Self {
        Canned {
            model,
            answers: Box::new(answers),
            line: Vec::new(),
            acts: VecDeque::new(),
            until: Duration::ZERO,
            commands: Vec::new(),
            unread: Vec::new(),
            print_as: |bytes| bytes,
            echo: false,
        }
    }

    /// Prints an unsolicited line.
    pub fn print(&mut self, text: &str) {
        self.acts.extend(lines(&[text]));
    }

    /// How often a command with this beginning has come.
    pub fn count(&self, begin: &str) -> usize {
        self.commands.iter().filter(|command| command.starts_with(begin)).count()
    }

    fn command(&mut self, now: Duration, command: String) {
        if self.echo {
            self.acts.push_back(Act::Print(format!("{command}\r").into_bytes()));
        }
        let acts = (self.answers)(&command).unwrap_or_else(|| self.dull(&command));
        self.commands.push(command);
        let idle = self.acts.is_empty();
        self.acts.extend(acts);
        if idle {
            self.begin(now);
        }
    }

    fn begin(&mut self, now: Duration) {
        if let Some(Act::Wait(time)) = self.acts.front() {
            self.until = now + *time;
        }
    }

    /// What a modem without any surprises says.
    fn dull(&mut self, command: &str) -> Vec<Act> {
        let numbers: Vec<usize> =
            command.split(['=', ',']).skip(1).map(|word| word.parse().unwrap_or_default()).collect();
        let first = numbers.first().copied().unwrap_or_default();
        let last = numbers.last().copied().unwrap_or_default();
        let name = command.split(['=', '?']).next().unwrap_or_default();
        let unread = self.unread.len();
        let info = |text: String| lines(&[&text, "OK"]);
        match (self.model, name) {
            (_, "AT+CMEE") if command.ends_with('?') => info("+CMEE: 1".into()),
            (_, "AT+CFUN") if command.ends_with('?') => info("+CFUN: 1".into()),
            (_, "AT+CPIN") => info("+CPIN: READY".into()),
            (_, "AT+CEREG") if command.ends_with('?') => info("+CEREG: 2,1".into()),
            (_, "AT+CGPADDR") => info("+CGPADDR: 1,\"10.0.0.1\"".into()),
            (_, "AT+CSQ") => info("+CSQ: 20,99".into()),
            (_, "AT+COPS") if command.ends_with('?') => info("+COPS: 0,0,\"Dull\",7".into()),
            (Model::SaraR5, "AT+USOCR") => info("+USOCR: 0".into()),
            (Model::SaraR5, "AT+UDNSRN") => info("+UDNSRN: \"10.0.0.7\"".into()),
            (Model::SaraR5, "AT+USORD" | "AT+USORF") if last == 0 => {
                info(format!("{}: {first},{unread}", &name[2..]))
            }
            (Model::SaraR5, "AT+USORD") => {
                let data: Vec<u8> = self.unread.drain(..last.min(unread)).collect();
                let head = format!("\r\n+USORD: {first},{},\"", data.len()).into_bytes();
                [bytes([head, data, b"\"\r\n".to_vec()].concat()), lines(&["OK"])].concat()
            }
            (Model::SaraR5, "AT+USOCTL") => info(format!("+USOCTL: {first},{last},4")),
            (Model::SaraR5, "AT+USOWR" | "AT+USOST") => {
                let answer = lines(&[&format!("{}: {first},{last}", &name[2..]), "OK"]);
                let ring = lines(&[&format!("+UUSORD: {first},{last}")]);
                [bytes("\r\n@"), vec![Act::Take(last)], answer, ring].concat()
            }
            (Model::Ryz014a, "AT+SQNDNSLKUP") => info("+SQNDNSLKUP: \"x\",\"10.0.0.7\"".into()),
            (Model::Ryz014a, "AT+SQNSI") => info(format!("+SQNSI: {first},0,0,{unread},0")),
            (Model::Ryz014a, "AT+SQNSS") => info("+SQNSS: 1,2,\"10.0.0.1\",50000,\"10.0.0.7\",7".into()),
            (Model::Ryz014a, "AT+SQNSRECV") if unread == 0 => lines(&["ERROR"]),
            (Model::Ryz014a, "AT+SQNSRECV") => {
                let data: Vec<u8> = self.unread.drain(..last.min(unread)).collect();
                let head = format!("\r\n+SQNSRECV: {first},{}\r\n", data.len()).into_bytes();
                [bytes([head, data, b"\r\n".to_vec()].concat()), lines(&["OK"])].concat()
            }
            (Model::Ryz014a, "AT+SQNSSENDEXT") => {
                let ring = lines(&[&format!("+SQNSRING: {first}")]);
                [bytes("\r\n> "), vec![Act::Take(last)], lines(&["OK"]), ring].concat()
            }
            (_, name) if !name.starts_with("AT") => lines(&["ERROR"]),
            _ => lines(&["OK"]),
        }
    }
}

impl Far for Canned {
    fn hear(&mut self, now: Duration, bytes: &[u8]) {
        for &byte in bytes {
            if let Some(Act::Take(left)) = self.acts.front_mut() {
                self.unread.push(byte);
                *left -= 1;
                if *left == 0 {
                    self.acts.pop_front();
                    self.begin(now);
                }
            } else if byte == b'\r' {
                let line = std::mem::take(&mut self.line);
                if line.is_empty() {
                    continue;
                }
                self.command(now, String::from_utf8_lossy(&line).into_owned());
            } else {
                self.line.push(byte);
            }
        }
    }

    fn due(&self) -> Option<Duration> {
        matches!(self.acts.front(), Some(Act::Wait(_))).then_some(self.until)
    }

    fn say(&mut self, now: Duration) -> Option<Vec<u8>> {
        while matches!(self.acts.front(), Some(Act::Wait(_))) && self.until <= now {
            self.acts.pop_front();
            self.begin(now);
        }
        let Some(Act::Print(bytes)) = self.acts.front().cloned() else { return None };
        self.acts.pop_front();
        self.begin(now);
        Some((self.print_as)(bytes))
    }
}

/// A server for firmware by LwM2M, with this key.
pub fn device_server(psk: &str) -> DeviceServer<'_> {
    DeviceServer {
        id: 1,
        url: "coaps://192.0.2.1",
        bootstrap: false,
        lifetime: 60,
        cid: None,
        psk_identity: "me",
        psk,
    }
}

/// A canned modem whose link is up, and an engine.
pub fn up(model: Model, answers: impl FnMut(&str) -> Option<Vec<Act>> + 'static) -> Desk<Canned> {
    let mut desk = Desk::new(model, Config::new(), Canned::new(model, answers));
    let control = desk.control;
    assert_eq!(desk.run(60, control.connect()), Ok(()), "{model}: {}", desk.tail());
    desk
}

impl Desk<Canned> {
    /// The server behind the canned modem returns every byte, for `secs` at the latest.
    pub fn echoes(&mut self, secs: u64) {
        let (said, until) = (b"there and back", self.now + Duration::from_secs(secs));
        loop {
            self.far.unread.clear();
            let heard = self.run(secs, super::conversation::echo(self.stack, said));
            self.pass(Duration::from_secs(1));
            if heard.is_ok() || self.now > until {
                assert_eq!(heard.as_deref(), Ok(&said[..]), "{}", self.tail());
                return;
            }
        }
    }
}
