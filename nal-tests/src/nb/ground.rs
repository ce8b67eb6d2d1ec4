//! What the cases stand on.

use core::net::SocketAddr;

use embedded_nal::{TcpClientStack, TcpError, TcpErrorKind, nb};

use crate::{Bench, Detail, Failure, FarEnd, Role, Verdict, check};

/// The stack, its surroundings and the time that is left.
pub(super) struct Ground<'a, S> {
    pub(super) stack: &'a mut S,
    pub(super) bench: &'a Bench<'a>,
    spin: &'a mut dyn FnMut(),
    left: u32,
}

impl<'a, S> Ground<'a, S> {
    pub(super) fn new(stack: &'a mut S, spin: &'a mut dyn FnMut(), bench: &'a Bench<'a>) -> Self {
        Self { stack, bench, spin, left: bench.limit_ms }
    }

    /// The time apart from the stack.
    pub(super) fn split(&mut self) -> (&mut S, Time<'_>) {
        (self.stack, Time { spin: self.spin, left: &mut self.left })
    }

    /// Lets a millisecond pass.
    ///
    /// # Errors
    /// None is left: then `what` is what failed.
    pub(super) fn spin(&mut self, what: &'static str) -> Verdict {
        self.split().1.spin(what)
    }

    /// Lets time pass.
    pub(super) fn pause(&mut self, milliseconds: u32) {
        for _ in 0..milliseconds {
            (self.spin)();
        }
    }

    /// Calls again until it would not block.
    pub(super) fn until<T, E>(
        &mut self,
        what: &'static str,
        mut call: impl FnMut(&mut S) -> nb::Result<T, E>,
    ) -> Result<Result<T, E>, Failure> {
        loop {
            match call(self.stack) {
                Ok(value) => return Ok(Ok(value)),
                Err(nb::Error::Other(error)) => return Ok(Err(error)),
                Err(nb::Error::WouldBlock) => self.spin(what)?,
            }
        }
    }

    /// Waits until something is so at the far end.
    pub(super) fn settles(
        &mut self,
        what: &'static str,
        is_so: impl Fn(&dyn FarEnd) -> Option<bool>,
    ) -> Verdict {
        let far = self.bench.far()?;
        let mut told = false;
        for _ in 0..self.bench.settle_ms {
            match is_so(far) {
                Some(true) => return Ok(()),
                known => told |= known.is_some(),
            }
            (self.spin)();
        }
        self.bench.needs(told, "a far end that tells what has come")?;
        Err(Failure::wrong(what))
    }
}

/// What is left of a [`Ground`] without its stack.
pub(super) struct Time<'a> {
    spin: &'a mut dyn FnMut(),
    left: &'a mut u32,
}

impl Time<'_> {
    fn spin(&mut self, what: &'static str) -> Verdict {
        *self.left = self.left.checked_sub(1).ok_or(Failure::wrong(what))?;
        (self.spin)();
        Ok(())
    }

    /// A ground with the same time and another stack.
    pub(super) fn ground<'b, S>(&'b mut self, stack: &'b mut S, bench: &'b Bench<'b>) -> Ground<'b, S> {
        Ground { stack, bench, spin: &mut *self.spin, left: *self.left }
    }
}

