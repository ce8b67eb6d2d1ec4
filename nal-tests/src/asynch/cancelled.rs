//! Futures of TCP connections that are dropped before they are done.

use embedded_io_async::{Read, Write};

use super::stack::Tcp;
use super::stream::{exactly, works};
use super::watch::Watch;
use crate::run::{polls, suite};
use crate::{Context, Role, TRICKLE, Timer, Verdict, check, pattern, value};

suite! {
    /// Cases about futures that are dropped.
    pub async fn run(stack: Tcp) {
        "A17" Clients connect, "A connect that is given up leaves nothing behind.",
            "mqttrust 1.0: a connect with a time limit";
        "A18" Should read, "A read that is given up loses no byte.",
            "Read (embedded-io-async 0.7): \"encouraged\"; minimq 0.13, mqttrust 1.0, rust-mqtt 0.6";
        "A19" Should write, "A write that is given up has written nothing.",
            "Write (embedded-io-async 0.7): \"encouraged\"; minimq 0.13 writes again";
        "A20" Clients flush, "A flush that is given up changes nothing in the stream.",
            "minimq 0.13: FlushState::Flushing";
    }
}

async fn connect<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let peer = context.bench.tcp.get(Role::Echo)?;
    for count in 0..context.bench.cancellations {
        let done = polls(count, stack.connect(peer)).await.is_some();
        works(stack, context).await?;
        if done {
            break;
        }
    }
    let mut time = 1;
    while time < context.bench.settle_ms && context.within(time, stack.connect(peer)).await.is_none() {
        works(stack, context).await?;
        time += time.div_ceil(4);
    }
    works(stack, context).await
}

async fn read<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Trickle)?).await, "connect");
    let (mut at, mut tries, mut buffer) = (0, 0_u32, [0; 100]);
    while at < TRICKLE {
        tries = tries.wrapping_add(1);
        let result = match tries % 3 {
            0 => polls(tries % 4, socket.read(&mut buffer)).await,
            _ => context.within(tries % 8, socket.read(&mut buffer)).await,
        };
        match result {
            None => context.pause(tries % 2).await,
            Some(result) => {
                let count = value!(result, "read");
                check!(count != 0, at, TRICKLE, "the stream ended early");
                check!(pattern::matches(buffer.get(..count).unwrap_or_default(), at), "bytes are lost");
                at += count as u32;
            }
        }
    }
    Ok(())
}

async fn write<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let watch = Watch::start(context, Role::SlowReader)?;
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::SlowReader)?).await, "connect");
    let (mut at, all, mut tries) = (0, context.bench.bulk, 0_u32);
    let mut piece = [0; 500];
    while at < all {
        let count = piece.len().min((all - at) as usize);
        let piece = piece.get_mut(..count).unwrap_or_default();
        pattern::fill(piece, at);
        tries = tries.wrapping_add(1);
        let result = match tries % 3 {
            0 => polls(tries % 4, socket.write(piece)).await,
            _ => context.within(tries % 8, socket.write(piece)).await,
        };
        match result {
            None => context.pause(tries % 2).await,
            Some(result) => at += value!(result, "write") as u32,
        }
    }
    value!(socket.flush().await, "flush");
    drop(socket);
    watch.gets(context, all).await
}

async fn flush<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    for at in 0..50 {
        let mut piece = [0; 20];
        pattern::fill(&mut piece, at * 20);
        value!(socket.write_all(&piece).await, "write");
        let flushed = match at % 2 {
            0 => polls(at % 5, socket.flush()).await,
            _ => context.within(at % 7, socket.flush()).await,
        };
        if let Some(result) = flushed {
            value!(result, "flush");
        }
    }
    value!(socket.flush().await, "flush");
    let mut back = [0; 100];
    for at in 0..10 {
        exactly(&mut socket, &mut back).await?;
        check!(pattern::matches(&back, at * 100), "other bytes came back than were sent");
    }
    Ok(())
}
