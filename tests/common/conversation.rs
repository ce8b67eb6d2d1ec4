//! What users do, as futures.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use cellular_nal::asynch::{Control, Stack, TcpSocket, UdpSocket};
use cellular_nal::{Error, Sockets};
use embedded_io_async::{Read, ReadExactError, Write};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, TcpConnect, UdpStack};

use modem_sim::{Model, Options, Peer, Prng};

use super::{ECHO, ECHO_NAME, Setup, World, pattern};

pub fn exactly(error: ReadExactError<Error>) -> Error {
    match error {
        ReadExactError::UnexpectedEof => Error::Closed,
        ReadExactError::Other(error) => error,
    }
}

/// `TcpConnect` and `UdpStack` both have a `connect`.
pub async fn tcp<S: Sockets + ?Sized>(
    stack: Stack<'_, S>,
    remote: impl Into<SocketAddr>,
) -> Result<TcpSocket<'_, S>, Error> {
    TcpConnect::connect(&stack, remote.into()).await
}

pub async fn udp<S: Sockets + ?Sized>(
    stack: Stack<'_, S>,
    remote: impl Into<SocketAddr>,
) -> Result<UdpSocket<'_, S>, Error> {
    UdpStack::connect(&stack, remote.into()).await.map(|(_, socket)| socket)
}

/// Sends `said` and returns what comes back.
pub async fn echo<S: Sockets + ?Sized>(stack: Stack<'_, S>, said: &[u8]) -> Result<Vec<u8>, Error> {
    let mut socket = tcp(stack, ECHO).await?;
    socket.write_all(said).await?;
    let mut heard = vec![0; said.len()];
    socket.read_exact(&mut heard).await.map_err(exactly)?;
    Ok(heard)
}

/// Sends a datagram and returns what comes back.
pub async fn datagram_echo<S: Sockets + ?Sized>(stack: Stack<'_, S>, said: &[u8]) -> Result<Vec<u8>, Error> {
    let mut socket = udp(stack, ECHO).await?;
    socket.send(said).await?;
    let mut heard = vec![0; said.len() + 10];
    let count = socket.receive_into(&mut heard).await?;
    heard.truncate(count);
    Ok(heard)
}

/// Reads to the end of the stream.
pub async fn read_to_end(socket: &mut impl Read<Error = Error>) -> Result<Vec<u8>, Error> {
    let mut all = Vec::new();
    let mut buffer = [0; 300];
    loop {
        match socket.read(&mut buffer).await? {
            0 => return Ok(all),
            count => all.extend_from_slice(&buffer[..count]),
        }
    }
}

/// What came out of [`standard`].
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub address: IpAddr,
    pub echo: Vec<u8>,
    pub datagram: Vec<u8>,
}

impl Outcome {
    pub fn expected() -> Self {
        Outcome { address: SocketAddr::from(ECHO).ip(), echo: SAID.into(), datagram: DATAGRAM.into() }
    }
}

const SAID: &[u8] = b"to and fro, \"quoted\" > @ OK";
const DATAGRAM: &[u8] = b"one datagram";

/// The conversation that every disturbance is tried on: link up, name, TCP, UDP, all closed.
pub async fn standard<S: Sockets + ?Sized>(
    control: Control<'_>,
    stack: Stack<'_, S>,
) -> Result<Outcome, Error> {
    control.connect().await?;
    let address = stack.get_host_by_name(ECHO_NAME, AddrType::IPv4).await?;
    let echo = echo(stack, SAID).await?;
    let datagram = datagram_echo(stack, DATAGRAM).await?;
    Ok(Outcome { address, echo, datagram })
}

/// Data both ways in pieces, a stream that the peer closes while some of it is unread, datagrams.
pub fn all_is_well(model: Model, options: Options) {
    let context = format!("{model}: {options:?}");
    let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
    let outcome = world.try_run(60, standard(world.control, world.stack));
    assert_eq!(outcome, Some(Ok(Outcome::expected())), "{context}\n{}", world.tail());
    let (stack, said) = (world.stack, pattern(9000, 5));
    let heard = world.try_run(200, async {
        let mut socket = tcp(stack, ECHO).await?;
        let mut heard = Vec::new();
        for part in said.chunks(1500) {
            socket.write_all(part).await?;
            let mut buffer = vec![0; part.len()];
            socket.read_exact(&mut buffer).await.map_err(exactly)?;
            heard.extend(buffer);
        }
        Ok::<_, cellular_nal::Error>(heard)
    });
    assert!(heard == Some(Ok(said)), "{context}: the echo differs: {heard:?}\n{}", world.tail());
    let sent = Prng::new(3).bytes(2000);
    world.net.on([10, 0, 0, 9], 9, Peer::SendThenClose(sent.clone()));
    let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
    world.pass_secs(3);
    let all = world.try_run(130, read_to_end(&mut socket));
    assert_eq!(all, Some(Ok(sent)), "{context}\n{}", world.tail());
    drop(socket);
    for size in [1, 200, 1000] {
        let said = pattern(size, 7);
        let heard = world.try_run(60, datagram_echo(stack, &said));
        assert_eq!(heard, Some(Ok(said)), "{context}\n{}", world.tail());
    }
    world.leaves_nothing();
}

/// A recorded world whose link is up, and a connection to a server that takes every byte and says nothing.
pub fn to_a_silent_server(model: Model) -> (World, TcpSocket<'static>) {
    let mut world = Setup { record: true, ..Setup::new(model) }.build();
    world.bring_up();
    let stack = world.stack;
    world.net.on([10, 0, 0, 9], 9, Peer::Discard);
    let socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
    (world, socket)
}

impl World {
    /// Writes to a connection until it takes no more, and that `rounds` times, each with an echo over another connection
    /// behind it. Says how many bytes were taken.
    pub fn fills_beside_an_echo(
        &mut self,
        stalled: &mut impl Write<Error = Error>,
        lively: &mut (impl Read<Error = Error> + Write),
        said: &[u8],
        rounds: u64,
        context: &str,
    ) -> usize {
        let mut written = 0;
        for round in 0..rounds {
            while let Some(count) = self.run_and_drop(3, 20, stalled.write(&said[written..])) {
                written += count.expect("it writes");
            }
            let (ping, mut heard) = (pattern(300, round), [0; 300]);
            let pong = self.try_run(20, async {
                lively.write_all(&ping).await?;
                lively.read_exact(&mut heard).await.map_err(exactly)
            });
            assert_eq!(pong, Some(Ok(())), "{context}, round {round}\n{}", self.tail());
            assert_eq!(heard[..], ping, "{context}, round {round}");
        }
        written
    }

    /// A new connection carries bytes both ways before `secs` are over; until then it may fail.
    pub fn recovers(&mut self, secs: u64) {
        let (stack, until) = (self.stack, self.now + Duration::from_secs(secs));
        let mut last = None;
        while self.now < until {
            let left = (until - self.now).as_secs() + 1;
            let heard = self.try_run(left, echo(stack, b"are you there?"));
            if heard.as_ref().is_some_and(|heard| heard.as_deref() == Ok(b"are you there?")) {
                return;
            }
            last = heard;
            self.pass_secs(1);
        }
        panic!("{:?}: nothing works again within {secs} s: {last:?}\n{}", self.model, self.tail());
    }
}
