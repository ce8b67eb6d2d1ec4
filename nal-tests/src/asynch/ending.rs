//! How TCP connections end, and how they do not come about.

use embedded_io_async::{Error, ErrorKind, Read, Write};

use super::stack::Tcp;
use super::stream::{exactly, works};
use super::watch::Watch;
use crate::run::suite;
use crate::{Capabilities, Context, Ended, Failure, GOODBYE, Role, Timer, Verdict, check, pattern, value};

suite! {
    /// Cases about the ends of connections.
    pub async fn run(stack: Tcp) {
        "A02" Must drop_closes, "A connection that is dropped is closed for its peer.",
            "TcpConnect: \"should close the connection when dropped\" (embedded-nal-async 0.9)";
        "A03" Should flushed_arrives, "What was flushed before the drop arrives.",
            "Write::flush (embedded-io-async 0.7)";
        "A04" Implementation unflushed_arrives, "What was written before the drop arrives without a flush.",
            "std and embassy-net differ";
        "A06" Must end, "The end of a stream comes after its data as Ok(0), and stays.",
            "Read::read (embedded-io-async 0.7); reqwless 0.14: bodies that end with the connection";
        "A09" Must write_errors, "A write never takes zero of some bytes, and is an error after a reset.",
            "Write::write (embedded-io-async 0.7)";
        "A10" Clients reset, "A reset is an error that says so, and no end of the stream.",
            "edge-http 0.8 connects again; reqwless 0.14 passes on the kind";
        "A11" Clients refused, "A refused connection is an error soon.",
            "mqttrust 1.0 and minimq 0.13 connect again";
        "A12" Clients unreachable, "A connection that nobody answers is an error in the end.",
            "reqwless 0.14 has no time limit of its own";
        "A27" Implementation half_close, "After the peer has closed its direction, bytes still go to it.",
            "TCP half-close (RFC 9293 §3.6)";
        "A28" Implementation refused_kind, "A refused connection has the kind ConnectionRefused.",
            "ErrorKind (embedded-io 0.7); reqwless 0.14 passes on the kind";
    }
}

async fn drop_closes<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let watch = Watch::start(context, Role::Discard)?;
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Discard)?).await, "connect");
    value!(socket.write_all(b"x").await, "write");
    value!(socket.flush().await, "flush");
    check!(context.settles(|| watch.has(1)).await, "what was flushed does not leave");
    drop(socket);
    check!(
        context.settles(|| watch.ended().is_some()).await,
        "the peer does not see that the connection was dropped"
    );
    Ok(())
}

async fn delivered<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>, flush: bool) -> Verdict {
    let watch = Watch::start(context, Role::Discard)?;
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Discard)?).await, "connect");
    let mut sent = [0; 300];
    pattern::fill(&mut sent, 0);
    value!(socket.write_all(&sent).await, "write");
    if flush {
        value!(socket.flush().await, "flush");
    }
    drop(socket);
    context.settles(|| watch.has(sent.len())).await;
    let seen = watch.seen().ok_or(Failure::wrong("nothing arrives"))?;
    check!(seen.received == sent.len() as u64, seen.received, sent.len(), "bytes that arrive");
    check!(seen.digest == pattern::Digest::of(&sent), "other bytes arrive than were written");
    Ok(())
}

async fn flushed_arrives<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    delivered(stack, context, true).await
}

async fn unflushed_arrives<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    delivered(stack, context, false).await
}

/// Reads what [`Role::Goodbye`] sends, and the end.
async fn goodbye<R: Read>(socket: &mut R) -> Verdict {
    let (mut rest, mut buffer) = (GOODBYE, [0; 16]);
    loop {
        let count = value!(socket.read(&mut buffer).await, "read");
        if count == 0 {
            break;
        }
        let came = buffer.get(..count).unwrap_or_default();
        rest = rest.strip_prefix(came).ok_or(Failure::wrong("other bytes came than were sent"))?;
    }
    check!(rest.is_empty(), GOODBYE.len() - rest.len(), GOODBYE.len(), "bytes before the end of the stream");
    for _ in 0..3 {
        let count = value!(socket.read(&mut buffer).await, "a read after the end");
        check!(count == 0, "something came after the end");
    }
    Ok(())
}

