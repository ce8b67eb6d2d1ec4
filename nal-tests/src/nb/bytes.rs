//! All bytes are alike.

use embedded_nal::TcpClientStack;

use super::ground::Ground;
use crate::{Role, Verdict};

/// The silence around an escape sequence of a modem, with some more (ITU-T V.250 §6.2.9 leaves it to
/// the modem; a second is usual).
const GUARD_MS: u32 = 1200;

/// What a modem could take for the end of a payload.
const CONTROLS: &[&[u8]] =
    &[&[0], &[0, 0x1A, 0x1B], b"end\x1A", b"end\x1B", b"\x1A", b"\x1B", b"\x04", b"\x10"];

/// What the modem could say, or the host could wait for.
const ANSWERS: &[&[u8]] = &[
    b"\r\nOK\r\n",
    b"\r\nERROR\r\n",
    b"\r\n+CME ERROR: 3\r\n",
    b"\r\n+UUSORD: 0,5\r\n",
    b"\r\n+UUSOCL: 0\r\n",
    b"\r\n+SQNSRING: 1\r\n",
    b"\r\n+SQNSH: 1\r\n",
    b"\r\nNO CARRIER\r\n",
    b"\r\nCONNECT\r\n",
    b"\r\n> ",
    b"\r\n@",
    b"AT\r",
    b"+++",
];

const LINES: &[&[u8]] = &[
    b"\r",
    b"\n",
    b"\r\r\n",
    b"\"",
    b"\"\"",
    b",",
    b"\",\"",
    b"\xC3\x28",
    b"\xFF\xFE",
    b"\x80",
    b"\x11\x13",
];

/// Lengths at which something is cut: hexadecimal blocks, blocks, Ethernet, two blocks.
const LIMITS: &[usize] = &[512, 1024, 1500, 2048];

pub(super) fn all_values<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Echo, |ground, socket| {
        let mut bytes = [0; 256];
        for (place, value) in bytes.iter_mut().zip(0..=u8::MAX) {
            *place = value;
        }
        ground.exchange(socket, &bytes)?;
        bytes.reverse();
        ground.exchange(socket, &bytes)?;
        // Each alone.
        bytes.iter().try_for_each(|&byte| ground.exchange(socket, &[byte]))
    })
}

pub(super) fn controls<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    each(ground, CONTROLS)
}

pub(super) fn answers<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    each(ground, ANSWERS)
}

pub(super) fn line_ends<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    each(ground, LINES)
}

fn each<S: TcpClientStack>(ground: &mut Ground<'_, S>, words: &[&[u8]]) -> Verdict {
    ground.with_connection(Role::Echo, |ground, socket| {
        for word in words {
            ground.exchange(socket, word)?;
        }
        for word in words {
            ground.send(socket, word)?;
        }
        words.iter().try_for_each(|word| ground.expect(socket, word))
    })
}

pub(super) fn escape<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Echo, |ground, socket| {
        ground.exchange(socket, b"before")?;
        ground.pause(GUARD_MS);
        ground.send(socket, b"+++")?;
        ground.pause(GUARD_MS);
        ground.expect(socket, b"+++")?;
        ground.exchange(socket, b"after")
    })
}

pub(super) fn boundaries<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Echo, |ground, socket| {
        let words = [CONTROLS, ANSWERS, LINES].into_iter().flat_map(|words| words.iter().step_by(3));
        for (word, &limit) in words.zip(LIMITS.iter().cycle()) {
            for end in [limit - 1, limit, limit + 1, limit + word.len() / 2] {
                let mut bytes = [b'x'; 2064];
                let from = end.saturating_sub(word.len());
                for (place, &byte) in bytes.iter_mut().skip(from).zip(*word) {
                    *place = byte;
                }
                ground.exchange(socket, bytes.get(..limit + 2).unwrap_or_default())?;
                ground.exchange(socket, bytes.get(..end).unwrap_or_default())?;
            }
        }
        Ok(())
    })
}
