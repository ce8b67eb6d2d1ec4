//! `host::spawn` with sockets of this machine: TCP and UDP, on both models, in real time.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use modem_sim::host::{HostConfig, spawn};
use modem_sim::{Boot, Model, Options};

fn tcp_echo() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 100];
        let n = stream.read(&mut buffer).unwrap();
        stream.write_all(&buffer[..n]).unwrap();
    });
    port
}

fn udp_echo() -> u16 {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = socket.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut buffer = [0; 100];
        let (n, from) = socket.recv_from(&mut buffer).unwrap();
        socket.send_to(&buffer[..n], from).unwrap();
    });
    port
}

struct Host {
    line: UnixStream,
    got: Vec<u8>,
}

impl Host {
    fn wait_for(&mut self, text: &str) -> String {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let found = self.got.windows(text.len()).position(|w| w == text.as_bytes());
            if let Some(at) = found {
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

    fn say(&mut self, text: &str) {
        thread::sleep(Duration::from_millis(25));
        self.line.write_all(text.as_bytes()).unwrap();
    }
}

fn talk(model: Model, pace: Option<u32>, steps: &[(String, &str)]) {
    let mut config = HostConfig::new(model);
    config.options = Options { boot: Boot::Running, echo: Some(false), ..Options::default() };
    config.hosts = vec![("server.example".to_owned(), Ipv4Addr::LOCALHOST.into())];
    config.pace = pace;
    let breaches = config.breaches.clone();
    let line = spawn(config).unwrap();
    line.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let mut host = Host { line, got: Vec::new() };
    for (say, expect) in steps {
        host.say(say);
        host.wait_for(expect);
        if *expect == "@" {
            thread::sleep(Duration::from_millis(55));
        }
    }
    assert_eq!(breaches.list(), []);
}

#[test]
fn ublox_tcp() {
    let port = tcp_echo();
    let steps = [
        ("AT+USOCR=6\r".to_owned(), "+USOCR: 0\r\n\r\nOK\r\n"),
        (format!("AT+USOCO=0,\"server.example\",{port}\r"), "OK\r\n"),
        ("AT+USOWR=0,5\r".to_owned(), "@"),
        ("hello".to_owned(), "+UUSORD: 0,5\r\n"),
        ("AT+USORD=0,100\r".to_owned(), "+USORD: 0,5,\"hello\"\r\n\r\nOK\r\n"),
        (String::new(), "+UUSOCL: 0\r\n"),
    ];
    talk(Model::SaraR5, Some(115_200), &steps);
}

#[test]
fn ublox_udp() {
    let port = udp_echo();
    let steps = [
        ("AT+USOCR=17\r".to_owned(), "OK\r\n"),
        (format!("AT+USOST=0,\"127.0.0.1\",{port},5,\"hello\"\r"), "+UUSORD: 0,5\r\n"),
        ("AT+USORF=0,100\r".to_owned(), ",5,\"hello\"\r\n\r\nOK\r\n"),
    ];
    talk(Model::SaraR5, None, &steps);
}

#[test]
fn ublox_refused() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let steps = [
        ("AT+USOCR=6\r".to_owned(), "OK\r\n"),
        (format!("AT+USOCO=0,\"127.0.0.1\",{port}\r"), "ERROR\r\n\r\n+UUSOCL: 0\r\n"),
        ("AT+USOER\r".to_owned(), "+USOER: 111\r\n\r\nOK\r\n"),
    ];
    talk(Model::SaraR5, None, &steps);
}

#[test]
fn sequans_tcp() {
    let port = tcp_echo();
    let steps = [
        (format!("AT+SQNSD=1,0,{port},\"server.example\",0,0,1\r"), "OK\r\n"),
        ("AT+SQNSSENDEXT=1,5\r".to_owned(), "\r\n> "),
        ("hello".to_owned(), "+SQNSRING: 1\r\n"),
        (String::new(), "+SQNSH: 1\r\n"),
        ("AT+SQNSRECV=1,100\r".to_owned(), "+SQNSRECV: 1,5\r\nhello\r\n\r\nOK\r\n"),
    ];
    talk(Model::Ryz014a, Some(115_200), &steps);
}

#[test]
fn sequans_udp_and_names() {
    let port = udp_echo();
    let steps = [
        (
            "AT+SQNDNSLKUP=\"server.example\"\r".to_owned(),
            "+SQNDNSLKUP: \"server.example\",\"127.0.0.1\"\r\n\r\nOK\r\n",
        ),
        ("AT+SQNDNSLKUP=\"localhost\"\r".to_owned(), "OK\r\n"),
        (format!("AT+SQNSD=1,1,{port},\"127.0.0.1\",0,0,1\r"), "OK\r\n"),
        ("AT+SQNSSENDEXT=1,5\r".to_owned(), "\r\n> "),
        ("hello".to_owned(), "+SQNSRING: 1\r\n"),
        ("AT+SQNSRECV=1,100\r".to_owned(), "+SQNSRECV: 1,5\r\nhello\r\n\r\nOK\r\n"),
    ];
    talk(Model::Ryz014a, None, &steps);
}