async fn end<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let peer = context.bench.tcp.get(Role::Goodbye)?;
    let mut socket = value!(stack.connect(peer).await, "connect");
    goodbye(&mut socket).await?;
    drop(socket);
    // The same when all has arrived before the first read.
    let mut socket = value!(stack.connect(peer).await, "connect");
    context.pause(context.bench.idle_ms).await;
    goodbye(&mut socket).await
}

async fn write_errors<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Reset)?).await, "connect");
    let mut left = context.bench.settle_ms;
    while left > 0 {
        match socket.write(&[7; 20]).await {
            Ok(0) => return Err(Failure::wrong("a write took zero of some bytes")),
            Ok(count) => check!(count <= 20, count, 20, "more was taken than was given"),
            Err(_) => return Ok(()),
        }
        if socket.flush().await.is_err() {
            return match socket.write(&[7; 20]).await {
                Ok(_) => Err(Failure::wrong("a write after an error is taken")),
                Err(_) => Ok(()),
            };
        }
        context.pause(10).await;
        left = left.saturating_sub(10);
    }
    Err(Failure::wrong("writes go on after the reset"))
}

async fn reset<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Reset)?).await, "connect");
    value!(socket.write_all(b"x").await, "write");
    // The reset may come before the flush is done.
    let _ = socket.flush().await;
    match socket.read(&mut [0; 8]).await {
        Ok(0) => Err(Failure::wrong("a reset looks like the end of the stream")),
        Ok(_) => Err(Failure::wrong("something came that nobody sent")),
        Err(error) => {
            let kinds = [ErrorKind::ConnectionReset, ErrorKind::ConnectionAborted, ErrorKind::BrokenPipe];
            if kinds.contains(&error.kind()) {
                Ok(())
            } else {
                Err(Failure::error("a reset does not say so", error))
            }
        }
    }
}

async fn refused<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let peer = context.bench.tcp.get(Role::Refuse)?;
    for _ in 0..3 {
        let result = context.within(context.bench.settle_ms, stack.connect(peer)).await;
        check!(result.ok_or(Failure::wrong("it goes on trying"))?.is_err(), "it connects to nobody");
    }
    works(stack, context).await
}

async fn refused_kind<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    match stack.connect(context.bench.tcp.get(Role::Refuse)?).await {
        Ok(_) => Err(Failure::wrong("it connects to nobody")),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(()),
        Err(error) => Err(Failure::error("a refused connection does not say so", error)),
    }
}

async fn unreachable<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let result = stack.connect(context.bench.tcp.get(Role::Blackhole)?).await;
    check!(result.is_err(), "it connects to nobody");
    works(stack, context).await
}

async fn half_close<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    context.bench.needs(context.bench.can.half_close, Capabilities::HALF_CLOSE)?;
    let watch = Watch::start(context, Role::HalfClose)?;
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::HalfClose)?).await, "connect");
    let mut all = [0; GOODBYE.len()];
    exactly(&mut socket, &mut all).await?;
    check!(all == *GOODBYE, "other bytes came than were sent");
    check!(value!(socket.read(&mut all).await, "read") == 0, "something came after the end");
    value!(socket.write_all(b"still here").await, "a write after the end of the other direction");
    value!(socket.flush().await, "flush");
    check!(context.settles(|| watch.has(10)).await, "what was written does not arrive");
    drop(socket);
    check!(context.settles(|| watch.ended().is_some()).await, "the connection is not closed");
    check!(watch.ended().is_some_and(|seen| seen.ended == Ended::End), "the connection is reset");
    Ok(())
}
