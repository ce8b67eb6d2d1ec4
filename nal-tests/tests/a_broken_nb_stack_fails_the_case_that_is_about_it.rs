//! Stacks that are broken on purpose, each in one way, behind embedded-nal: a sound one on the
//! loopback interface with something between. The control is the same without anything between.
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use embedded_nal::{
    TcpClientStack, TcpError, TcpErrorKind, UdpClientStack, UdpFullStack, nb as non_blocking,
};
use nal_tests::nb;
use nal_tests::peer::Peers;
use nal_tests::{Records, Role};
use non_blocking::Error::{Other, WouldBlock};
use std_embedded_nal::Stack;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Nothing,
    /// A byte in the middle of what is sent is lost.
    DropsAByte,
    /// A receive without data is Ok(0).
    ZeroForNothing,
    /// A socket that is closed stays in use.
    LeaksSockets,
    /// A close leaves the connection open.
    NeverCloses,
    /// A datagram that is too long for the buffer comes in pieces.
    SplitsDatagrams,
    /// A connection that was reset is of kind Other.
    HidesResets,
    /// A second connect opens a second connection.
    ConnectsAgain,
}

/// Sockets that a leaking stack has.
const SOCKETS: usize = 4;

/// The place of the byte that is dropped.
const DROPPED: usize = 750;

struct Broken {
    inner: Stack,
    fault: Fault,
    left: usize,
}

struct Socket {
    inner: <Stack as TcpClientStack>::TcpSocket,
    sent: usize,
    connected: bool,
    ended: bool,
}

#[derive(Debug)]
enum Error {
    Inner(<Stack as TcpClientStack>::Error),
    Ended,
    NoSocket,
    Hidden,
}

impl TcpError for Error {
    fn kind(&self) -> TcpErrorKind {
        match self {
            Error::Inner(error) => match error.0.kind() {
                std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe => {
                    TcpErrorKind::PipeClosed
                }
                _ => TcpErrorKind::Other,
            },
            Error::Ended => TcpErrorKind::PipeClosed,
            Error::NoSocket | Error::Hidden => TcpErrorKind::Other,
        }
    }
}

impl Broken {
    /// What the sound stack does wrong by itself is mended here: its error kinds.
    fn told(&self, error: <Stack as TcpClientStack>::Error) -> Error {
        match self.fault {
            Fault::HidesResets => Error::Hidden,
            _ => Error::Inner(error),
        }
    }
}

impl TcpClientStack for Broken {
    type TcpSocket = Socket;
    type Error = Error;

    fn socket(&mut self) -> Result<Socket, Error> {
        if self.fault == Fault::LeaksSockets {
            self.left = self.left.checked_sub(1).ok_or(Error::NoSocket)?;
        }
        let inner = TcpClientStack::socket(&mut self.inner).map_err(Error::Inner)?;
        Ok(Socket { inner, sent: 0, connected: false, ended: false })
    }

    fn connect(&mut self, socket: &mut Socket, remote: SocketAddr) -> non_blocking::Result<(), Error> {
        if socket.connected && self.fault != Fault::ConnectsAgain {
            return Ok(());
        }
        TcpClientStack::connect(&mut self.inner, &mut socket.inner, remote)
            .map_err(|error| error.map(Error::Inner))?;
        socket.connected = true;
        Ok(())
    }

    fn send(&mut self, socket: &mut Socket, bytes: &[u8]) -> non_blocking::Result<usize, Error> {
        let (before, after) = (socket.sent, socket.sent + bytes.len());
        let dropped = self.fault == Fault::DropsAByte && before <= DROPPED && after > DROPPED;
        // One byte of them is said to be sent and is not.
        let bytes = if dropped { &bytes[1..] } else { bytes };
        let sent = TcpClientStack::send(&mut self.inner, &mut socket.inner, bytes)
            .map_err(|error| error.map(|e| self.told(e)))?;
        socket.sent += sent + usize::from(dropped);
        Ok(sent + usize::from(dropped))
    }

    fn receive(&mut self, socket: &mut Socket, buffer: &mut [u8]) -> non_blocking::Result<usize, Error> {
        if buffer.is_empty() {
            return Err(WouldBlock);
        }
        match TcpClientStack::receive(&mut self.inner, &mut socket.inner, buffer) {
            Ok(0) => {
                socket.ended = true;
                Err(Other(Error::Ended))
            }
            Err(WouldBlock) if self.fault == Fault::ZeroForNothing => Ok(0),
            result => result.map_err(|error| error.map(|e| self.told(e))),
        }
    }

