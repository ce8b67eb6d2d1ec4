//! TCP servers.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use std::vec;
use std::vec::Vec;

use socket2::{Domain, SockRef, Socket, Type};

use crate::pattern::{self, Digest};
use crate::{CLOSE_AFTER, Ended, GOODBYE, Role, Seen, TRICKLE};

/// How often a server looks whether it is to end.
const TICK: Duration = Duration::from_millis(2);

/// What a server knows about its connections.
#[derive(Default)]
pub(super) struct Record(Mutex<State>);

#[derive(Default)]
struct State {
    taken: u32,
    received: u64,
    digest: Digest,
    ended: Option<Ended>,
}

impl Record {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn taken(&self) -> u32 {
        self.state().taken
    }

    pub(super) fn newest(&self) -> Option<Seen> {
        let state = self.state();
        (state.taken > 0).then(|| Seen {
            received: state.received,
            digest: state.digest.value(),
            ended: state.ended.unwrap_or(Ended::Open),
        })
    }

    /// A connection comes; what is said about older ones is ignored from now on.
    fn take(self: &Arc<Self>) -> Line {
        let mut state = self.state();
        *state = State { taken: state.taken + 1, ..State::default() };
        Line { number: state.taken, record: self.clone() }
    }
}

/// What becomes of one connection.
struct Line {
    number: u32,
    record: Arc<Record>,
}

impl Line {
    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.record.state();
        if state.taken == self.number {
            change(&mut state);
        }
    }

    /// Reads once; 0 at the end of any kind.
    fn read(&self, mut stream: &TcpStream, buffer: &mut [u8]) -> usize {
        match stream.read(buffer) {
            Ok(0) => {
                self.change(|state| state.ended = Some(Ended::End));
                0
            }
            Ok(count) => {
                self.change(|state| {
                    state.received += count as u64;
                    state.digest.update(&buffer[..count]);
                });
                count
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => self.read(stream, buffer),
            Err(_) => {
                self.change(|state| state.ended = Some(Ended::Reset));
                0
            }
        }
    }

    /// Reads to the end.
    fn drain(&self, stream: &TcpStream) {
        let mut buffer = vec![0; 1 << 16];
        while self.read(stream, &mut buffer) > 0 {}
    }
}

/// Starts a server and says where it is.
pub(super) fn start(
    at: SocketAddr,
    role: Role,
    bulk: u32,
    record: Arc<Record>,
    stop: Arc<AtomicBool>,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(at)?;
    if matches!(role, Role::Stall | Role::SlowReader) {
        // What the system takes although nobody reads it.
        SockRef::from(&listener).set_recv_buffer_size(1 << 14)?;
    }
    let address = listener.local_addr()?;
    listener.set_nonblocking(true)?;
    thread::Builder::new().name("nal-tests".into()).spawn(move || {
        let mut stalled = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            match listener.accept() {
                Ok((stream, _)) => {
                    let _ = stream.set_nonblocking(false);
                    let _ = stream.set_nodelay(true);
                    let line = record.take();
                    if role == Role::Stall {
                        stalled.push(stream);
                        // Enough for every case, and not one more for every round.
                        if stalled.len() > 8 {
                            stalled.remove(0);
                        }
                    } else {
                        thread::spawn(move || serve(role, bulk, &stream, &line));
                    }
                }
                Err(_) => thread::sleep(TICK),
            }
        }
    })?;
    Ok(address)
}

