//! `host::spawn` with sockets of this machine and a TLS server behind one of them; the memory is in a file.

use std::fs;
use std::io::{Read, Write};
use std::net::Ipv4Addr;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use modem_sim::host::{HostConfig, spawn};
use modem_sim::testing::{Authority, Seen, server_config, spawn_tls_echo};
use modem_sim::{Boot, Model, Nvram, Options};

/// Says everything, each when the text before it has come.
fn talk(line: &mut UnixStream, steps: &[(String, &str)]) {
    for (said, wanted) in steps {
        thread::sleep(Duration::from_millis(60));
        line.write_all(said.as_bytes()).unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        let mut got = Vec::new();
        while !got.windows(wanted.len()).any(|w| w == wanted.as_bytes()) {
            assert!(Instant::now() < end, "no '{wanted}' in '{}'", got.escape_ascii());
            let mut buffer = [0; 256];
            if let Ok(n) = line.read(&mut buffer) {
                got.extend_from_slice(&buffer[..n]);
            }
        }
    }
}

fn spawned(model: Model, file: &std::path::Path) -> UnixStream {
    let mut config = HostConfig::new(model);
    config.options = Options { boot: Boot::Running, echo: Some(false), ..Options::default() };
    config.hosts = vec![("server.example".to_owned(), Ipv4Addr::LOCALHOST.into())];
    config.nvram = Some(file.to_owned());
    let line = spawn(config).unwrap();
    line.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    line
}

fn reaches(
    model: Model,
    store: (String, &str),
    name: &str,
    connect: impl Fn(u16) -> Vec<(String, &'static str)>,
) {
    let authority = Authority::new("An authority");
    let seen = Seen::default();
    let config = server_config(&authority.server(&["server.example"]), &[], None);
    let port = spawn_tls_echo(config, &seen).unwrap().port();
    let file = std::env::temp_dir().join(format!("modem-sim-tls-{}-{model}", std::process::id()));
    let _ = fs::remove_file(&file);
    let ca = authority.identity.certificate.clone();
    let command = store.0.replace("SIZE", &ca.len().to_string());
    let mut line = spawned(model, &file);
    talk(&mut line, &[(command, "\r\n>"), (ca, store.1)]);
    drop(line);
    let memory = Nvram::from_text(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!((memory.names().collect::<Vec<_>>(), memory.writes()), (vec![name], 1));
    // Another modem, with the same memory.
    let mut line = spawned(model, &file);
    talk(&mut line, &connect(port));
    assert_eq!(seen.clients()[0].received, b"hello");
    fs::remove_file(&file).unwrap();
}

#[test]
fn ublox() {
    let store = ("AT+USECMNG=0,0,\"ca\",SIZE\r".to_owned(), "OK\r\n");
    reaches(Model::SaraR5, store, "ublox/0/ca", |port| {
        vec![
            ("AT+USECPRF=0,0,3\r".to_owned(), "OK\r\n"),
            ("AT+USECPRF=0,4,\"server.example\"\r".to_owned(), "OK\r\n"),
            ("AT+USOCR=6\r".to_owned(), "OK\r\n"),
            ("AT+USOSEC=0,1,0\r".to_owned(), "OK\r\n"),
            (format!("AT+USOCO=0,\"server.example\",{port}\r"), "OK\r\n"),
            ("AT+USOWR=0,5\r".to_owned(), "@"),
            ("hello".to_owned(), "+UUSORD: 0,5\r\n"),
            ("AT+USORD=0,100\r".to_owned(), "+USORD: 0,5,\"hello\"\r\n"),
        ]
    });
}

#[test]
fn sequans() {
    let store = ("AT+SQNSNVW=\"certificate\",10,SIZE\r".to_owned(), "OK\r\n");
    reaches(Model::Ryz014a, store, "sequans/certificate/10", |port| {
        vec![
            ("AT+SQNSPCFG=1,2,\"\",7,10,,,\"\",\"\"\r".to_owned(), "OK\r\n"),
            ("AT+SQNSCFG=1,1,300,0,600,50\r".to_owned(), "OK\r\n"),
            ("AT+SQNSSCFG=1,1,1\r".to_owned(), "OK\r\n"),
            (format!("AT+SQNSD=1,0,{port},\"server.example\",0,0,1\r"), "OK\r\n"),
            ("AT+SQNSSENDEXT=1,5\r".to_owned(), "\r\n> "),
            ("hello".to_owned(), "+SQNSRING: 1\r\n"),
            ("AT+SQNSRECV=1,100\r".to_owned(), "+SQNSRECV: 1,5\r\nhello\r\n"),
        ]
    });
}
