//! How a connection ends.

use core::net::SocketAddr;

use embedded_nal::{TcpClientStack, nb};

use super::ground::{Ground, is_closed};
use crate::{Failure, GOODBYE, Role, Verdict};

pub(super) fn data_then_closed<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Goodbye, |ground, socket| {
        // Time for the end to come before the data is asked for.
        ground.pause(ground.bench.idle_ms);
        ground.expect(socket, GOODBYE)?;
        let kind = ground
            .until_error("the end of the stream is not told", |stack| stack.receive(socket, &mut [0; 8]))?;
        is_closed("the error at the end of the stream", kind)
    })
}

pub(super) fn stays_at_the_end<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Goodbye, |ground, socket| {
        ground.expect(socket, GOODBYE)?;
        ground.pause(ground.bench.settle_ms);
        for _ in 0..ground.bench.idle_ms {
            match ground.stack.receive(socket, &mut [0; 8]) {
                Ok(0) | Err(nb::Error::Other(_)) => {}
                Ok(_) => return Err(Failure::wrong("something came after the end")),
                Err(nb::Error::WouldBlock) => {
                    return Err(Failure::wrong("receive after the end would block"));
                }
            }
            ground.pause(1);
        }
        Ok(())
    })
}

pub(super) fn reset<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Reset, |ground, socket| {
        ground.send(socket, b"x")?;
        let kind = ground
            .until_error("receive does not tell of the reset", |stack| stack.receive(socket, &mut [0; 8]))?;
        is_closed("the error of a receive after a reset", kind)?;
        let kind =
            ground.until_error("send does not tell of the reset", |stack| stack.send(socket, b"more"))?;
        is_closed("the error of a send after a reset", kind)
    })
}

pub(super) fn send_after_the_end<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Goodbye, |ground, socket| {
        ground.expect(socket, GOODBYE)?;
        ground.pause(ground.bench.idle_ms);
        let kind =
            ground.until_error("send does not tell of the end", |stack| stack.send(socket, b"more"))?;
        is_closed("the error of a send after the end", kind)
    })
}

pub(super) fn close_in_every_state<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_socket(|_, _| Ok(()))?;
    ground.with_connection(Role::Echo, |_, _| Ok(()))?;
    ground.with_connection(Role::Goodbye, |ground, _| {
        ground.pause(ground.bench.idle_ms);
        Ok(())
    })?;
    for role in [Role::Blackhole, Role::Refuse] {
        let Ok(remote) = ground.bench.tcp.get(role) else { continue };
        ground.with_socket(|ground, socket| {
            for _ in 0..ground.bench.idle_ms {
                match ground.stack.connect(socket, remote) {
                    Ok(()) => return Err(Failure::wrong("connect was Ok although nobody answers")),
                    Err(nb::Error::Other(_)) => break,
                    Err(nb::Error::WouldBlock) => ground.pause(1),
                }
            }
            Ok(())
        })?;
    }
    // And the stack is as good as before.
    ground.with_connection(Role::Echo, |ground, socket| ground.exchange(socket, b"hello"))
}

pub(super) fn link_loss<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let far = ground.bench.far()?;
    let missing = Failure::Missing("a far end that can do this to the link");
    let remote = ground.bench.tcp.get(Role::Echo)?;
    ground.with_socket(|ground, socket| {
        for _ in 0..ground.bench.rounds.min(4) {
            comes_back(ground, socket, remote)?;
            ground.exchange(socket, b"all is well")?;
            far.link(false).ok_or(missing)?;
            let lost = is_lost(ground, socket);
            far.link(true);
            lost?;
        }
        comes_back(ground, socket, remote)?;
        ground.exchange(socket, b"all is well again")
    })
}

/// The pipe is closed; until that shows, a few bytes may be taken.
fn is_lost<S: TcpClientStack>(ground: &mut Ground<'_, S>, socket: &mut S::TcpSocket) -> Verdict {
    let kind = ground
        .until_error("send does not tell that the link is lost", |stack| stack.send(socket, b"anybody?"))?;
    is_closed("the error of a send without a link", kind)?;
    let kind = ground.until_error("receive does not tell that the link is lost", |stack| {
        stack.receive(socket, &mut [0; 8])
    })?;
    is_closed("the error of a receive without a link", kind)
}

/// A connect succeeds; until then it may fail.
fn comes_back<S: TcpClientStack>(
    ground: &mut Ground<'_, S>,
    socket: &mut S::TcpSocket,
    remote: SocketAddr,
) -> Verdict {
    loop {
        let connected = ground.until("connect blocks for ever", |stack| stack.connect(socket, remote))?;
        if connected.is_ok() {
            return Ok(());
        }
        ground.spin("no connect succeeds any more")?;
    }
}
