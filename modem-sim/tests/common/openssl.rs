//! `openssl s_server`, and a modem in real time that talks to it.
#![allow(dead_code)]

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use modem_sim::{HostNetwork, Model, Modem, Nvram, Options};

use super::running;

/// A server whose standard streams are the connection.
pub(crate) struct Server {
    child: Child,
    port: u16,
    tcp: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// So long nothing may be missing.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether somebody has this UDP port. The kernel's table tells it without taking the port oneself, which would
/// keep the server from it.
fn is_taken(port: u16) -> bool {
    match std::fs::read_to_string("/proc/net/udp") {
        Ok(table) => table.contains(&format!(":{port:04X} ")),
        Err(_) => UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_err(),
    }
}

impl Server {
    /// `None`, said loudly, without openssl.
    pub(crate) fn tcp(arguments: &[&str]) -> Option<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = socket.local_addr().unwrap().port();
        drop(socket);
        let server = Server::start(arguments, port, true)?;
        // A connection that says nothing shows that it listens; the server goes on after it.
        let end = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(Instant::now() < end, "openssl s_server does not listen");
            std::thread::yield_now();
        }
        Some(server)
    }

    pub(crate) fn udp(arguments: &[&str]) -> Option<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = socket.local_addr().unwrap().port();
        drop(socket);
        let server = Server::start(arguments, port, false)?;
        let end = Instant::now() + PATIENCE;
        while !is_taken(port) {
            assert!(Instant::now() < end, "openssl s_server does not listen");
            std::thread::yield_now();
        }
        Some(server)
    }

    fn start(arguments: &[&str], port: u16, tcp: bool) -> Option<Self> {
        let port_text = format!("127.0.0.1:{port}");
        let child = Command::new("openssl")
            .args(["s_server", "-accept", &port_text, "-quiet"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        match child {
            Ok(child) => Some(Server { child, port, tcp }),
            Err(error) => {
                eprintln!("SKIPPED: openssl is not there ({error}); install the package openssl");
                None
            }
        }
    }

    /// Configures a modem, connects, sends, lets the server send the same back; what came, or the result
    /// of the connect and how the handshake ended.
    pub(crate) fn talk(mut self, model: Model, setup: &[String], bytes: &[u8]) -> Result<Vec<u8>, String> {
        self.talk_with(model, Options::default(), Nvram::new(), setup, bytes)
    }

    pub(crate) fn talk_with(
        &mut self,
        model: Model,
        options: Options,
        nvram: Nvram,
        setup: &[String],
        bytes: &[u8],
    ) -> Result<Vec<u8>, String> {
        let options = Options { boot: running().boot, echo: running().echo, ..options };
        let mut host = Host::new(Modem::new(model, options, Box::new(HostNetwork::new())));
        host.modem.insert_nvram(nvram);
        for command in setup {
            let answer = host.command(command);
            assert!(answer.contains("OK"), "{command}: {answer:?}");
        }
        let port = self.port;
        let connect = match (model.is_ublox(), self.tcp) {
            (true, _) => format!("AT+USOCO=0,\"127.0.0.1\",{port}"),
            (false, tcp) => format!("AT+SQNSD=1,{},{port},\"127.0.0.1\",0,0,1", u8::from(!tcp)),
        };
        let answer = host.command(&connect);
        if !answer.contains("OK") {
            let why = host.modem.handshakes().last().map(ToString::to_string).unwrap_or_default();
            return Err(format!("{answer:?}: {why}"));
        }
        let n = bytes.len();
        host.pass(Duration::from_millis(25));
        if model.is_ublox() {
            host.say(format!("AT+USOWR=0,{n}\r").as_bytes());
            host.wait_for("@");
            host.pass(Duration::from_millis(60));
        } else {
            host.say(format!("AT+SQNSSENDEXT=1,{n}\r").as_bytes());
            host.wait_for("> ");
        }
        host.say(bytes);
        host.wait_for("OK\r\n");
        // With -quiet the server's standard streams are the connection.
        let mut got = vec![0; n];
        std::io::Read::read_exact(self.child.stdout.as_mut().unwrap(), &mut got).unwrap();
        assert_eq!(got, bytes);
        self.child.stdin.as_mut().unwrap().write_all(bytes).unwrap();
        host.wait_for(if model.is_ublox() { "+UUSORD: 0," } else { "+SQNSRING: 1" });
        host.pass(Duration::from_millis(30));
        let read = if model.is_ublox() { "AT+USORD=0,1024" } else { "AT+SQNSRECV=1,1500" };
        let answer = host.command(read);
        assert_eq!(host.modem.breaches(), []);
        let wanted = String::from_utf8_lossy(bytes).into_owned();
        if answer.contains(&wanted) { Ok(bytes.to_vec()) } else { Err(answer) }
    }
}

/// A host in real time without a line.
struct Host {
    modem: Modem,
    zero: Instant,
    printed: Vec<u8>,
}

impl Host {
    fn new(modem: Modem) -> Self {
        Host { modem, zero: Instant::now(), printed: Vec::new() }
    }

    fn poll(&mut self) {
        let now = self.zero.elapsed();
        self.modem.handle_timeout(now);
        while let Some(bytes) = self.modem.poll_transmit(now) {
            self.printed.extend(bytes);
        }
        std::thread::yield_now();
    }

    fn pass(&mut self, time: Duration) {
        let end = self.zero.elapsed() + time;
        while self.zero.elapsed() < end {
            self.poll();
        }
    }

    fn say(&mut self, bytes: &[u8]) {
        self.printed.clear();
        let now = self.zero.elapsed();
        self.modem.handle_rx(now, bytes);
    }

    fn wait_for(&mut self, text: &str) -> String {
        let end = self.zero.elapsed() + PATIENCE;
        loop {
            let printed = String::from_utf8_lossy(&self.printed).into_owned();
            if printed.contains(text) {
                return printed;
            }
            assert!(self.zero.elapsed() < end, "no {text:?} in {printed:?}");
            self.poll();
        }
    }

    fn command(&mut self, text: &str) -> String {
        self.pass(Duration::from_millis(25));
        self.say(format!("{text}\r").as_bytes());
        let end = self.zero.elapsed() + PATIENCE * 2;
        loop {
            let printed = String::from_utf8_lossy(&self.printed).into_owned();
            if ["OK\r\n", "ERROR\r\n", "NO CARRIER\r\n"].iter().any(|last| printed.contains(last)) {
                return printed;
            }
            assert!(self.zero.elapsed() < end, "no answer to {text}: {printed:?}");
            self.poll();
        }
    }
}
