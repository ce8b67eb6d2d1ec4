//! `host::spawn`: a program of this machine connects to the modem's `+USOLI` port.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use modem_sim::host::{HostConfig, spawn};
use modem_sim::{Boot, Model, Options};

struct Host {
    line: UnixStream,
    got: Vec<u8>,
}

impl Host {
    fn wait_for(&mut self, text: &str) -> String {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(at) = self.got.windows(text.len()).position(|w| w == text.as_bytes()) {
                let taken = self.got.drain(..at + text.len()).collect();
                return String::from_utf8(taken).unwrap();
            }
            assert!(Instant::now() < end, "no '{text}' in '{}'", self.got.escape_ascii());
            let mut buffer = [0; 256];
            if let Ok(n) = self.line.read(&mut buffer) {
                self.got.extend_from_slice(&buffer[..n]);
            }
        }
    }

    fn command(&mut self, text: &str) -> String {
        // The modem wants its pause in real time too.
        thread::sleep(Duration::from_millis(25));
        self.line.write_all(format!("{text}\r").as_bytes()).unwrap();
        self.wait_for("\r\nOK\r\n")
    }
}

#[test]
fn there_and_back() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let mut config = HostConfig::new(Model::SaraR5);
    config.options = Options { boot: Boot::Running, echo: Some(false), ..Options::default() };
    let breaches = config.breaches.clone();
    let line = spawn(config).unwrap();
    line.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let mut host = Host { line, got: Vec::new() };
    host.command("AT+USOCR=6");
    host.command(&format!("AT+USOLI=0,{port}"));
    let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let from = client.local_addr().unwrap().port();
    host.wait_for(&format!("\r\n+UUSOLI: 1,\"127.0.0.1\",{from},0,\"10.20.30.40\",{port}\r\n"));
    client.write_all(b"hello").unwrap();
    host.wait_for("\r\n+UUSORD: 1,5\r\n");
    assert!(host.command("AT+USORD=1,100").contains("+USORD: 1,5,\"hello\""));
    host.command("AT+USOWR=1,5,\"world\"");
    host.command("AT+USOCL=1");
    let mut all = String::new();
    client.read_to_string(&mut all).unwrap();
    assert_eq!(all, "world");
    assert_eq!(breaches.list(), []);
}
