//! Stacks that are broken on purpose, each in one way, behind embedded-nal-async: a sound one on the
//! loopback interface with something between. The control is the same without anything between.
mod common;

use std::cell::Cell;
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;

use common::System;
use embassy_futures::select::{Either, select};
use embedded_io_async::{ErrorType, Read, Write};
use embedded_nal_async::{ConnectedUdp, TcpConnect, UdpStack};
use nal_tests::asynch::{self, Nal};
use nal_tests::peer::Peers;
use nal_tests::{Context, Records, Timer};
use std_embedded_nal_async::Stack;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Nothing,
    /// A byte in the middle of what is written is lost.
    DropsAByte,
    /// A byte that comes behind many is given twice.
    RepeatsAByte,
    /// A read without data is Ok(0) after a while.
    ZeroForNothing,
    /// A read without data times out.
    TimesOut,
    /// A socket that is dropped stays in use.
    LeaksSockets,
    /// A connection that is dropped stays open.
    NeverCloses,
    /// A reset looks like an orderly end.
    HidesResets,
    /// A datagram is cut to 1024 bytes.
    CutsDatagrams,
    /// A read that is given up has taken what it would have given.
    LosesCancelledReads,
}

/// The place of the byte that is dropped.
const DROPPED: usize = 750;

/// So many bytes are in front of the one that is repeated. Counted in bytes, because in how many reads they come is a
/// question of time; only one case reads as many from one connection.
const REPEATED: usize = 50_000;

/// What a read without data waits for where it does not wait for ever: much longer than an echo takes on a busy machine.
const PATIENCE: u32 = 2000;

/// Sockets that a leaking stack has.
const SOCKETS: usize = 4;

struct Broken {
    inner: Stack,
    fault: Fault,
    left: Cell<usize>,
}

struct Connection<'a> {
    inner: Option<<Stack as TcpConnect>::Connection<'a>>,
    fault: Fault,
    written: usize,
    heard: usize,
    repeated: bool,
}

impl Broken {
    fn take(&self) -> Result<(), Error> {
        if self.fault == Fault::LeaksSockets {
            self.left.set(self.left.get().checked_sub(1).ok_or(ErrorKind::OutOfMemory)?);
        }
        Ok(())
    }
}

impl TcpConnect for Broken {
    type Error = Error;
    type Connection<'a> = Connection<'a>;

    async fn connect(&self, remote: SocketAddr) -> Result<Connection<'_>, Error> {
        self.take()?;
        let inner = TcpConnect::connect(&self.inner, remote).await?;
        Ok(Connection { inner: Some(inner), fault: self.fault, written: 0, heard: 0, repeated: false })
    }
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        if self.fault == Fault::NeverCloses {
            std::mem::forget(self.inner.take());
        }
    }
}

impl<'a> Connection<'a> {
    fn inner(&mut self) -> &mut <Stack as TcpConnect>::Connection<'a> {
        self.inner.as_mut().expect("it is there until it is dropped")
    }
}

impl ErrorType for Connection<'_> {
    type Error = Error;
}

impl Read for Connection<'_> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        match self.fault {
            Fault::ZeroForNothing | Fault::TimesOut => {
                match select(self.inner.as_mut().expect("it is there").read(buffer), System.after(PATIENCE))
                    .await
                {
                    Either::First(result) => result,
                    Either::Second(()) if self.fault == Fault::TimesOut => Err(ErrorKind::TimedOut.into()),
                    Either::Second(()) => Ok(0),
                }
            }
            Fault::RepeatsAByte if self.heard >= REPEATED && !self.repeated && buffer.len() > 1 => {
                let count = self.inner().read(&mut buffer[..1]).await?;
                buffer[1] = buffer[0];
                self.repeated = true;
                Ok(count * 2)
            }
            Fault::RepeatsAByte => {
                let count = self.inner().read(buffer).await?;
                self.heard += count;
                Ok(count)
            }
            Fault::HidesResets => Ok(self.inner().read(buffer).await.unwrap_or(0)),
            Fault::LosesCancelledReads => {
                let count = self.inner().read(buffer).await?;
                System.after(1).await;
                Ok(count)
            }
            _ => self.inner().read(buffer).await,
        }
    }
}

