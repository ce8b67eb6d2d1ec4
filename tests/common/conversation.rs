//! What users do, as futures.

use std::net::{IpAddr, SocketAddr};

use cellular_nal::Error;
use cellular_nal::asynch::{Control, Stack, TcpSocket, UdpSocket};
use embedded_io_async::{Read, ReadExactError, Write};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, TcpConnect, UdpStack};

use super::{ECHO, ECHO_NAME};

pub fn exactly(error: ReadExactError<Error>) -> Error {
    match error {
        ReadExactError::UnexpectedEof => Error::Closed,
        ReadExactError::Other(error) => error,
    }
}

/// `TcpConnect` and `UdpStack` both have a `connect`.
pub async fn tcp(stack: Stack<'_>, remote: impl Into<SocketAddr>) -> Result<TcpSocket<'_>, Error> {
    TcpConnect::connect(&stack, remote.into()).await
}

pub async fn udp(stack: Stack<'_>, remote: impl Into<SocketAddr>) -> Result<UdpSocket<'_>, Error> {
    UdpStack::connect(&stack, remote.into()).await.map(|(_, socket)| socket)
}

/// Sends `said` and returns what comes back.
pub async fn echo(stack: Stack<'_>, said: &[u8]) -> Result<Vec<u8>, Error> {
    let mut socket = tcp(stack, ECHO).await?;
    socket.write_all(said).await?;
    let mut heard = vec![0; said.len()];
    socket.read_exact(&mut heard).await.map_err(exactly)?;
    Ok(heard)
}

/// Sends a datagram and returns what comes back.
pub async fn datagram_echo(stack: Stack<'_>, said: &[u8]) -> Result<Vec<u8>, Error> {
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
pub async fn standard(control: Control<'_>, stack: Stack<'_>) -> Result<Outcome, Error> {
    control.connect().await?;
    let address = stack.get_host_by_name(ECHO_NAME, AddrType::IPv4).await?;
    let echo = echo(stack, SAID).await?;
    let datagram = datagram_echo(stack, DATAGRAM).await?;
    Ok(Outcome { address, echo, datagram })
}
