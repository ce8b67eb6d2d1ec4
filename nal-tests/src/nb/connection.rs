//! What a connection carries, and how many there may be.

use embedded_nal::{SharableStack, TcpClientStack, nb};

use super::ground::{Ground, failed};
use crate::{Ended, Failure, Role, Verdict, check, pattern};

/// Bytes of a piece.
const PIECE: usize = 1500;

/// Bytes that no buffer takes when the peer does not read.
const MUCH: usize = 32 << 20;

/// Connections at once when their number is not limited.
const SOME: usize = 4;

pub(super) fn short_sends<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let total = ground.bench.bulk.min(64 << 10);
    ground.with_connection(Role::Echo, |ground, socket| {
        let (mut sent, mut heard) = (0, 0);
        let (mut piece, mut buffer) = ([0; PIECE], [0; 700]);
        while heard < total {
            let mut moved = false;
            let len = PIECE.min((total - sent) as usize);
            if len > 0 {
                let piece = piece.get_mut(..len).unwrap_or_default();
                pattern::fill(piece, sent);
                let count = ground.send_some(socket, piece)?;
                sent += count as u32;
                moved |= count > 0;
            }
            let came = ground.receive_some(socket, &mut buffer)?;
            check!(pattern::matches(came, heard), "other bytes came back than were sent");
            heard += came.len() as u32;
            check!(heard <= sent, heard, sent, "bytes that came back");
            moved |= !came.is_empty();
            if !moved {
                ground.spin("what was sent does not come back")?;
            }
        }
        Ok(())
    })
}

pub(super) fn small_sends<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let mut bytes = [0; 200];
    pattern::fill(&mut bytes, 0);
    ground.with_connection(Role::Echo, |ground, socket| {
        for byte in bytes.chunks(1) {
            ground.send(socket, byte)?;
        }
        ground.expect(socket, &bytes)
    })
}

pub(super) fn small_receives<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Chargen, |ground, socket| {
        for at in 0..ground.bench.bulk.min(1000) {
            ground.expect(socket, &[pattern::byte(at)])?;
        }
        Ok(())
    })
}

pub(super) fn full<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Stall, |ground, socket| {
        let (mut sent, mut idle) = (0, 0);
        let piece = [b'x'; PIECE];
        while idle < ground.bench.idle_ms {
            check!(sent < MUCH, "send takes bytes without end");
            match ground.stack.send(socket, &piece) {
                Ok(0) => return Err(Failure::wrong("send was Ok(0)")),
                Ok(count) => {
                    sent += count;
                    idle = 0;
                }
                Err(nb::Error::WouldBlock) => {
                    idle += 1;
                    ground.spin("the buffers do not fill")?;
                }
                Err(nb::Error::Other(error)) => return Err(failed("send gave an error", &error)),
            }
        }
        Ok(())
    })
}

pub(super) fn empty_send<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Echo, |ground, socket| {
        for word in [b"one", b"two"] {
            let sent = ground.until("send of nothing blocks for ever", |stack| stack.send(socket, &[]))?;
            let count = sent.map_err(|error| failed("send of nothing gave an error", &error))?;
            check!(count == 0, count, 0, "what a send of nothing has sent");
            ground.exchange(socket, word)?;
        }
        Ok(())
    })
}

pub(super) fn empty_receive<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Echo, |ground, socket| {
        ground.send(socket, b"hello")?;
        for _ in 0..ground.bench.idle_ms {
            ground.receive_some(socket, &mut [])?;
            ground.pause(1);
        }
        ground.expect(socket, b"hello")
    })
}

/// All sockets but one stay connected, and that one is closed and opened again.
pub(super) fn one_for_another<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let count = ground.bench.max_sockets.unwrap_or(SOME);
    with_connections(ground, count.saturating_sub(1), &mut |ground| {
        for _ in 0..5 {
            ground.with_connection(Role::Echo, |ground, socket| ground.exchange(socket, b"hello"))?;
        }
        Ok(())
    })
}

fn with_connections<S: TcpClientStack>(
    ground: &mut Ground<'_, S>,
    count: usize,
    body: &mut dyn FnMut(&mut Ground<'_, S>) -> Verdict,
) -> Verdict {
    match count.checked_sub(1) {
        None => body(ground),
        Some(rest) => ground.with_connection(Role::Echo, |ground, socket| {
            with_connections(ground, rest, body)?;
            ground.exchange(socket, b"still here")
        }),
    }
}

pub(super) fn sent_before_close<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.bench.far()?;
    let mut bytes = [0; 600];
    pattern::fill(&mut bytes, 0);
    let digest = pattern::Digest::of(&bytes);
    ground.with_connection(Role::Discard, |ground, socket| ground.send(socket, &bytes))?;
    ground.settles("what was sent before close does not arrive", |far| {
        far.newest(Role::Discard).map(|seen| seen.received == bytes.len() as u64 && seen.digest == digest)
    })
}

pub(super) fn closed<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.bench.far()?;
    ground.with_connection(Role::Discard, |ground, socket| ground.send(socket, b"farewell"))?;
    ground.settles("the peer does not see that the connection was closed", |far| {
        far.newest(Role::Discard).map(|seen| seen.ended != Ended::Open)
    })
}

pub(super) fn shared<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let bench = ground.bench;
    let (mut stack, mut time) = ground.split();
    in_turn(&mut time.ground(&mut stack, bench))?;
    let sharable = SharableStack::new(stack);
    in_turn(&mut time.ground(&mut sharable.acquire(), bench))?;
    // Two users of one stack.
    let (mut one, mut other) = (sharable.acquire(), sharable.acquire());
    time.ground(&mut one, bench).with_connection(Role::Echo, |ground, socket| {
        ground.send(socket, b"one")?;
        let (_, mut time) = ground.split();
        time.ground(&mut other, bench)
            .with_connection(Role::Echo, |ground, socket| ground.exchange(socket, b"other"))?;
        ground.expect(socket, b"one")
    })
}

fn in_turn<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Echo, |ground, first| {
        ground.with_connection(Role::Echo, |ground, second| {
            for _ in 0..5 {
                ground.send(first, b"to the first")?;
                ground.send(second, b"to the second")?;
                ground.expect(first, b"to the first")?;
                ground.expect(second, b"to the second")?;
            }
            Ok(())
        })
    })
}
