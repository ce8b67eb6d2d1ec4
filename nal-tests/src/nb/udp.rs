//! Datagrams.

use core::net::SocketAddr;

use embedded_nal::{UdpFullStack, nb};

use super::ground::Ground;
use crate::{Capabilities, Failure, Role, Verdict, check, pattern};

/// A datagram that every stack takes.
const LONG: usize = 200;

/// A buffer into which it does not fit.
const SHORT: usize = 16;

pub(super) fn echo<S: UdpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let remote = ground.bench.udp.get(Role::Echo)?;
    ground.with_udp(|ground, socket| {
        connect(ground, socket, remote)?;
        for text in [b"one", b"two"] {
            ground.send_datagram(|stack| stack.send(socket, text))?;
            ground.expect_datagram(socket, text, remote)?;
        }
        Ok(())
    })
}

pub(super) fn nothing_yet<S: UdpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let remote = ground.bench.udp.get(Role::Echo)?;
    ground.with_udp(|ground, socket| {
        connect(ground, socket, remote)?;
        // The first datagram opens the socket in some stacks.
        ground.send_datagram(|stack| stack.send(socket, b"hello"))?;
        ground.expect_datagram(socket, b"hello", remote)?;
        for _ in 0..ground.bench.idle_ms {
            match ground.stack.receive(socket, &mut [0; 8]) {
                Err(nb::Error::WouldBlock) => ground.pause(1),
                Err(nb::Error::Other(_)) => {
                    return Err(Failure::wrong("receive without a datagram gave an error"));
                }
                Ok(_) => return Err(Failure::wrong("a datagram came that nobody sent")),
            }
        }
        Ok(())
    })
}

pub(super) fn several_peers<S: UdpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let peers = ground.two_peers()?;
    ground.with_udp(|ground, socket| {
        ground.bind(socket)?;
        for _ in 0..3 {
            for (peer, text) in peers.into_iter().zip([b"for the first ", b"for the second"]) {
                ground.send_datagram(|stack| stack.send_to(socket, peer, text))?;
                ground.expect_datagram(socket, text, peer)?;
            }
        }
        Ok(())
    })
}

pub(super) fn last_peer<S: UdpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let peers = ground.two_peers()?;
    ground.with_udp(|ground, socket| {
        ground.bind(socket)?;
        for peer in peers {
            ground.send_datagram(|stack| stack.send_to(socket, peer, b"to you"))?;
            ground.expect_datagram(socket, b"to you", peer)?;
            ground.send_datagram(|stack| stack.send(socket, b"and to you"))?;
            ground.expect_datagram(socket, b"and to you", peer)?;
        }
        Ok(())
    })
}

pub(super) fn unconnected<S: UdpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_udp(|ground, socket| {
        let sent = ground.until("send blocks for ever", |stack| stack.send(socket, b"hello"))?;
        check!(sent.is_err(), "send was Ok");
        Ok(())
    })
}

pub(super) fn too_long<S: UdpFullStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let remote = ground.bench.udp.get(Role::Echo)?;
    let mut long = [0; LONG];
    pattern::fill(&mut long, 0);
    ground.with_udp(|ground, socket| {
        connect(ground, socket, remote)?;
        ground.send_datagram(|stack| stack.send(socket, &long))?;
        ground.pause(ground.bench.idle_ms);
        let mut short = [0; SHORT];
        // What comes of it is left to the stack, but for bytes that were never sent.
        for _ in 0..ground.bench.settle_ms {
            match ground.stack.receive(socket, &mut short) {
                Ok(_) => {
                    check!(pattern::matches(&short, 0), "other bytes came back than were sent");
                    break;
                }
                Err(nb::Error::Other(_)) => break,
                Err(nb::Error::WouldBlock) => ground.pause(1),
            }
        }
        ground.send_datagram(|stack| stack.send(socket, b"the next one"))?;
        ground.expect_datagram(socket, b"the next one", remote)
    })
}

fn connect<S: UdpFullStack>(
    ground: &mut Ground<'_, S>,
    socket: &mut S::UdpSocket,
    remote: SocketAddr,
) -> Verdict {
    ground.stack.connect(socket, remote).map_err(|_| Failure::wrong("connect gave an error"))
}

impl<S: UdpFullStack> Ground<'_, S> {
    fn two_peers(&self) -> Result<[SocketAddr; 2], Failure> {
        self.bench.needs(self.bench.can.udp_bind, Capabilities::UDP_BIND)?;
        self.bench.needs(self.bench.can.udp_many, Capabilities::UDP_MANY)?;
        Ok([self.bench.udp.get(Role::Echo)?, self.bench.udp.get(Role::Echo2)?])
    }

    /// Gives a socket to `body` and closes it, whatever comes of that.
    fn with_udp(&mut self, body: impl FnOnce(&mut Self, &mut S::UdpSocket) -> Verdict) -> Verdict {
        let mut socket = self.stack.socket().map_err(|_| Failure::wrong("socket gave an error"))?;
        let verdict = body(self, &mut socket);
        verdict.and(self.stack.close(socket).map_err(|_| Failure::wrong("close gave an error")))
    }

    fn bind(&mut self, socket: &mut S::UdpSocket) -> Verdict {
        let port = self.bench.port;
        self.stack.bind(socket, port).map_err(|_| Failure::wrong("bind gave an error"))
    }

    fn send_datagram(&mut self, send: impl FnMut(&mut S) -> nb::Result<(), S::Error>) -> Verdict {
        self.until("send blocks for ever", send)?.map_err(|_| Failure::wrong("send gave an error"))
    }

    fn expect_datagram(&mut self, socket: &mut S::UdpSocket, bytes: &[u8], from: SocketAddr) -> Verdict {
        let mut buffer = [0; LONG];
        let mut what = "what was sent does not come back";
        loop {
            match self.stack.receive(socket, &mut buffer) {
                Ok((count, address)) => {
                    check!(buffer.get(..count) == Some(bytes), "another datagram came back than was sent");
                    check!(
                        address.port() == from.port(),
                        address.port(),
                        from.port(),
                        "the port of the peer"
                    );
                    check!(address.ip().to_canonical() == from.ip(), "another address than that of the peer");
                    return Ok(());
                }
                Err(nb::Error::WouldBlock) => {}
                Err(nb::Error::Other(_)) => {
                    what = "what was sent does not come back, and receive gives errors"
                }
            }
            self.spin(what)?;
        }
    }
}
