//! Much data over TCP.

use embedded_io_async::{Read, Write};

use super::stack::Tcp;
use super::watch::Watch;
use crate::run::suite;
use crate::{Context, Role, TRICKLE, Timer, Verdict, check, pattern, value};

suite! {
    /// Cases about much data.
    pub async fn run(stack: Tcp) {
        "A25" Must both_ways, "Much data is exact in each direction, whoever is the slower one.",
            "TcpConnect: Read, Write (embedded-io-async 0.7)";
        "A26" Must full_duplex, "Both directions move while the peer sends without a pause.",
            "TCP; TcpConnect::Connection is Read and Write at once";
    }
}

/// Reads the pattern from its beginning.
async fn down<R: Read, T: Timer>(socket: &mut R, all: u32, pause: Option<Context<'_, T>>) -> Verdict {
    let (mut at, mut buffer) = (0, [0; 700]);
    while at < all {
        let count = value!(socket.read(&mut buffer).await, "read");
        check!(count != 0, at, all, "the stream ended early");
        check!(
            pattern::matches(buffer.get(..count).unwrap_or_default(), at),
            "other bytes came than were sent"
        );
        at += count as u32;
        // Slower than the peer for a while.
        if let Some(context) = pause
            && at < all / 4
        {
            context.pause(5).await;
        }
    }
    check!(at == all, at, all, "the length of the stream");
    Ok(())
}

async fn up<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>, role: Role, all: u32) -> Verdict {
    let watch = Watch::start(context, role)?;
    let mut socket = value!(stack.connect(context.bench.tcp.get(role)?).await, "connect");
    let (mut at, mut piece) = (0, [0; 700]);
    while at < all {
        let count = piece.len().min((all - at) as usize);
        let piece = piece.get_mut(..count).unwrap_or_default();
        pattern::fill(piece, at);
        value!(socket.write_all(piece).await, "write");
        at += count as u32;
    }
    value!(socket.flush().await, "flush");
    drop(socket);
    watch.gets(context, all).await
}

async fn both_ways<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let bench = context.bench;
    for pause in [None, Some(context)] {
        let mut socket = value!(stack.connect(bench.tcp.get(Role::Chargen)?).await, "connect");
        down(&mut socket, bench.bulk, pause).await?;
    }
    let mut socket = value!(stack.connect(bench.tcp.get(Role::Trickle)?).await, "connect");
    down(&mut socket, TRICKLE, None::<Context<'_, T>>).await?;
    drop(socket);
    up(stack, context, Role::Discard, bench.bulk).await?;
    up(stack, context, Role::SlowReader, bench.bulk / 4).await
}

async fn full_duplex<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let watch = Watch::start(context, Role::Chargen)?;
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Chargen)?).await, "connect");
    let all = context.bench.bulk;
    let (mut sent, mut came) = (0, 0);
    let (mut piece, mut buffer) = ([0; 300], [0; 300]);
    // Without halves there is one future at a time, so the directions take turns.
    while sent < all || came < all {
        if sent < all {
            let count = piece.len().min((all - sent) as usize);
            let piece = piece.get_mut(..count).unwrap_or_default();
            pattern::fill(piece, sent);
            if let Some(result) = context.within(1, socket.write(piece)).await {
                sent += value!(result, "write") as u32;
            }
        }
        if came < all
            && let Some(result) = context.within(1, socket.read(&mut buffer)).await
        {
            let count = value!(result, "read");
            check!(count != 0, came, all, "the stream ended early");
            check!(
                pattern::matches(buffer.get(..count).unwrap_or_default(), came),
                "other bytes came than were sent"
            );
            came += count as u32;
        }
    }
    value!(socket.flush().await, "flush");
    drop(socket);
    watch.gets(context, all).await
}