/// TCP.
impl<S: TcpClientStack> Ground<'_, S> {
    /// Gives a socket to `body` and closes it, whatever comes of that.
    pub(super) fn with_socket(
        &mut self,
        body: impl FnOnce(&mut Self, &mut S::TcpSocket) -> Verdict,
    ) -> Verdict {
        let mut socket = self.stack.socket().map_err(|error| failed("socket gave an error", &error))?;
        let verdict = body(self, &mut socket);
        let closed = self.stack.close(socket).map_err(|error| failed("close gave an error", &error));
        verdict.and(closed)
    }

    /// Gives a connection to `body` and closes it, whatever comes of that.
    pub(super) fn with_connection(
        &mut self,
        role: Role,
        body: impl FnOnce(&mut Self, &mut S::TcpSocket) -> Verdict,
    ) -> Verdict {
        let remote = self.bench.tcp.get(role)?;
        self.with_socket(|ground, socket| {
            ground.connect(socket, remote)?;
            body(ground, socket)
        })
    }

    pub(super) fn connect(&mut self, socket: &mut S::TcpSocket, remote: SocketAddr) -> Verdict {
        self.until("connect blocks for ever", |stack| stack.connect(socket, remote))?
            .map_err(|error| failed("connect gave an error", &error))
    }

    /// Sends them all.
    pub(super) fn send(&mut self, socket: &mut S::TcpSocket, mut bytes: &[u8]) -> Verdict {
        while !bytes.is_empty() {
            let count = self.send_some(socket, bytes)?;
            bytes = bytes.get(count..).unwrap_or_default();
            if count == 0 {
                self.spin("send blocks for ever")?;
            }
        }
        Ok(())
    }

    /// Sends what fits now, which may be nothing.
    pub(super) fn send_some(&mut self, socket: &mut S::TcpSocket, bytes: &[u8]) -> Result<usize, Failure> {
        match self.stack.send(socket, bytes) {
            Ok(count) => {
                check!(count <= bytes.len(), count, bytes.len(), "send took more than there was");
                Ok(count)
            }
            Err(nb::Error::WouldBlock) => Ok(0),
            Err(nb::Error::Other(error)) => Err(failed("send gave an error", &error)),
        }
    }

    /// Receives what is there, which may be nothing.
    pub(super) fn receive_some<'b>(
        &mut self,
        socket: &mut S::TcpSocket,
        buffer: &'b mut [u8],
    ) -> Result<&'b [u8], Failure> {
        match self.stack.receive(socket, buffer) {
            Ok(count) => {
                let len = buffer.len();
                buffer.get(..count).ok_or(Failure::number(
                    "receive gave more than fits",
                    count as u64,
                    len as u64,
                ))
            }
            Err(nb::Error::WouldBlock) => Ok(&[]),
            Err(nb::Error::Other(error)) => Err(failed("receive gave an error", &error)),
        }
    }

    /// Receives just these bytes.
    pub(super) fn expect(&mut self, socket: &mut S::TcpSocket, mut bytes: &[u8]) -> Verdict {
        let mut buffer = [0; 256];
        while !bytes.is_empty() {
            let room = buffer.len().min(bytes.len());
            let came = self.receive_some(socket, buffer.get_mut(..room).unwrap_or_default())?;
            if came.is_empty() {
                self.spin("what was sent does not come")?;
            }
            bytes = bytes.strip_prefix(came).ok_or(Failure::wrong("other bytes came than were sent"))?;
        }
        Ok(())
    }

    /// Sends bytes to an echo and receives them back, both at once.
    pub(super) fn exchange(&mut self, socket: &mut S::TcpSocket, bytes: &[u8]) -> Verdict {
        let (mut unsent, mut unheard) = (bytes, bytes);
        let mut buffer = [0; 256];
        while !unheard.is_empty() {
            let count = if unsent.is_empty() { 0 } else { self.send_some(socket, unsent)? };
            unsent = unsent.get(count..).unwrap_or_default();
            let room = buffer.len().min(unheard.len() - unsent.len());
            let came = match buffer.get_mut(..room) {
                Some(room) if !room.is_empty() => self.receive_some(socket, room)?,
                _ => &[],
            };
            unheard =
                unheard.strip_prefix(came).ok_or(Failure::wrong("other bytes came back than were sent"))?;
            if count == 0 && came.is_empty() {
                self.spin("what was sent does not come back")?;
            }
        }
        Ok(())
    }

    /// Calls until there is an error, which it gives.
    pub(super) fn until_error<T>(
        &mut self,
        what: &'static str,
        mut call: impl FnMut(&mut S) -> nb::Result<T, S::Error>,
    ) -> Result<TcpErrorKind, Failure> {
        loop {
            match call(self.stack) {
                Err(nb::Error::Other(error)) => return Ok(error.kind()),
                Ok(_) | Err(nb::Error::WouldBlock) => self.spin(what)?,
            }
        }
    }
}

/// A failure for an error that was not to be.
pub(super) fn failed(what: &'static str, error: &impl TcpError) -> Failure {
    Failure::Wrong { what, detail: Detail::Text(name(error.kind())) }
}

/// Ends the case unless the pipe is closed.
pub(super) fn is_closed(what: &'static str, kind: TcpErrorKind) -> Verdict {
    is(what, kind, TcpErrorKind::PipeClosed)
}

/// Ends the case if the pipe is closed.
pub(super) fn is_other(what: &'static str, kind: TcpErrorKind) -> Verdict {
    is(what, kind, TcpErrorKind::Other)
}

fn is(what: &'static str, kind: TcpErrorKind, expected: TcpErrorKind) -> Verdict {
    if kind == expected { Ok(()) } else { Err(Failure::Wrong { what, detail: Detail::Text(name(kind)) }) }
}

fn name(kind: TcpErrorKind) -> &'static str {
    match kind {
        TcpErrorKind::PipeClosed => "TcpErrorKind::PipeClosed",
        _ => "TcpErrorKind::Other",
    }
}