    fn close(&mut self, socket: Socket) -> Result<(), Error> {
        if self.fault == Fault::NeverCloses {
            std::mem::forget(socket.inner);
            return Ok(());
        }
        TcpClientStack::close(&mut self.inner, socket.inner).map_err(Error::Inner)
    }
}

struct Datagrams {
    inner: <Stack as UdpClientStack>::UdpSocket,
    rest: VecDeque<u8>,
    from: Option<SocketAddr>,
}

type UdpError = <Stack as UdpClientStack>::Error;

impl UdpClientStack for Broken {
    type UdpSocket = Datagrams;
    type Error = UdpError;

    fn socket(&mut self) -> Result<Datagrams, UdpError> {
        let inner = UdpClientStack::socket(&mut self.inner)?;
        Ok(Datagrams { inner, rest: VecDeque::new(), from: None })
    }

    fn connect(&mut self, socket: &mut Datagrams, remote: SocketAddr) -> Result<(), UdpError> {
        UdpClientStack::connect(&mut self.inner, &mut socket.inner, remote)
    }

    fn send(&mut self, socket: &mut Datagrams, bytes: &[u8]) -> non_blocking::Result<(), UdpError> {
        UdpClientStack::send(&mut self.inner, &mut socket.inner, bytes)
    }

    fn receive(
        &mut self,
        socket: &mut Datagrams,
        buffer: &mut [u8],
    ) -> non_blocking::Result<(usize, SocketAddr), UdpError> {
        if self.fault != Fault::SplitsDatagrams {
            return UdpClientStack::receive(&mut self.inner, &mut socket.inner, buffer);
        }
        if socket.rest.is_empty() {
            let mut whole = [0; 2048];
            let (count, from) = UdpClientStack::receive(&mut self.inner, &mut socket.inner, &mut whole)?;
            socket.rest.extend(&whole[..count]);
            socket.from = Some(from);
        }
        let count = buffer.len().min(socket.rest.len());
        buffer.iter_mut().zip(socket.rest.drain(..count)).for_each(|(to, from)| *to = from);
        Ok((count, socket.from.expect("there was a datagram")))
    }

    fn close(&mut self, socket: Datagrams) -> Result<(), UdpError> {
        UdpClientStack::close(&mut self.inner, socket.inner)
    }
}

impl UdpFullStack for Broken {
    fn bind(&mut self, socket: &mut Datagrams, port: u16) -> Result<(), UdpError> {
        self.inner.bind(&mut socket.inner, port)
    }

    fn send_to(
        &mut self,
        socket: &mut Datagrams,
        remote: SocketAddr,
        bytes: &[u8],
    ) -> non_blocking::Result<(), UdpError> {
        self.inner.send_to(&mut socket.inner, remote, bytes)
    }
}

/// The cases that fail, of those that are run here.
fn failed(peers: &Peers, fault: Fault) -> Vec<&'static str> {
    let mut bench = peers.bench();
    bench.only = &["N01", "N03", "N06", "N07", "N09", "N12", "N16", "N17", "N18", "N21", "N23", "U01", "U06"];
    bench.limit_ms = 5_000;
    bench.idle_ms = 100;
    bench.settle_ms = 1_000;
    bench.bulk = 50_000;
    // A connect waits as long as the operating system does, which is minutes.
    bench.tcp.unset(Role::Blackhole);
    let mut stack = Broken { inner: Stack, fault, left: SOCKETS };
    let mut spin = || thread::sleep(Duration::from_micros(100));
    let mut records = Records::new();
    nb::tcp_client("nb", &mut stack, &mut spin, &bench, &mut records);
    nb::udp("nb", &mut stack, &mut spin, &bench, &mut records);
    assert_eq!(records.entries().count(), bench.only.len(), "all of them were run");
    println!("{fault:?}");
    records.entries().for_each(|entry| println!("    {}", entry.text()));
    records.failed().map(|entry| entry.case.id).collect()
}

#[test]
fn a_broken_nb_stack_fails_the_case_that_is_about_it() {
    let peers = Peers::start_at([127, 0, 0, 1].into(), 50_000).expect("the system has ports");
    assert_eq!(failed(&peers, Fault::Nothing), [""; 0]);
    for (fault, case) in [
        (Fault::DropsAByte, "N12"),
        (Fault::ZeroForNothing, "N06"),
        (Fault::NeverCloses, "N23"),
        (Fault::SplitsDatagrams, "U06"),
        (Fault::HidesResets, "N09"),
        (Fault::ConnectsAgain, "N03"),
    ] {
        assert_eq!(failed(&peers, fault), [case], "{fault:?}");
    }
    // From the first case on that finds no socket left, all fail.
    let leaking = failed(&peers, Fault::LeaksSockets);
    assert!(leaking.contains(&"N17"), "{leaking:?}");
}
