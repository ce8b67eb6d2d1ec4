//! A host in virtual time, with a serial line between it and the modem.
#![allow(dead_code)]

#[path = "dialup.rs"]
pub(crate) mod dialup;
#[path = "mux.rs"]
pub(crate) mod mux;
#[path = "openssl.rs"]
pub(crate) mod openssl;
#[path = "tls.rs"]
pub(crate) mod tls;

use std::time::Duration;

use modem_sim::line::Line;
use modem_sim::{Boot, Direction, Model, Modem, Options, VirtualNetwork};

/// A host that talks to a modem.
pub(crate) struct Rig {
    pub(crate) model: Model,
    pub(crate) modem: Modem,
    pub(crate) net: VirtualNetwork,
    pub(crate) line: Line,
    pub(crate) now: Duration,
    /// Everything that the modem printed and nobody has taken.
    pub(crate) got: Vec<u8>,
}

pub(crate) fn running() -> Options {
    Options { boot: Boot::Running, echo: Some(false), ..Options::default() }
}

impl Rig {
    pub(crate) fn new(model: Model, options: Options) -> Self {
        let net = VirtualNetwork::new();
        let modem = Modem::new(model, options, Box::new(net.clone()));
        Rig { model, modem, net, line: Line::new(1), now: Duration::ZERO, got: Vec::new() }
    }

    /// One event, at most until `end`.
    pub(crate) fn event(&mut self, end: Duration) -> bool {
        let due = self.modem.poll_timeout().into_iter().chain(self.line.next_due()).min();
        let more = due.is_some_and(|due| due <= end);
        self.now = self.now.max(due.unwrap_or(end).min(end));
        self.line.set_ready(Direction::ToModem, self.now, self.modem.ready_to_receive());
        while let Some(bytes) = self.line.poll(Direction::ToModem, self.now) {
            self.modem.handle_rx(self.now, &bytes);
            self.line.set_ready(Direction::ToModem, self.now, self.modem.ready_to_receive());
        }
        self.modem.handle_timeout(self.now);
        while let Some(bytes) = self.modem.poll_transmit(self.now) {
            self.line.push(Direction::ToHost, self.now, &bytes);
        }
        while let Some(bytes) = self.line.poll(Direction::ToHost, self.now) {
            self.got.extend(bytes);
        }
        more
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.event(end) {}
    }

    pub(crate) fn pass_ms(&mut self, ms: u64) {
        self.pass(Duration::from_millis(ms));
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.line.push(Direction::ToModem, self.now, bytes);
        self.pass(Duration::ZERO);
    }

    /// Waits until the modem has printed this; returns everything up to its end.
    pub(crate) fn wait_for(&mut self, text: &[u8]) -> Vec<u8> {
        let end = self.now + Duration::from_secs(300);
        loop {
            if let Some(at) = self.got.windows(text.len()).position(|w| w == text) {
                return self.got.drain(..at + text.len()).collect();
            }
            assert!(self.event(end), "no '{}' in '{}'", text.escape_ascii(), self.got.escape_ascii());
        }
    }

    /// A command with a proper pause before it; returns everything printed up to and with the
    /// final result.
    pub(crate) fn command(&mut self, text: &str) -> String {
        self.pass_ms(25);
        self.send(format!("{text}\r").as_bytes());
        self.final_result()
    }

    /// Everything printed up to and with the next final result.
    pub(crate) fn final_result(&mut self) -> String {
        let end = self.now + Duration::from_secs(300);
        let finals = ["OK", "ERROR", "NO CARRIER", "CONNECT"];
        loop {
            let printed = String::from_utf8_lossy(&self.got).into_owned();
            let over = |line: &str| finals.contains(&line.trim_end()) || line.starts_with("+CME ERROR");
            if printed.ends_with("\r\n") && printed.lines().any(over) {
                self.got.clear();
                return printed;
            }
            assert!(self.event(end), "no final result: '{printed}'");
        }
    }

    pub(crate) fn ok(&mut self, text: &str) -> String {
        let answer = self.command(text);
        assert!(answer.contains("\r\nOK\r\n"), "{text}: {answer:?}");
        answer
    }

    /// A u-blox write with prompt and pause.
    pub(crate) fn write(&mut self, id: u8, bytes: &[u8]) -> String {
        self.pass_ms(25);
        self.send(format!("AT+USOWR={id},{}\r", bytes.len()).as_bytes());
        self.wait_for(b"\r\n@");
        self.pass_ms(50);
        self.send(bytes);
        String::from_utf8_lossy(&self.wait_for(b"\r\nOK\r\n")).into_owned()
    }

    /// A Sequans send with prompt.
    pub(crate) fn send_ext(&mut self, id: u8, bytes: &[u8]) {
        self.send(format!("AT+SQNSSENDEXT={id},{}\r", bytes.len()).as_bytes());
        self.wait_for(b"\r\n> ");
        self.send(bytes);
        self.wait_for(b"\r\nOK\r\n");
    }

    /// A u-blox read; the payload.
    pub(crate) fn read(&mut self, id: u8, most: usize) -> Vec<u8> {
        self.pass_ms(25);
        self.send(format!("AT+USORD={id},{most}\r").as_bytes());
        self.wait_for(format!("\r\n+USORD: {id},").as_bytes());
        let header = self.wait_for(b",");
        let len: usize = String::from_utf8_lossy(&header[..header.len() - 1]).parse().unwrap();
        self.take(len + 2 + b"\r\n\r\nOK\r\n".len())[1..=len].to_vec()
    }

    /// A Sequans read; the payload.
    pub(crate) fn recv(&mut self, id: u8, most: usize) -> Vec<u8> {
        self.send(format!("AT+SQNSRECV={id},{most}\r").as_bytes());
        self.wait_for(format!("\r\n+SQNSRECV: {id},").as_bytes());
        let header = self.wait_for(b"\r\n");
        let len: usize = String::from_utf8_lossy(&header).trim().parse().unwrap();
        self.take(len + b"\r\n\r\nOK\r\n".len())[..len].to_vec()
    }

    fn take(&mut self, len: usize) -> Vec<u8> {
        let end = self.now + Duration::from_secs(300);
        while self.got.len() < len {
            assert!(self.event(end), "{len} bytes are missing");
        }
        self.got.drain(..len).collect()
    }

    pub(crate) fn printed(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.got)).into_owned()
    }

    pub(crate) fn rules(&self) -> Vec<modem_sim::Rule> {
        self.modem.breaches().iter().map(|b| b.rule).collect()
    }
}

/// An open TCP socket 0 (u-blox) or 1 (Sequans) to port 7 of 192.0.2.1.
pub(crate) fn connect(rig: &mut Rig) {
    match rig.modem.open_sockets().len() {
        0 => {}
        n => panic!("{n} sockets are open"),
    }
    if rig.command("AT+USOCR=6").contains("+USOCR: 0") {
        rig.ok("AT+USOCO=0,\"192.0.2.1\",7");
    } else {
        rig.ok("AT+SQNSCFG=1,1,300,0,600,50");
        rig.ok("AT+SQNSD=1,0,7,\"192.0.2.1\",0,0,1");
    }
}

pub(crate) const SERVER: std::net::Ipv4Addr = std::net::Ipv4Addr::new(192, 0, 2, 1);
