//! A connection does not care what its bytes mean.

use embedded_io_async::{Read, Write};

use super::stack::Tcp;
use super::stream::round;
use crate::run::suite;
use crate::{Context, Role, Timer, Verdict, pattern, value};

suite! {
    /// Cases about bytes that mean something to somebody on the way.
    pub async fn run(stack: Tcp) {
        "B01" Must all_values, "All 256 values of a byte are carried.",
            "Read, Write (embedded-io-async 0.7)";
        "B02" Must control_characters, "NUL, Ctrl-Z and Escape are carried, at the end too.",
            "Ctrl-Z sends and Escape gives up at prompts of modems (3GPP TS 27.005 §3.5.1)";
        "B03" Must escape_sequence, "+++ is carried, with pauses around it.",
            "+++ leaves the data mode of modems (ITU-T V.250 §5.2.6)";
        "B04" Must answers, "What looks like a modem's answer is carried.",
            "result codes (ITU-T V.250 §5.7.1)";
        "B05" Must separators, "Line ends, quotes, commas and what is no text are carried.",
            "embedded-tls 0.19, MQTT";
        "B06" Must boundaries, "All that is carried at the boundaries of pieces of all usual sizes.",
            "socket commands of modems take 512, 1024 or 1500 bytes";
    }
}

/// What somebody on the way may take for something.
pub const SUSPICIOUS: &[&[u8]] = &[
    b"\r\nOK\r\n",
    b"\r\nERROR\r\n",
    b"\r\n+CME ERROR: 3\r\n",
    b"\r\n+UUSORD: 0,5\r\n",
    b"\r\n+UUSOCL: 0\r\n",
    b"\r\n+SQNSRING: 1\r\n",
    b"\r\n+SQNSH: 1\r\n",
    b"\r\nNO CARRIER\r\n",
    b"\r\nCONNECT\r\n",
    b"\r\nDISCONNECT\r\n",
    b"\r\n> ",
    b"\r\n@",
    b"AT+USOCL=0\r",
    b"AT\r",
    b"+++",
];

/// Longest piece of [`boundaries`].
const LONGEST: usize = 2049;

async fn echo<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>, texts: &[&[u8]]) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    for text in texts {
        round(&mut socket, text).await?;
    }
    Ok(())
}

async fn all_values<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut all = [0; 256];
    for (place, value) in all.iter_mut().zip(0..=255_u8) {
        *place = value;
    }
    let mut backwards = all;
    backwards.reverse();
    echo(stack, context, &[&all, &backwards]).await
}

async fn control_characters<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let texts: &[&[u8]] = &[
        b"\0",
        b"\x1a",
        b"\x1b",
        b"\0\x1a\x1b",
        b"text\x1a",
        b"text\x1b",
        b"text\0",
        b"\x1a\x1a\x1b\x1b\0\0text",
        b"\x11\x13\x04\x08\x7f",
    ];
    echo(stack, context, texts).await
}

async fn escape_sequence<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    round(&mut socket, b"before+++after").await?;
    // Longer than the guard time of one second.
    context.pause(1200).await;
    round(&mut socket, b"+++").await?;
    context.pause(1200).await;
    round(&mut socket, b"ATH\r").await?;
    context.pause(1200).await;
    for part in [b"+", b"+", b"+"] {
        value!(socket.write_all(part).await, "write");
        value!(socket.flush().await, "flush");
    }
    let mut back = [0; 3];
    super::stream::exactly(&mut socket, &mut back).await?;
    context.pause(1200).await;
    round(&mut socket, b"still here").await
}

async fn answers<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    echo(stack, context, SUSPICIOUS).await
}

async fn separators<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let texts: &[&[u8]] = &[
        b"\r",
        b"\n",
        b"\r\n",
        b"\n\r",
        b"\"",
        b"\",\"",
        b",",
        b"\\\"",
        b"a,b;c=\"d\"\r\n",
        b"\xff\xfe",
        b"\xc3",
        b"\xed\xa0\x80",
        b" ",
        b"  \t",
    ];
    echo(stack, context, texts).await
}

async fn boundary<S: Read + Write>(socket: &mut S, piece: &mut [u8], text: &[u8]) -> Verdict {
    pattern::fill(piece, 0);
    let text = text.get(..piece.len().min(text.len())).unwrap_or_default();
    // It begins the piece and it ends it.
    if let Some((start, _)) = piece.split_at_mut_checked(text.len()) {
        start.copy_from_slice(text);
    }
    if let Some((_, end)) = piece.split_at_mut_checked(piece.len() - text.len()) {
        end.copy_from_slice(text);
    }
    round(socket, piece).await
}

async fn boundaries<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    let sizes =
        [63, 64, 65, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1459, 1460, 1500, 1501, 2047, LONGEST];
    let mut buffer = [0; LONGEST];
    let mut texts = SUSPICIOUS.iter().cycle();
    for size in sizes {
        for text in [texts.next().copied().unwrap_or_default(), b"\x1a"] {
            boundary(&mut socket, buffer.get_mut(..size).unwrap_or_default(), text).await?;
        }
    }
    Ok(())
}
