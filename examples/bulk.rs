//! Sends and receives much data, with commands around it and through a raw pipe, or over PPP, and tells how
//! fast that was.

#[path = "support/address.rs"]
mod address;
#[path = "support/bulk_server.rs"]
mod bulk_server;
#[path = "support/line_bound.rs"]
mod line_bound;
#[path = "support/session.rs"]
mod session;
mod support;

use core::fmt;
use core::net::SocketAddr;
use std::process::ExitCode;
use std::time::Instant;

use cellular_nal::asynch::Stack;
use cellular_nal::{Error, Sockets};
use embassy_time::Duration;
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, Dns, TcpConnect};

use address::Address;
use bulk_server::{ALIKE, GIVE, TAKE, pattern};
use session::{Application, Session};
use support::options::{self, Mode, Options, Own, Program};
use support::{Failure, show};

const PROGRAM: Program = Program {
    name: "bulk",
    about: "measures how fast data goes over a cellular modem, and checks every byte",
    own: &[
        Own {
            name: "bytes",
            value: "N",
            check: check_bytes,
            purpose: "how much to send and to receive each time (default: 1048576)",
        },
        Own {
            name: "server",
            value: "HOST:PORT",
            check: address::check,
            purpose: "how the modem reaches this machine; the server of this program then\n                        listens at PORT of all its addresses (default: on loopback)",
        },
    ],
    check: options::ANY,
};

/// 1 MiB.
const BYTES: usize = 1 << 20;

/// Slower than this in each of the four measurements, in bytes per second, means that it hangs.
const SLOWEST: usize = 250;

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let bytes = options.own("bytes").and_then(|text| text.parse().ok()).unwrap_or(BYTES);
    let port = options.own("server").and_then(|text| text.rsplit_once(':')?.1.parse().ok());
    let started = bulk_server::start(port)?;
    let server = address::given_or_else(options, "server", || Ok(started))?;
    let limit = Duration::from_secs(60 + (4 * bytes / SLOWEST) as u64);
    session::run(options, Some(limit), Measure { server: &server, bytes, baud: options.baud })
}

fn check_bytes(text: &str) -> Result<(), &'static str> {
    match text.parse::<usize>() {
        Ok(1..=1_000_000_000) => Ok(()),
        _ => Err("is no number of bytes from 1 to 1000000000"),
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Way {
    Send,
    Receive,
}

/// What carries the data.
#[derive(Clone, Copy)]
pub(crate) enum Carrier {
    Commands,
    Pipe,
    Ppp,
    /// PPP in the frames of the multiplexer.
    Frames,
}

struct Measure<'a> {
    server: &'a Address,
    bytes: usize,
    /// The bit rate of the line, if the user says that it has one: a simulated modem may be faster.
    baud: Option<u32>,
}

impl Application for Measure<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        // Where the line carries commands beside the data, they show how strong the signal is.
        let measured = session.watched(self.measure_all(&session)).await;
        measured.map_err(|reason| format!("{}: {reason}", self.server))
    }
}

