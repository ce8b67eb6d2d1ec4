//! How a connection ends.

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
