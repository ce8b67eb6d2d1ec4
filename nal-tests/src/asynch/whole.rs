//! What concerns the stack as a whole.

use core::net::SocketAddr;

use embassy_futures::join::{join, join3};
use embedded_io_async::{Read, Write};

use super::stack::{Connected, Tcp, Udp, Whole};
use super::{names, stream, udp};
use crate::run::suite;
use crate::{Capabilities, Context, Failure, Role, Timer, Verdict, check, value};

/// More sockets than this are not opened at once.
const MOST: usize = 16;

suite! {
    /// Cases about TCP, UDP and names together, and about the link.
    pub async fn run(stack: Whole) {
        "X01" Must ipv6, "IPv6 is carried, or refused with an error.",
            "SocketAddr in all traits";
        "X02" Implementation dual, "Sockets of both families live beside each other.",
            "dual stack";
        "X03" Clients link_loss, "When the link is lost, what waits ends, and a new connection works afterwards.",
            "minimq 0.13, mqttrust 1.0 and edge-http 0.8 connect again after an error";
        "X04" Clients vanished, "A socket that vanished without a report is found by its next use.",
            "minimq 0.13, mqttrust 1.0 and edge-http 0.8 connect again after an error";
        "X05" Clients mixed, "Connections, datagrams and names do not disturb each other.",
            "CoAP and DNS beside MQTT";
        "X06" Clients exhausted, "When UDP sockets hold all there is, a connection is an error until one is dropped.",
            "sockets of modems are shared by TCP and UDP";
        "X07" Clients late, "What is said late about an old socket does not harm the new one.",
            "modems use the numbers of their sockets again";
    }
}

async fn ipv6<S: Whole, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    if context.bench.can.ipv6 {
        let mut socket = value!(Tcp::connect(stack, context.bench.tcp6.get(Role::Echo)?).await, "connect");
        stream::round(&mut socket, b"six").await?;
        let mut socket = value!(Udp::connect(stack, context.bench.udp6.get(Role::Echo)?).await, "connect");
        return datagram(&mut socket).await;
    }
    let six = SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 7));
    check!(Tcp::connect(stack, six).await.is_err(), "a stack without IPv6 connects by IPv6");
    let sent = match Udp::connect(stack, six).await {
        Ok(mut socket) => socket.send(b"six").await,
        Err(error) => Err(error),
    };
    check!(sent.is_err(), "a stack without IPv6 sends by IPv6");
    Ok(())
}

async fn datagram<S: Connected>(socket: &mut S) -> Verdict {
    value!(socket.send(b"six").await, "send");
    let mut buffer = [0; 8];
    let count = value!(socket.receive(&mut buffer).await, "receive");
    check!(buffer.get(..count) == Some(b"six"), "another datagram came back than was sent");
    Ok(())
}

async fn dual<S: Whole, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let bench = context.bench;
    bench.needs(bench.can.ipv6, Capabilities::IPV6)?;
    bench.needs(bench.max_sockets.is_none_or(|max| max >= 2), "two sockets")?;
    let mut four = value!(Tcp::connect(stack, bench.tcp.get(Role::Echo)?).await, "connect");
    let mut six = value!(Tcp::connect(stack, bench.tcp6.get(Role::Echo)?).await, "connect");
    let (four, six) = join(stream::round(&mut four, b"four"), stream::round(&mut six, b"six")).await;
    four?;
    six
}

/// A connection on which something waits and whose end is near: whatever is tried ends.
async fn ends<S: Tcp, T: Timer>(
    stack: &S,
    context: Context<'_, T>,
    cut: impl FnOnce() -> Option<()>,
) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    stream::round(&mut socket, b"all is well").await?;
    cut().ok_or(Failure::Missing("a far end that can do this to the link"))?;
    // A few bytes may still be taken before it shows.
    for _ in 0..100 {
        let written = context.within(context.bench.settle_ms, socket.write(b"anybody?")).await;
        let Some(Ok(_)) = written else {
            check!(written.is_some(), "a write goes on waiting");
            break;
        };
        let flushed = context.within(context.bench.settle_ms, socket.flush()).await;
        let Some(Ok(())) = flushed else {
            check!(flushed.is_some(), "a flush goes on waiting");
            break;
        };
        context.pause(100).await;
    }
    // What the echo has sent before comes first.
    for _ in 0..1000 {
        match context.within(context.bench.settle_ms, socket.read(&mut [0; 64])).await {
            None => return Err(Failure::wrong("a read goes on waiting")),
            Some(Ok(0) | Err(_)) => return Ok(()),
            Some(Ok(_)) => {}
        }
    }
    Err(Failure::wrong("a connection goes on without its link"))
}

/// A connection works again; until then it may fail.
async fn recovers<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut left = context.bench.settle_ms;
    loop {
        match context.within(context.bench.settle_ms, stream::works(stack, context)).await {
            Some(Ok(())) => return Ok(()),
            last if left == 0 => return last.unwrap_or(Err(Failure::wrong("it does not connect again"))),
            _ => {}
        }
        let pause = left.min(500);
        context.pause(pause).await;
        left -= pause;
    }
}

async fn link_loss<S: Whole, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let far = context.bench.far()?;
    for _ in 0..context.bench.rounds.min(20) {
        let lost = ends(stack, context, || far.link(false)).await;
        far.link(true);
        lost?;
        recovers(stack, context).await?;
    }
    Ok(())
}

async fn vanished<S: Whole, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let far = context.bench.far()?;
    for _ in 0..context.bench.rounds.min(5) {
        ends(stack, context, || far.forget_sockets()).await?;
        recovers(stack, context).await?;
    }
    Ok(())
}

async fn mixed<S: Whole, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let bench = context.bench;
    bench.needs(bench.max_sockets.is_none_or(|max| max >= 2), "two sockets")?;
    bench.names.v4.ok_or(Failure::Missing("a name to look up"))?;
    for _ in 0..bench.rounds.min(100) {
        let all =
            join3(stream::works(stack, context), udp::works(stack, context), names::works(stack, context))
                .await;
        all.0?;
        all.1?;
        all.2?;
    }
    Ok(())
}

async fn exhausted<S: Whole, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let bench = context.bench;
    bench.needs(bench.can.one_pool, Capabilities::ONE_POOL)?;
    let max = bench.max_sockets.filter(|&max| max <= MOST).ok_or(Failure::Missing("a limit of sockets"))?;
    let (tcp, udp) = (bench.tcp.get(Role::Echo)?, bench.udp.get(Role::Echo)?);
    let mut held: [Option<<S as Udp>::Connected<'_>>; MOST] = [const { None }; MOST];
    for place in held.iter_mut().take(max) {
        *place = Some(value!(Udp::connect(stack, udp).await, "connect"));
    }
    check!(Tcp::connect(stack, tcp).await.is_err(), "there are more sockets than there are");
    check!(Udp::connect(stack, udp).await.is_err(), "there are more sockets than there are");
    if let Some(first) = held.first_mut() {
        *first = None;
    }
    stream::works(stack, context).await?;
    for socket in held.iter_mut().flatten() {
        datagram(socket).await?;
    }
    Ok(())
}

async fn late<S: Whole, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let far = context.bench.far()?;
    stream::works(stack, context).await?;
    let mut socket = value!(Tcp::connect(stack, context.bench.tcp.get(Role::Echo)?).await, "connect");
    far.late_report().ok_or(Failure::Missing("reports about old sockets"))?;
    stream::round(&mut socket, b"I am new here").await
}
