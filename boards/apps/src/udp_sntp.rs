//! Asks a time server with sntpc.

use core::net::SocketAddr;

use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use embassy_time::{Duration, Instant, with_timeout};
use embedded_nal_async::{ConnectedUdp, Dns, UdpStack};
use sntpc::{NtpContext, NtpResult, NtpTimestampGenerator, NtpUdpSocket};

use crate::{Failed, Server, failed};

/// How long an answer may take, and how often the server is asked: networks lose datagrams.
const WAIT: Duration = Duration::from_secs(5);
const TRIES: usize = 3;

/// The time of the server when its answer came: seconds since 1970 (UTC), and microseconds.
///
/// # Errors
/// When there is no socket, or no good answer.
pub async fn run<S>(stack: &S, server: Server<'_>) -> Result<(u64, u32), Failed>
where
    S: UdpStack + Dns,
{
    let remote = server.resolve(stack).await?;
    let (_, socket) = stack.connect(remote).await.map_err(failed(server.host))?;
    let answer = ask(&Socket { socket: Mutex::new(socket), remote }, server.host).await?;
    let micros = sntpc::fraction_to_microseconds(answer.seconds_fraction);
    defmt::info!(
        "{=str}: {}.{=u32:06} s since 1970, stratum {}, round trip {} us",
        server.host,
        answer.seconds,
        micros,
        answer.stratum,
        answer.roundtrip,
    );
    Ok((answer.seconds, micros))
}

async fn ask<U: ConnectedUdp>(socket: &Socket<U>, host: &str) -> Result<NtpResult, Failed> {
    for _ in 0..TRIES {
        let context = NtpContext::new(Uptime(Instant::now()));
        match with_timeout(WAIT, sntpc::get_time(socket.remote, socket, context)).await {
            Ok(Ok(answer)) => return Ok(answer),
            // Late answer to a request before.
            Ok(Err(sntpc::Error::IncorrectOriginTimestamp)) => {}
            Ok(Err(error)) => return Err(failed(host)(error)),
            Err(_) => defmt::warn!("{=str}: no answer in {} s", host, WAIT.as_secs()),
        }
    }
    defmt::error!("{=str}: does not answer", host);
    Err(Failed)
}

/// The time since the start, for want of one that is right: only the server's matters.
#[derive(Clone, Copy)]
struct Uptime(Instant);

impl NtpTimestampGenerator for Uptime {
    fn init(&mut self) {
        self.0 = Instant::now();
    }

    fn timestamp_sec(&self) -> u64 {
        self.0.as_secs()
    }

    fn timestamp_subsec_micros(&self) -> u32 {
        (self.0.as_micros() % 1_000_000) as u32
    }
}

/// What sntpc wants of a socket: to be used through a shared reference.
struct Socket<U> {
    socket: Mutex<NoopRawMutex, U>,
    remote: SocketAddr,
}

impl<U: ConnectedUdp> NtpUdpSocket for Socket<U> {
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
