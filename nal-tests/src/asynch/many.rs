//! Several TCP connections, at once and one after the other.

use embassy_futures::select::{Either, select};
use embedded_io_async::Write;

use super::stack::Tcp;
use super::stream::{round, works};
use crate::run::suite;
use crate::{Context, Failure, Role, Timer, Verdict, check, value};

/// More sockets than this are not opened at once.
const MOST: usize = 16;

suite! {
    /// Cases about several connections.
    pub async fn run(stack: Tcp) {
        "A14" Must independent, "A connection whose peer does not read does not hold up another one.",
            "TcpConnect::connect(&self) (embedded-nal-async 0.9)";
        "A15" Clients one_too_many, "One connection too many is an error, until another one is dropped.",
            "edge-http 0.8: a server with several handlers";
        "A16" Clients again, "A new connection can follow the drop of the old one at once, many times.",
            "mqttrust 1.0 connects again without a pause";
    }
}

async fn independent<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let bench = context.bench;
    bench.needs(bench.max_sockets.is_none_or(|max| max >= 2), "two sockets")?;
    let mut stalled = value!(stack.connect(bench.tcp.get(Role::Stall)?).await, "connect");
    let mut full = false;
    for _ in 0..1 << 14 {
        match context.within(bench.idle_ms, stalled.write(&[7; 1024])).await {
            Some(result) => {
                check!(value!(result, "a write to a peer that does not read") > 0, "it took nothing")
            }
            None => {
                full = true;
                break;
            }
        }
    }
    check!(full, "a peer that does not read takes everything");
    // The write goes on waiting while the other connection is used.
    let other = async {
        let mut socket = value!(stack.connect(bench.tcp.get(Role::Echo)?).await, "connect");
        for _ in 0..10 {
            round(&mut socket, b"it is not my fault").await?;
        }
        Ok(())
    };
    match select(stalled.write(&[7; 1024]), other).await {
        Either::First(_) => Err(Failure::wrong("a peer that does not read reads after all")),
        Either::Second(result) => result,
    }
}

async fn one_too_many<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let bench = context.bench;
    let max = bench.max_sockets.filter(|&max| max <= MOST).ok_or(Failure::Missing("a limit of sockets"))?;
    let peer = bench.tcp.get(Role::Echo)?;
    let mut held: [Option<S::Socket<'_>>; MOST] = [const { None }; MOST];
    for place in held.iter_mut().take(max) {
        *place = Some(value!(stack.connect(peer).await, "connect"));
    }
    for _ in 0..3 {
        check!(stack.connect(peer).await.is_err(), "there are more sockets than there are");
    }
    for socket in held.iter_mut().flatten() {
        round(socket, b"I was here first").await?;
    }
    if let Some(first) = held.first_mut() {
        *first = None;
    }
    works(stack, context).await?;
    for socket in held.iter_mut().flatten() {
        round(socket, b"and I am still here").await?;
    }
    Ok(())
}

async fn again<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    for _ in 0..context.bench.rounds {
        works(stack, context).await?;
    }
    // At the limit too.
    let Some(max) = context.bench.max_sockets.filter(|&max| max <= MOST) else {
        return Ok(());
    };
    let peer = context.bench.tcp.get(Role::Echo)?;
    let mut held: [Option<S::Socket<'_>>; MOST] = [const { None }; MOST];
    for place in held.iter_mut().take(max.saturating_sub(1)) {
        *place = Some(value!(stack.connect(peer).await, "connect"));
    }
    for _ in 0..context.bench.rounds.min(20) {
        works(stack, context).await?;
    }
    Ok(())
}
