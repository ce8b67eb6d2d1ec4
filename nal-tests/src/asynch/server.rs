//! Connections that are accepted.

use core::net::SocketAddr;

use edge_nal::{TcpAccept, TcpBind};
use embassy_futures::join::join;
use embedded_io_async::{Read, Write};

use super::stream::{exactly, round};
use crate::run::suite;
use crate::{Capabilities, Context, Ended, Failure, FarEnd, GOODBYE, Role, Timer, Verdict, check, value};

suite! {
    /// Cases about listening, on a stack of edge-nal itself.
    pub async fn run(stack: TcpBind) {
        "S01" Must echo, "A connection that is accepted carries bytes both ways and ends.",
            "TcpBind, TcpAccept (edge-nal 0.7)";
        "S02" Must nobody, "An accept without a client waits.",
            "TcpAccept::accept (edge-nal 0.7)";
        "S03" Must two, "Two clients are served, one after the other and at once.",
            "edge-http 0.8: a server with several handlers";
        "S04" Implementation remote, "The address of a client is told.",
            "TcpAccept::accept (edge-nal 0.7)";
        "S05" Implementation in_use, "A port that is in use cannot be bound again.",
            "ErrorKind::AddrInUse (embedded-io 0.7)";
        "S06" Implementation released, "A listener that is dropped gives its port back.",
            "TcpBind::bind (edge-nal 0.7)";
        "S07" Implementation full, "A client that comes when all sockets are in use is served later or refused.",
            "edge-http 0.8: more clients than handlers";
        "S08" Clients several, "Several tasks accept from one listener.",
            "edge-http 0.8: every handler accepts for itself";
    }
}

/// Where the stack listens in the n-th case.
fn at<T: Timer>(context: Context<'_, T>, number: u16) -> Result<(SocketAddr, &dyn FarEnd), Failure> {
    let bench = context.bench;
    bench.needs(bench.can.tcp_server, Capabilities::TCP_SERVER)?;
    let local = bench.local.ok_or(Failure::Missing("an address of its own"))?;
    Ok((SocketAddr::new(local, bench.port + number), bench.far()?))
}

const NO_CLIENTS: Failure = Failure::Missing("clients from outside");

/// Accepts one client; `role` is what it does.
async fn client<'a, A: TcpAccept, T: Timer>(
    context: Context<'_, T>,
    acceptor: &'a A,
    far: &dyn FarEnd,
    to: SocketAddr,
    role: Role,
) -> Result<(SocketAddr, A::Socket<'a>), Failure> {
    far.dial(to, role).ok_or(NO_CLIENTS)?;
    let accepted = context.within(context.bench.settle_ms, acceptor.accept()).await;
    Ok(value!(accepted.ok_or(Failure::wrong("a client is not accepted"))?, "accept"))
}

async fn echo<S: TcpBind, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (to, far) = at(context, 0)?;
    let acceptor = value!(stack.bind(to).await, "bind");
    let (_, mut socket) = client(context, &acceptor, far, to, Role::Echo).await?;
    round(&mut socket, b"welcome").await?;
    drop(socket);
    let ended = || far.dialed().is_some_and(|seen| seen.ended == Ended::End);
    check!(context.settles(ended).await, "the client does not see the end");
    // A client that says something and goes.
    let (_, mut socket) = client(context, &acceptor, far, to, Role::Goodbye).await?;
    let mut all = [0; GOODBYE.len()];
    exactly(&mut socket, &mut all).await?;
    check!(all == *GOODBYE, "other bytes came than were sent");
    check!(value!(socket.read(&mut all).await, "read") == 0, "something came after the end");
    Ok(())
}

async fn nobody<S: TcpBind, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (to, far) = at(context, 1)?;
    let acceptor = value!(stack.bind(to).await, "bind");
    let accepted = context.within(context.bench.idle_ms, acceptor.accept()).await;
    check!(accepted.is_none(), "an accept without a client does not wait");
    // The accept that was given up is no client's loss.
    let (_, mut socket) = client(context, &acceptor, far, to, Role::Echo).await?;
    round(&mut socket, b"welcome").await
}

async fn two<S: TcpBind, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (to, far) = at(context, 2)?;
    context.bench.needs(context.bench.max_sockets.is_none_or(|max| max >= 3), "three sockets")?;
    let acceptor = value!(stack.bind(to).await, "bind");
    for _ in 0..3 {
        let (_, mut socket) = client(context, &acceptor, far, to, Role::Echo).await?;
        round(&mut socket, b"one after the other").await?;
    }
    let (_, mut one) = client(context, &acceptor, far, to, Role::Echo).await?;
    let (_, mut other) = client(context, &acceptor, far, to, Role::Echo).await?;
    let (one, other) = join(round(&mut one, b"and both"), round(&mut other, b"at once")).await;
    one?;
    other
}

async fn remote<S: TcpBind, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (to, far) = at(context, 3)?;
    let acceptor = value!(stack.bind(to).await, "bind");
    let (remote, _socket) = client(context, &acceptor, far, to, Role::Echo).await?;
    check!(!remote.ip().is_unspecified() && remote.port() != 0, "the client has no address");
    Ok(())
}

async fn in_use<S: TcpBind, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (to, _) = at(context, 4)?;
    let _acceptor = value!(stack.bind(to).await, "bind");
    check!(stack.bind(to).await.is_err(), "a port is bound twice");
    Ok(())
}

async fn released<S: TcpBind, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (to, far) = at(context, 5)?;
    for _ in 0..3 {
        let acceptor = value!(stack.bind(to).await, "bind");
        let (_, mut socket) = client(context, &acceptor, far, to, Role::Echo).await?;
        round(&mut socket, b"welcome").await?;
    }
    Ok(())
}

async fn full<S: TcpBind, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (to, far) = at(context, 6)?;
    let max = context.bench.max_sockets.ok_or(Failure::Missing("a limit of sockets"))?;
    context.bench.needs(max == 3, "exactly three sockets")?;
    let acceptor = value!(stack.bind(to).await, "bind");
    let one = client(context, &acceptor, far, to, Role::Discard).await?;
    let two = client(context, &acceptor, far, to, Role::Discard).await?;
    far.dial(to, Role::Discard).ok_or(NO_CLIENTS)?;
    // Whatever it is: it comes to an end or goes on waiting, and harms nobody.
    let _ = context.within(context.bench.idle_ms, acceptor.accept()).await;
    drop((one, two));
    context.pause(context.bench.idle_ms).await;
    // The third one may have waited in line.
    for _ in 0..2 {
        let Ok((_, mut socket)) = client(context, &acceptor, far, to, Role::Echo).await else {
            continue;
        };
        if let Some(Ok(())) = context.within(context.bench.idle_ms, round(&mut socket, b"welcome")).await {
            return Ok(());
        }
    }
    Err(Failure::wrong("nobody is served any more"))
}

async fn several<S: TcpBind, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (to, far) = at(context, 7)?;
    context.bench.needs(context.bench.max_sockets.is_none_or(|max| max >= 3), "three sockets")?;
    let acceptor = value!(stack.bind(to).await, "bind");
    let handler = async || {
        let (_, mut socket) = value!(acceptor.accept().await, "accept");
        round(&mut socket, b"welcome").await?;
        value!(socket.flush().await, "flush");
        Ok(())
    };
    let dials = async {
        for _ in 0..2 {
            context.pause(10).await;
            far.dial(to, Role::Echo).ok_or(NO_CLIENTS)?;
        }
        Ok(())
    };
    let (dialed, (one, other)) = join(dials, join(handler(), handler())).await;
    dialed?;
    one?;
    other
}
