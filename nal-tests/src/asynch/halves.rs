//! What a connection of edge-nal can do beyond one of embedded-nal-async.

use edge_nal::{Close, Readable, TcpConnect, TcpShutdown, TcpSplit};
use embassy_futures::join::join;
use embedded_io_async::{Read, Write};

use super::stream::exactly;
use super::watch::Watch;
use crate::run::suite;
use crate::{Capabilities, Context, Ended, Failure, GOODBYE, Role, Timer, Verdict, check, pattern, value};

suite! {
    /// Cases about halves of connections and their ends, on a stack of edge-nal itself.
    pub async fn run(stack: TcpConnect) {
        "E01" Must split, "Both halves of a connection work at once.",
            "TcpSplit (edge-nal 0.7)";
        "E02" Must close_write, "A connection that is closed for writing is at its end for the peer, and still reads.",
            "TcpShutdown::close (edge-nal 0.7)";
        "E03" Must close_both, "A connection that is closed has delivered what was written.",
            "TcpShutdown::close (edge-nal 0.7); edge-http 0.8 closes every connection so";
        "E04" Should abort, "A connection that is aborted is reset for its peer.",
            "TcpShutdown::abort (edge-nal 0.7)";
        "E05" Must readable, "A connection is readable when there is data, and not before.",
            "Readable (edge-nal 0.7); edge-http 0.8 waits so between requests";
        "E06" Clients readable_end, "The reading half is readable at the end of the stream.",
            "edge-http 0.8: a server that waits for the next request";
    }
}

async fn split<S: TcpConnect, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    let (mut reader, mut writer) = socket.split();
    let all = context.bench.bulk.min(1 << 16);
    let write = async {
        let (mut at, mut piece) = (0, [0; 300]);
        while at < all {
            let count = piece.len().min((all - at) as usize);
            let piece = piece.get_mut(..count).unwrap_or_default();
            pattern::fill(piece, at);
            value!(writer.write_all(piece).await, "write");
            at += count as u32;
        }
        value!(writer.flush().await, "flush");
        Ok(())
    };
    let read = async {
        let (mut at, mut buffer) = (0, [0; 300]);
        while at < all {
            let count = value!(reader.read(&mut buffer).await, "read");
            check!(count != 0, at, all, "the stream ended early");
            let came = buffer.get(..count).unwrap_or_default();
            check!(pattern::matches(came, at), "other bytes came back than were sent");
            at += count as u32;
        }
        Ok(())
    };
    let (wrote, read) = join(write, read).await;
    wrote?;
    read
}

async fn close_write<S: TcpConnect, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    context.bench.needs(context.bench.can.close_write, Capabilities::HALF_CLOSE)?;
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    value!(socket.write_all(b"the last words").await, "write");
    value!(socket.close(Close::Write).await, "close");
    let mut back = [0; 14];
    exactly(&mut socket, &mut back).await?;
    check!(back == *b"the last words", "other bytes came back than were sent");
    check!(value!(socket.read(&mut back).await, "read") == 0, "the peer does not see the end");
    Ok(())
}

async fn close_both<S: TcpConnect, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let watch = Watch::start(context, Role::Discard)?;
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Discard)?).await, "connect");
    let mut sent = [0; 900];
    pattern::fill(&mut sent, 0);
    value!(socket.write_all(&sent).await, "write");
    value!(socket.close(Close::Both).await, "close");
    check!(context.settles(|| watch.ended().is_some()).await, "the peer does not see the end");
    check!(
        watch.ended().is_some_and(|seen| seen.ended == Ended::End),
        "the connection is reset instead of closed"
    );
    watch.gets(context, sent.len() as u32).await
}

async fn abort<S: TcpConnect, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let watch = Watch::start(context, Role::Discard)?;
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Discard)?).await, "connect");
    value!(socket.write_all(b"x").await, "write");
    value!(socket.flush().await, "flush");
    check!(context.settles(|| watch.has(1)).await, "what was flushed does not leave");
    value!(socket.abort().await, "abort");
    drop(socket);
    check!(context.settles(|| watch.ended().is_some()).await, "the peer does not see the end");
    check!(watch.ended().is_some_and(|seen| seen.ended == Ended::Reset), "the connection is closed in peace");
    Ok(())
}

async fn readable<S: TcpConnect, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let idle = context.bench.idle_ms;
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    check!(context.within(idle, socket.readable()).await.is_none(), "it is readable without data");
    for _ in 0..3 {
        value!(socket.write_all(b"data").await, "write");
        value!(socket.flush().await, "flush");
        value!(socket.readable().await, "readable");
        // It is not used up by asking.
        value!(socket.readable().await, "readable");
        let mut back = [0; 4];
        let read = context.within(idle, exactly(&mut socket, &mut back)).await;
        read.ok_or(Failure::wrong("a read waits although it is readable"))??;
        check!(context.within(idle, socket.readable()).await.is_none(), "it stays readable without data");
    }
    Ok(())
}

async fn readable_end<S: TcpConnect, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let settle = context.bench.settle_ms;
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Goodbye)?).await, "connect");
    let (mut reader, _writer) = socket.split();
    let mut all = [0; GOODBYE.len()];
    exactly(&mut reader, &mut all).await?;
    let end = context.within(settle, reader.readable()).await;
    value!(end.ok_or(Failure::wrong("it is not readable at the end of the stream"))?, "readable");
    check!(value!(reader.read(&mut all).await, "read") == 0, "something came after the end");
    Ok(())
}
