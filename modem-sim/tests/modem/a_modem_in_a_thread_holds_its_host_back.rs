//! Online mode with sockets of this machine: while the server does not read, writes to the line
//! block; no byte is lost.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use modem_sim::host::{HostConfig, spawn};
use modem_sim::{Boot, Model, Options, Prng};

fn wait_for(line: &mut UnixStream, text: &[u8]) {
    let mut got = Vec::new();
    let mut byte = [0];
    while !got.ends_with(text) {
        line.read_exact(&mut byte).expect("the modem answers in time");
        got.push(byte[0]);
    }
}

#[test]
fn a_modem_in_a_thread_holds_its_host_back() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let options = Options { boot: Boot::Running, echo: Some(false), ..Options::default() };
    let mut line = spawn(HostConfig { options, ..HostConfig::new(Model::Gm02s) }).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    line.write_all(format!("AT+SQNSD=1,0,{port},\"127.0.0.1\"\r").as_bytes()).unwrap();
    wait_for(&mut line, b"\r\nCONNECT\r\n");
    let (mut server, _) = listener.accept().unwrap();
    line.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let chunk = Prng::new(1).bytes(1 << 16);
    let mut written = 0;
    // The kernel's queues between modem and server hold some megabytes.
    loop {
        match line.write(&chunk[written % chunk.len()..]) {
            Ok(count) => written += count,
            Err(e) => {
                assert!(matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{e}");
                break;
            }
        }
        assert!(written < 1 << 28, "nothing holds the host back");
    }
    server.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut got = vec![0; written];
    server.read_exact(&mut got).expect("every byte arrives");
    assert!(got.chunks(chunk.len()).all(|piece| *piece == chunk[..piece.len()]));
}
