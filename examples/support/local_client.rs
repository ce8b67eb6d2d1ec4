//! A web client on this machine: curl where there is one.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::thread;

use embassy_time::Timer;

use crate::support::Failure;

/// How long the client may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Fetches the page at `port` of this machine and gives its body.
pub(crate) async fn fetch(port: u16) -> Result<Vec<u8>, Failure> {
    // The client waits for the modem, which this thread serves.
    let client = thread::spawn(move || curl(port).unwrap_or_else(|| plain(port)));
    while !client.is_finished() {
        Timer::after_millis(10).await;
    }
    client.join().unwrap_or_else(|_| Err("the client has panicked".to_owned()))
}

/// `None` when there is no curl.
fn curl(port: u16) -> Option<Result<Vec<u8>, Failure>> {
    let mut command = Command::new("curl");
    let limit = LIMIT.as_secs().to_string();
    command.args(["--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", &limit]);
    let output = match command.arg(format!("http://127.0.0.1:{port}/")).output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        Err(error) => return Some(Err(format!("curl: {error}"))),
    };
    eprintln!("client: curl");
    Some(if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    })
}

fn plain(port: u16) -> Result<Vec<u8>, Failure> {
    let failed = |error| format!("client: {error}");
    eprintln!("client: of this program, there is no curl");
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, LIMIT).map_err(failed)?;
    stream.set_read_timeout(Some(LIMIT)).map_err(failed)?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").map_err(failed)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(failed)?;
    let end = answer.windows(4).position(|end| end == b"\r\n\r\n").ok_or("client: no end of headers")?;
    let (head, body) = answer.split_at(end + 4);
    if head.starts_with(b"HTTP/1.1 200 ") {
        Ok(body.to_vec())
    } else {
        Err(format!("client: {}", String::from_utf8_lossy(head).lines().next().unwrap_or_default()))
    }
}
