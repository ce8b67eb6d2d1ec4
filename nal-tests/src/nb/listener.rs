//! Connections from outside.

use core::net::SocketAddr;

use embedded_nal::{TcpFullStack, nb};

use super::ground::{Ground, failed};
use crate::{Capabilities, Failure, GOODBYE, Role, Verdict, check};

/// Clients beyond the sockets that there are.
const TOO_MANY: usize = 2;

/// Sockets to fill when their number is not limited.
const SOME: usize = 4;

pub(super) fn echo<S: TcpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_listener(0, |ground, listener| {
        ground.dial(0, Role::Echo)?;
        ground.with_client(listener, |ground, _, client, _| ground.exchange(client, b"hello"))?;
        ground.dial(0, Role::Goodbye)?;
        ground.with_client(listener, |ground, _, client, _| ground.expect(client, GOODBYE))
    })
}

pub(super) fn nobody<S: TcpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_listener(1, |ground, listener| {
        for _ in 0..ground.bench.idle_ms {
            match ground.stack.accept(listener) {
                Err(nb::Error::WouldBlock) => ground.pause(1),
                Err(nb::Error::Other(error)) => return Err(failed("accept gave an error", &error)),
                Ok((client, _)) => {
                    let _ = ground.stack.close(client);
                    return Err(Failure::wrong("accept was Ok although nobody connects"));
                }
            }
        }
        Ok(())
    })
}

pub(super) fn two<S: TcpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_listener(2, |ground, listener| {
        for _ in 0..2 {
            ground.dial(2, Role::Echo)?;
            ground.with_client(listener, |ground, _, client, _| ground.exchange(client, b"hello"))?;
        }
        ground.dial(2, Role::Echo)?;
        ground.with_client(listener, |ground, listener, first, _| {
            ground.dial(2, Role::Echo)?;
            ground.with_client(listener, |ground, _, second, _| {
                ground.send(first, b"to the first")?;
                ground.send(second, b"to the second")?;
                ground.expect(second, b"to the second")?;
                ground.expect(first, b"to the first")
            })
        })
    })
}

pub(super) fn address<S: TcpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_listener(3, |ground, listener| {
        ground.dial(3, Role::Echo)?;
        ground.with_client(listener, |_, _, _, address| {
            check!(!address.ip().is_unspecified(), "the address is unspecified");
            check!(address.port() != 0, "the port is 0");
            Ok(())
        })
    })
}

pub(super) fn port_in_use<S: TcpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_listener(4, |ground, _| {
        let port = ground.port(4);
        ground.with_socket(|ground, second| {
            let bound = ground.stack.bind(second, port).and_then(|()| ground.stack.listen(second));
            check!(bound.is_err(), "the second is Ok");
            Ok(())
        })
    })
}

pub(super) fn port_again<S: TcpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    for _ in 0..3 {
        ground.with_listener(5, |ground, listener| {
            ground.dial(5, Role::Echo)?;
            ground.with_client(listener, |ground, _, client, _| ground.exchange(client, b"hello"))
        })?;
    }
    Ok(())
}

pub(super) fn too_many<S: TcpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let count = ground.bench.max_sockets.unwrap_or(SOME) + TOO_MANY;
    ground.with_listener(6, |ground, listener| {
        for _ in 0..count {
            ground.dial(6, Role::Goodbye)?;
        }
        ground.pause(ground.bench.settle_ms);
        // Those that were taken; the others may have been refused.
        for _ in 0..count {
            for _ in 0..ground.bench.idle_ms {
                match ground.stack.accept(listener) {
                    Ok((client, _)) => {
                        ground.stack.close(client).map_err(|error| failed("close gave an error", &error))?;
                        break;
                    }
                    Err(_) => ground.pause(1),
                }
            }
        }
        ground.pause(ground.bench.settle_ms);
        ground.dial(6, Role::Echo)?;
        loop {
            let Ok((mut client, _)) = ground.stack.accept(listener) else {
                ground.spin("accept does not recover")?;
                continue;
            };
            // One of the earlier ones may still have been waiting.
            let verdict = ground.exchange(&mut client, b"hello");
            ground.stack.close(client).map_err(|error| failed("close gave an error", &error))?;
            if verdict.is_ok() {
                return Ok(());
            }
        }
    })
}

impl<S: TcpFullStack> Ground<'_, S> {
    /// A port of this case's own.
    fn port(&self, place: u16) -> u16 {
        self.bench.port.wrapping_add(place)
    }

    /// Gives a listener to `body` and closes it, whatever comes of that.
    fn with_listener(
        &mut self,
        place: u16,
        body: impl FnOnce(&mut Self, &mut S::TcpSocket) -> Verdict,
    ) -> Verdict {
        self.bench.needs(self.bench.can.tcp_server, Capabilities::TCP_SERVER)?;
        let port = self.port(place);
        self.with_socket(|ground, socket| {
            ground.stack.bind(socket, port).map_err(|error| failed("bind gave an error", &error))?;
            ground.stack.listen(socket).map_err(|error| failed("listen gave an error", &error))?;
            // A stack that begins to listen in the background does it now.
            for _ in 0..ground.bench.settle_ms {
                if let Ok((client, _)) = ground.stack.accept(socket) {
                    let _ = ground.stack.close(client);
                    return Err(Failure::wrong("accept was Ok although nobody connects"));
                }
                ground.pause(1);
            }
            body(ground, socket)
        })
    }

    /// Has the far end connect.
    fn dial(&mut self, place: u16, role: Role) -> Verdict {
        let missing = Failure::Missing("a far end that connects to the stack");
        let to = SocketAddr::new(self.bench.local.ok_or(missing)?, self.port(place));
        self.bench.far()?.dial(to, role).ok_or(missing)
    }

    /// Accepts a connection, gives it to `body` behind the listener and closes it, whatever comes of that.
    fn with_client(
        &mut self,
        listener: &mut S::TcpSocket,
        body: impl FnOnce(&mut Self, &mut S::TcpSocket, &mut S::TcpSocket, SocketAddr) -> Verdict,
    ) -> Verdict {
        let accepted = self.until("accept blocks for ever", |stack| stack.accept(listener))?;
        let (mut client, address) = accepted.map_err(|error| failed("accept gave an error", &error))?;
        let verdict = body(self, listener, &mut client, address);
        verdict.and(self.stack.close(client).map_err(|error| failed("close gave an error", &error)))
    }
}
