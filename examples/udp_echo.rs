//! Sends datagrams of several sizes to an echo server and compares what comes back.

#[path = "support/address.rs"]
mod address;
#[path = "support/echo_server.rs"]
mod echo_server;
#[path = "support/session.rs"]
mod session;
mod support;

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Instant;

use cellular_nal::Sockets;
use cellular_nal::asynch::Stack;
use embassy_time::{Duration, with_timeout};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, UdpStack};

use address::Address;
use session::{Application, Session};
use support::options::{self, Options, Own, Program};
use support::{Failure, show};

const PROGRAM: Program = Program {
    name: "udp_echo",
    about: "sends datagrams over a cellular modem and compares the echo",
    own: &[Own {
        name: "peer",
        value: "HOST:PORT",
        check: address::check,
        purpose: "echo server (default: one that this program starts)",
    }],
    check: options::ANY,
};

/// Up to the largest that both modem families take.
const SIZES: [usize; 8] = [1, 2, 17, 128, 256, 512, 1000, 1024];

/// How long an echo may take, and how often it is asked for: networks lose datagrams.
const WAIT: Duration = Duration::from_secs(5);
const TRIES: usize = 3;

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let peer = address::given_or_else(options, "peer", echo_server::start)?;
    session::run(options, Some(LIMIT), Echo { peer: &peer })
}

struct Echo<'a> {
    peer: &'a Address,
}

impl Application for Echo<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        echo(session.stack, self.peer).await
    }
}

async fn echo(stack: Stack<'_, impl Sockets + ?Sized>, peer: &Address) -> Result<(), Failure> {
    let start = Instant::now();
    let failed = |error| format!("{peer}: {error}");
    let ip = stack.get_host_by_name(&peer.host, AddrType::Either).await;
    let remote = (ip.map_err(failed)?, peer.port).into();
    let (local, mut socket) = stack.connect(remote).await.map_err(failed)?;
    eprintln!("socket: {local} to {remote}");
    let mut total = 0;
    for size in SIZES {
        let datagram = pattern(size);
        exchange(&mut socket, &datagram).await.map_err(|reason| format!("{peer}: {reason}"))?;
        // Raw bytes would upset a terminal.
        if !io::stdout().is_terminal() {
            show(&datagram)?;
        }
        total += size;
    }
    let seconds = start.elapsed().as_secs_f64();
    let count = SIZES.len();
    eprintln!("{peer}: {count} datagrams, {total} bytes came back alike in {seconds:.1} s");
    Ok(())
}

/// Bytes of all values, others for each size.
fn pattern(size: usize) -> Vec<u8> {
    (0..size).map(|i| (i + size) as u8).collect()
}

/// Sends a datagram until it comes back.
async fn exchange<S: ConnectedUdp>(socket: &mut S, datagram: &[u8]) -> Result<(), Failure>
where
    S::Error: core::fmt::Display,
{
    let mut buffer = [0; 1500];
    for _ in 0..TRIES {
        socket.send(datagram).await.map_err(|e| e.to_string())?;
        let receive = async {
            loop {
                let count = socket.receive_into(&mut buffer).await;
                let count = count.map_err(|e| e.to_string())?;
                match buffer.get(..count) {
                    Some(echo) if echo == datagram => return Ok(()),
                    // Late echo of a datagram that was sent again.
                    Some(echo) if echo == pattern(count) => {}
                    _ => return Err(format!("an echo of {count} bytes is not what was sent")),
                }
            }
        };
        if let Ok(result) = with_timeout(WAIT, receive).await {
            return result;
        }
        eprintln!("no echo of {} bytes in {} s", datagram.len(), WAIT.as_secs());
    }
    let size = datagram.len();
    Err(format!("no echo of a datagram of {size} bytes"))
}