impl Measure<'_> {
    async fn measure_all(&self, session: &Session<'_, impl Sockets + ?Sized>) -> Result<(), Failure> {
        let stack = session.stack;
        let ip = stack.get_host_by_name(&self.server.host, AddrType::Either).await.map_err(text)?;
        let remote = (ip, self.server.port).into();
        let carriers: &[Carrier] = match session.mode {
            Mode::Sockets => &[Carrier::Commands, Carrier::Pipe],
            Mode::Ppp => &[Carrier::Ppp],
            Mode::Cmux => &[Carrier::Frames],
        };
        for &carrier in carriers {
            for way in [Way::Send, Way::Receive] {
                let seconds = match (carrier, session.own) {
                    (Carrier::Pipe, Some(own)) => self.measure_pipe(own, remote, way).await?,
                    _ => self.measure(stack, remote, way).await?,
                };
                show(self.describe(session.model, carrier, way, seconds).as_bytes())?;
            }
        }
        Ok(())
    }

    /// Seconds that it took.
    async fn measure(
        &self,
        stack: Stack<'_, impl Sockets + ?Sized>,
        remote: SocketAddr,
        way: Way,
    ) -> Result<f64, Failure> {
        let mut socket = stack.connect(remote).await.map_err(text)?;
        let start = Instant::now();
        transfer(&mut socket, way, self.bytes).await?;
        Ok(start.elapsed().as_secs_f64())
    }

    /// The same through a pipe, which only the modem's own sockets have.
    async fn measure_pipe(&self, own: Stack<'_>, remote: SocketAddr, way: Way) -> Result<f64, Failure> {
        let mut socket = own.connect(remote).await.map_err(text)?;
        let mut pipe = socket.pipe().await.map_err(text)?;
        let start = Instant::now();
        transfer(&mut pipe, way, self.bytes).await?;
        let seconds = start.elapsed().as_secs_f64();
        let start = Instant::now();
        pipe.leave().await.map_err(text)?;
        eprintln!("pipe: left in {:.1} s", start.elapsed().as_secs_f64());
        Ok(seconds)
    }

    fn describe(&self, model: &str, carrier: Carrier, way: Way, seconds: f64) -> String {
        let way_name = match way {
            Way::Send => "send",
            Way::Receive => "receive",
        };
        let carrier_name = match carrier {
            Carrier::Commands => "commands",
            Carrier::Pipe => "raw pipe",
            Carrier::Ppp => "PPP",
            Carrier::Frames => "PPP and CMUX",
        };
        let name = format!("{way_name}, {carrier_name}");
        let (bytes, goodput) = (self.bytes, self.bytes as f64 / seconds);
        let mut line = format!("{name:<21} {bytes} bytes in {seconds:.2} s, {goodput:.0} bytes/s");
        if let Some(baud) = self.baud {
            // Start bit, eight data bits, stop bit.
            let rate = f64::from(baud) / 10.0;
            line += &format!(", {:.1} % of the line at {baud} bit/s", 100.0 * goodput / rate);
            if let Some(bound) = line_bound::share(model, carrier, way, baud) {
                line += &format!("; the bound is {:.1} %", 100.0 * bound);
            }
        }
        line + "\n"
    }
}

/// Has the server take or give so many bytes, and checks them.
async fn transfer<S>(socket: &mut S, way: Way, bytes: usize) -> Result<(), Failure>
where
    S: Read<Error = Error> + Write<Error = Error>,
{
    let direction = match way {
        Way::Send => TAKE,
        Way::Receive => GIVE,
    };
    socket.write_all(&[direction]).await.map_err(text)?;
    socket.write_all(&(bytes as u64).to_be_bytes()).await.map_err(text)?;
    match way {
        Way::Send => send(socket, bytes).await,
        Way::Receive => receive(socket, bytes).await,
    }
}

async fn send<S>(socket: &mut S, bytes: usize) -> Result<(), Failure>
where
    S: Read<Error = Error> + Write<Error = Error>,
{
    let mut left = pattern().take(bytes);
    loop {
        let piece: Vec<u8> = left.by_ref().take(1024).collect();
        if piece.is_empty() {
            break;
        }
        socket.write_all(&piece).await.map_err(text)?;
    }
    socket.flush().await.map_err(text)?;
    // They have arrived when the server says so: until then they may wait anywhere.
    let mut verdict = [0];
    match socket.read(&mut verdict).await.map_err(text)? {
        1 if verdict == [ALIKE] => Ok(()),
        1 => Err(format!("of {bytes} bytes others have arrived than were sent")),
        _ => Err("the server has closed the connection".to_owned()),
    }
}

async fn receive<S>(socket: &mut S, bytes: usize) -> Result<(), Failure>
where
    S: Read<Error = Error> + Write<Error = Error>,
{
    socket.flush().await.map_err(text)?;
    let mut expected = pattern();
    let mut buffer = [0; 1024];
    let mut total = 0;
    while total < bytes {
        let count = socket.read(&mut buffer).await.map_err(text)?;
        let piece = buffer.get(..count).unwrap_or_default();
        if piece.is_empty() {
            return Err(format!("the connection ended after {total} of {bytes} bytes"));
        }
        if let Some(place) = piece.iter().position(|&byte| expected.next() != Some(byte)) {
            return Err(format!("byte {} of {bytes} is not what was sent", total + place));
        }
        total += count;
    }
    Ok(())
}

fn text(error: impl fmt::Display) -> Failure {
    error.to_string()
}