/// Opens a connection and behaves as the role says.
pub(super) fn dial(to: SocketAddr, role: Role, bulk: u32, record: Arc<Record>) {
    thread::spawn(move || {
        for _ in 0..50 {
            if let Ok(stream) = TcpStream::connect_timeout(&to, Duration::from_secs(5)) {
                let _ = stream.set_nodelay(true);
                let line = record.take();
                serve(role, bulk, &stream, &line);
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    });
}

fn serve(role: Role, bulk: u32, mut stream: &TcpStream, line: &Line) {
    match role {
        Role::Echo => {
            let mut buffer = vec![0; 1 << 14];
            loop {
                let count = line.read(stream, &mut buffer);
                if count == 0 || stream.write_all(&buffer[..count]).is_err() {
                    break;
                }
            }
        }
        Role::Chargen => beside(stream, |stream| send(stream, 0, bulk).map(drop), || line.drain(stream)),
        Role::Trickle => beside(stream, trickle, || line.drain(stream)),
        Role::Goodbye => {
            let _ = stream.write_all(GOODBYE);
        }
        Role::HalfClose => {
            let _ = stream.write_all(GOODBYE);
            let _ = stream.shutdown(Shutdown::Write);
            line.drain(stream);
        }
        Role::CloseAfter => {
            let (mut left, mut buffer) = (CLOSE_AFTER, [0; CLOSE_AFTER]);
            while left > 0 {
                match line.read(stream, &mut buffer[..left]) {
                    0 => break,
                    count => left -= count,
                }
            }
        }
        Role::Reset => {
            line.read(stream, &mut [0]);
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
        Role::SlowReader => {
            let mut buffer = [0; 4096];
            while line.read(stream, &mut buffer) > 0 {
                thread::sleep(Duration::from_millis(5));
            }
        }
        _ => line.drain(stream),
    }
}

/// Sends in one thread while this one reads to the end; sending ends with that.
fn beside(stream: &TcpStream, send: impl FnOnce(&TcpStream) -> io::Result<()> + Send, read: impl FnOnce()) {
    thread::scope(|scope| {
        scope.spawn(|| send(stream));
        read();
        let _ = stream.shutdown(Shutdown::Both);
    });
}

fn send(mut stream: &TcpStream, mut from: u32, to: u32) -> io::Result<u32> {
    let mut piece = [0; 4096];
    while from < to {
        let count = piece.len().min((to - from) as usize);
        pattern::fill(&mut piece[..count], from);
        stream.write_all(&piece[..count])?;
        from += count as u32;
    }
    Ok(from)
}

fn trickle(stream: &TcpStream) -> io::Result<()> {
    let (mut from, mut len) = (0, 1);
    while from < TRICKLE {
        from = send(stream, from, TRICKLE.min(from + len))?;
        len = if len < 1024 { len * 2 } else { 1 };
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn socket(at: SocketAddr) -> io::Result<(Socket, SocketAddr)> {
    let domain = if at.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
    let socket = Socket::new(domain, Type::STREAM, None)?;
    // Connections of before may still be about to end.
    socket.set_reuse_address(true)?;
    socket.bind(&at.into())?;
    let address = socket.local_addr()?.as_socket().ok_or(io::ErrorKind::InvalidData)?;
    Ok((socket, address))
}

/// A port that belongs to somebody who does not listen, until it is opened.
pub(super) struct Closed {
    address: SocketAddr,
    /// Keeps the port while nobody listens.
    held: Option<Socket>,
    /// Ends the server that listens.
    stop: Arc<AtomicBool>,
}

impl Closed {
    pub(super) fn at(at: IpAddr) -> io::Result<(Self, SocketAddr)> {
        let (held, address) = socket(SocketAddr::new(at, 0))?;
        Ok((Closed { address, held: Some(held), stop: Arc::default() }, address))
    }

    /// Listens from now on and echoes, or does so no more.
    pub(super) fn open(&mut self, open: bool) -> io::Result<()> {
        if open == self.held.is_none() {
            return Ok(());
        }
        if open {
            self.held = None;
            self.stop = Arc::default();
            start(self.address, Role::Echo, 0, Arc::default(), self.stop.clone()).map(drop)
        } else {
            self.stop.store(true, Ordering::Relaxed);
            // The server looks at that now and then; its port is free when it has ended.
            for _ in 0..100 {
                if let Ok((held, _)) = socket(self.address) {
                    self.held = Some(held);
                    return Ok(());
                }
                thread::sleep(TICK);
            }
            Err(io::ErrorKind::AddrInUse.into())
        }
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// A port whose queue is full, so that no attempt is answered; not every system has such.
pub(super) fn blackhole(at: IpAddr) -> io::Result<(Vec<Socket>, SocketAddr)> {
    let at = SocketAddr::new(at, 0);
    let (listener, address) = socket(at)?;
    listener.listen(0)?;
    let mut held = vec![listener];
    for _ in 0..8 {
        let (client, _) = socket(at)?;
        let fits = client.connect_timeout(&address.into(), Duration::from_millis(100)).is_ok();
        held.push(client);
        if !fits {
            return Ok((held, address));
        }
    }
    Err(io::ErrorKind::Unsupported.into())
}
