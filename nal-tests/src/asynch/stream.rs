//! A TCP connection carries bytes.

use embedded_io_async::{Read, Write};

use super::stack::Tcp;
use crate::run::suite;
use crate::{Context, Failure, Role, Timer, Verdict, check, pattern, value};

suite! {
    /// Cases about the bytes of a connection.
    pub async fn run(stack: Tcp) {
        "A01" Must echo, "What is sent comes back.",
            "TcpConnect (embedded-nal-async 0.9, edge-nal 0.7)";
        "A05" Must silence, "A read without data waits, and neither times out nor is interrupted.",
            "Read::read (embedded-io-async 0.7); minimq 0.13 takes such an error for a lost connection";
        "A07" Must read_nothing, "A read into an empty buffer returns without waiting.",
            "Read::read (embedded-io-async 0.7)";
        "A08" Must write_nothing, "A write of an empty buffer returns without waiting.",
            "Write::write (embedded-io-async 0.7)";
        "A13" Must errors, "The error of a stack has a kind.",
            "TcpConnect::Error: embedded_io::Error";
        "A21" Clients progress, "Writes make progress without a flush.",
            "minimq 0.13: `Io`";
        "A22" Clients small_writes, "Two hundred writes of one byte arrive in their order.",
            "rust-mqtt 0.6 and edge-http 0.8 write 1 to 4 bytes at a time";
        "A23" Clients small_reads, "A thousand reads of one byte find every byte.",
            "edge-http 0.8 reads heads byte by byte; minimq 0.13, mqttrust 1.0";
        "A24" Implementation unflushed_request, "A request that was not flushed leaves before its answer is read.",
            "embedded-tls 0.19 with FlushPolicy::Relaxed";
    }
}

/// Fills a buffer from a connection.
pub(super) async fn exactly<R: Read>(socket: &mut R, buffer: &mut [u8]) -> Verdict {
    let (mut filled, all) = (0, buffer.len());
    while filled < all {
        let rest = buffer.get_mut(filled..).unwrap_or_default();
        let count = value!(socket.read(rest).await, "read");
        check!(count != 0, filled, all, "the stream ended early");
        check!(count <= all - filled, count, all - filled, "more bytes were read than there was room for");
        filled += count;
    }
    Ok(())
}

/// Sends bytes and waits for them to come back.
pub(super) async fn round<S: Read + Write>(socket: &mut S, sent: &[u8]) -> Verdict {
    value!(socket.write_all(sent).await, "write");
    value!(socket.flush().await, "flush");
    let mut back = [0; 64];
    for piece in sent.chunks(back.len()) {
        let back = back.get_mut(..piece.len()).unwrap_or_default();
        exactly(socket, back).await?;
        check!(back == piece, "other bytes came back than were sent");
    }
    Ok(())
}

/// Opens a connection to the echo and uses it once.
pub(super) async fn works<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    round(&mut socket, b"are you there?").await
}

async fn echo<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    for len in [1, 2, 31, 32, 33, 200] {
        let mut sent = [0; 200];
        let sent = sent.get_mut(..len).unwrap_or_default();
        pattern::fill(sent, len as u32);
        round(&mut socket, sent).await?;
    }
    Ok(())
}

async fn silence<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    if let Some(result) = context.within(context.bench.idle_ms, socket.read(&mut [0; 8])).await {
        let count = value!(result, "a read without data");
        check!(count == 0, "something came that nobody sent");
        return Err(Failure::wrong("a read without data says that the stream has ended"));
    }
    round(&mut socket, b"still here").await
}

async fn read_nothing<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    let nothing = context.within(context.bench.idle_ms, socket.read(&mut [])).await;
    let nothing = nothing.ok_or(Failure::wrong("a read into nothing waits"))?;
    check!(value!(nothing, "a read into nothing") == 0, "a read into nothing found something");
    round(&mut socket, b"something").await?;
    // With data at hand it takes none.
    value!(socket.write_all(b"more").await, "write");
    value!(socket.flush().await, "flush");
    let mut first = [0];
    exactly(&mut socket, &mut first).await?;
    let nothing = context.within(context.bench.idle_ms, socket.read(&mut [])).await;
    let nothing = nothing.ok_or(Failure::wrong("a read into nothing waits"))?;
    check!(value!(nothing, "a read into nothing") == 0, "a read into nothing found something");
    let mut rest = [0; 3];
    exactly(&mut socket, &mut rest).await?;
    check!((first, rest) == (*b"m", *b"ore"), "a read into nothing took something");
    Ok(())
}

async fn write_nothing<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    let nothing = context.within(context.bench.idle_ms, socket.write(&[])).await;
    let nothing = nothing.ok_or(Failure::wrong("a write of nothing waits"))?;
    check!(value!(nothing, "a write of nothing") == 0, "a write of nothing wrote something");
    round(&mut socket, b"something").await
}

async fn errors<S: Tcp, T: Timer>(_stack: &S, _context: Context<'_, T>) -> Verdict {
    const fn have_kinds<E: embedded_io_async::Error>() {}
    have_kinds::<S::Error>();
    Ok(())
}

async fn progress<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Discard)?).await, "connect");
    let (mut at, all) = (0, context.bench.bulk.min(1 << 16));
    let mut piece = [0; 512];
    while at < all {
        let count = piece.len().min((all - at) as usize);
        let piece = piece.get_mut(..count).unwrap_or_default();
        pattern::fill(piece, at);
        value!(socket.write_all(piece).await, "write");
        at += count as u32;
    }
    value!(socket.flush().await, "flush");
    Ok(())
}

async fn small_writes<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    for at in 0..200 {
        let count = value!(socket.write(&[pattern::byte(at)]).await, "write");
        check!(count == 1, count, 1, "the length of a write");
    }
    value!(socket.flush().await, "flush");
    let mut back = [0; 200];
    exactly(&mut socket, &mut back).await?;
    check!(pattern::matches(&back, 0), "other bytes came back than were sent");
    Ok(())
}

async fn small_reads<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Chargen)?).await, "connect");
    for at in 0..1000 {
        let mut byte = [0];
        exactly(&mut socket, &mut byte).await?;
        check!(byte == [pattern::byte(at)], "other bytes came than were sent");
    }
    Ok(())
}

async fn unflushed_request<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    value!(socket.write_all(b"ping").await, "write");
    let mut back = [0; 4];
    let answer = context.within(context.bench.settle_ms, exactly(&mut socket, &mut back)).await;
    answer.ok_or(Failure::wrong("the request stays here"))??;
    check!(back == *b"ping", "other bytes came back than were sent");
    Ok(())
}