impl Write for Connection<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let (before, after) = (self.written, self.written + bytes.len());
        if self.fault == Fault::DropsAByte && before <= DROPPED && after > DROPPED {
            let (front, back) = bytes.split_at(DROPPED - before);
            self.inner().write_all(front).await?;
            self.inner().write_all(&back[1..]).await?;
            self.written = after;
            return Ok(bytes.len());
        }
        let count = self.inner().write(bytes).await?;
        self.written += count;
        Ok(count)
    }

    async fn flush(&mut self) -> Result<(), Error> {
        self.inner().flush().await
    }
}

struct Datagrams(<Stack as UdpStack>::Connected, Fault);

impl ConnectedUdp for Datagrams {
    type Error = Error;

    async fn send(&mut self, data: &[u8]) -> Result<(), Error> {
        let most = if self.1 == Fault::CutsDatagrams { 1024 } else { data.len() };
        self.0.send(&data[..data.len().min(most)]).await
    }

    async fn receive_into(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        self.0.receive_into(buffer).await
    }
}

impl UdpStack for Broken {
    type Error = Error;
    type Connected = Datagrams;
    type UniquelyBound = <Stack as UdpStack>::UniquelyBound;
    type MultiplyBound = <Stack as UdpStack>::MultiplyBound;

    async fn connect_from(
        &self,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Result<(SocketAddr, Datagrams), Error> {
        self.take()?;
        let (local, socket) = self.inner.connect_from(local, remote).await?;
        Ok((local, Datagrams(socket, self.fault)))
    }

    async fn bind_single(&self, local: SocketAddr) -> Result<(SocketAddr, Self::UniquelyBound), Error> {
        self.take()?;
        self.inner.bind_single(local).await
    }

    async fn bind_multiple(&self, local: SocketAddr) -> Result<Self::MultiplyBound, Error> {
        self.take()?;
        self.inner.bind_multiple(local).await
    }
}

/// The cases that fail, of those that are run here.
fn failed(peers: &Peers, fault: Fault) -> Vec<&'static str> {
    let mut bench = peers.bench();
    bench.only = &["A01", "A02", "A05", "A06", "A10", "A16", "A18", "A22", "A25", "D01", "D07", "D08", "D09"];
    bench.limit_ms = 10_000;
    let is_impatient = matches!(fault, Fault::ZeroForNothing | Fault::TimesOut);
    bench.idle_ms = if is_impatient { 2 * PATIENCE } else { 200 };
    bench.settle_ms = 500;
    bench.rounds = 20;
    bench.cancellations = 20;
    bench.bulk = 100_000;
    let stack = Broken { inner: Stack::default(), fault, left: Cell::new(SOCKETS) };
    let (mut records, context) = (Records::new(), Context { bench: &bench, timer: &System });
    async_io::block_on(async {
        let stack = Nal(&stack);
        asynch::tcp("async", &stack, context, &mut records).await;
        asynch::udp::run("async", &stack, context, &mut records).await;
    });
    assert_eq!(records.entries().count(), bench.only.len(), "all of them were run");
    println!("{fault:?}");
    records.entries().for_each(|entry| println!("    {}", entry.text()));
    records.failed().map(|entry| entry.case.id).collect()
}

#[test]
fn a_broken_async_stack_fails_the_case_that_is_about_it() {
    let peers = Peers::start_at([127, 0, 0, 1].into(), 100_000).expect("the system has ports");
    assert_eq!(failed(&peers, Fault::Nothing), [""; 0]);
    for (fault, case) in [
        (Fault::DropsAByte, "A25"),
        (Fault::RepeatsAByte, "A25"),
        (Fault::ZeroForNothing, "A05"),
        (Fault::TimesOut, "A05"),
        (Fault::NeverCloses, "A02"),
        (Fault::HidesResets, "A10"),
        (Fault::CutsDatagrams, "D07"),
        (Fault::LosesCancelledReads, "A18"),
    ] {
        assert_eq!(failed(&peers, fault), [case], "{fault:?}");
    }
    // From the first case on that finds no socket left, all fail.
    let leaking = failed(&peers, Fault::LeaksSockets);
    assert!(leaking.contains(&"A16") && leaking.contains(&"D09"), "{leaking:?}");
}
