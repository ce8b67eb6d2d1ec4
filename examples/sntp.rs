//! Asks a time server with sntpc.

#[path = "support/address.rs"]
mod address;
#[path = "support/session.rs"]
mod session;
mod support;
#[path = "support/time_server.rs"]
mod time_server;

use core::net::SocketAddr;
use std::process::ExitCode;
use std::time::Instant;

use cellular_nal::Sockets;
use cellular_nal::asynch::Stack;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use embassy_time::{Duration, with_timeout};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, UdpStack};
use sntpc::{NtpContext, NtpResult, NtpUdpSocket, StdTimestampGen};

use address::Address;
use session::{Application, Session};
use support::options::{self, Options, Own, Program};
use support::{Failure, show};

const PROGRAM: Program = Program {
    name: "sntp",
    about: "asks a time server with sntpc over a cellular modem",
    own: &[Own {
        name: "server",
        value: "HOST:PORT",
        check: address::check,
        purpose: "time server, usually at port 123\n                        (default: one that this program starts, 2.5 s ahead)",
    }],
    check: options::ANY,
};

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(60);

/// How long an answer may take, and how often the server is asked: networks lose datagrams.
const WAIT: Duration = Duration::from_secs(5);
const TRIES: usize = 3;

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let server = address::given_or_else(options, "server", time_server::start)?;
    session::run(options, Some(LIMIT), Ask { server: &server })
}

struct Ask<'a> {
    server: &'a Address,
}

impl Application for Ask<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        ask(session.stack, self.server).await
    }
}

async fn ask(stack: Stack<'_, impl Sockets + ?Sized>, server: &Address) -> Result<(), Failure> {
    let start = Instant::now();
    let failed = |error| format!("{server}: {error}");
    let ip = stack.get_host_by_name(&server.host, AddrType::Either).await;
    let remote = (ip.map_err(failed)?, server.port).into();
    let (_, socket) = stack.connect(remote).await.map_err(failed)?;
    let socket = Socket { socket: Mutex::new(socket), remote };
    let answer = ask_until_answered(&socket).await.map_err(|reason| format!("{server}: {reason}"))?;
    show(describe(&answer).as_bytes())?;
    let seconds = start.elapsed().as_secs_f64();
    let (stratum, delay) = (answer.stratum, answer.roundtrip as f64 / 1e3);
    eprintln!("{server}: stratum {stratum}, round trip {delay:.1} ms, done in {seconds:.1} s");
    Ok(())
}

async fn ask_until_answered(socket: &Socket<impl ConnectedUdp>) -> Result<NtpResult, Failure> {
    let context = NtpContext::new(StdTimestampGen::default());
    for _ in 0..TRIES {
        match with_timeout(WAIT, sntpc::get_time(socket.remote, socket, context)).await {
            Ok(Ok(answer)) => return Ok(answer),
            // Late answer to a request before.
            Ok(Err(sntpc::Error::IncorrectOriginTimestamp)) => {}
            Ok(Err(sntpc::Error::Network)) => return Err("the datagram could not be sent".to_owned()),
            Ok(Err(error)) => return Err(format!("the answer is not usable: {error:?}")),
            Err(_) => eprintln!("no answer in {} s", WAIT.as_secs()),
        }
    }
    Err("the server does not answer".to_owned())
}

/// The server's time as text (UTC), and how far the clock of this machine is behind.
fn describe(answer: &NtpResult) -> String {
    let (days, second) = (answer.seconds / 86_400, answer.seconds % 86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let millis = sntpc::fraction_to_milliseconds(answer.seconds_fraction);
    let (year, month, day) = date(days);
    let offset = answer.offset as f64 / 1e6;
    format!(
        "time {year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z\n\
         offset {offset:+.6} s\n"
    )
}

/// Year, month and day, so many days after 1970-01-01. Years begin in March here, so that the leap day
/// is their last.
fn date(days: u64) -> (u64, u64, u64) {
    // 0000-03-01 was 719468 days before 1970-01-01; 146097 days are 400 years.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let first = (153 * month + 2) / 5;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (400 * era + year + next_year, month, day - first + 1)
}

/// What sntpc wants of a socket: to be used through a shared reference.
struct Socket<C> {
    socket: Mutex<NoopRawMutex, C>,
    remote: SocketAddr,
}

impl<C: ConnectedUdp> NtpUdpSocket for Socket<C> {
    async fn send_to(&self, buffer: &[u8], _: SocketAddr) -> sntpc::Result<usize> {
        // The socket has one peer.
        let sent = self.socket.lock().await.send(buffer).await;
        sent.map(|()| buffer.len()).map_err(|_| sntpc::Error::Network)
    }

    async fn recv_from(&self, buffer: &mut [u8]) -> sntpc::Result<(usize, SocketAddr)> {
        let received = self.socket.lock().await.receive_into(buffer).await;
        received.map(|count| (count, self.remote)).map_err(|_| sntpc::Error::Network)
    }
}
