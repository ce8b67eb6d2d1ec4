//! Datagrams.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::stack::{Bound, Connected, Udp};
use crate::run::{polls, suite};
use crate::{Capabilities, Context, Failure, Role, Timer, Verdict, check, pattern, value};

suite! {
    /// Cases about datagrams.
    pub async fn run(stack: Udp) {
        "D01" Must echo, "A datagram comes back from the peer of a connected socket.",
            "UdpStack::connect, ConnectedUdp (embedded-nal-async 0.9); UdpConnect (edge-nal 0.7)";
        "D02" Must stranger, "A connected socket hears its peer only.",
            "ConnectedUdp: \"the semantics of POSIX datagram sockets\"";
        "D03" Must truncation, "A datagram longer than the buffer tells its full length, and the next one is whole.",
            "ConnectedUdp::receive_into (embedded-nal-async 0.9), UdpReceive::receive (edge-nal 0.7)";
        "D04" Must bound, "A bound socket sends from the address that it tells, and receives at it.",
            "UdpStack::bind_single, UnconnectedUdp (embedded-nal-async 0.9); embedded-nal-coap 0.1";
        "D05" Must multiple, "A socket bound to a port talks to several peers.",
            "UdpStack::bind_multiple (embedded-nal-async 0.9), UdpBind (edge-nal 0.7)";
        "D06" Implementation empty, "An empty datagram is a datagram.",
            "UDP (RFC 768)";
        "D07" Clients sizes, "Datagrams of all sizes up to the longest arrive, and a longer one is an error.",
            "CoAP, DNS and DTLS use 512 to 1472 bytes";
        "D08" Must separate, "Ten datagrams in a row are ten datagrams.",
            "UDP (RFC 768)";
        "D09" Must again, "A new socket can follow the drop of the old one, many times.",
            "UdpStack (embedded-nal-async 0.9)";
        "D10" Should cancelled, "A receive that is given up loses no datagram.",
            "select loops of CoAP clients and servers";
        "D11" Must unasked, "A bound socket hears a peer to which it never sent.",
            "UnconnectedUdp: \"typically not connected\" (embedded-nal-async 0.9)";
        "D12" Implementation unspecified, "A bound socket sends from an unspecified address too.",
            "UnconnectedUdp: the caller \"MAY pass in unspecified values\" (embedded-nal-async 0.9)";
        "D13" Implementation told, "A socket bound to a port tells to which address a datagram came.",
            "UnconnectedUdp::receive_into (embedded-nal-async 0.9)";
    }
}

const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// Sends a datagram and waits for it to come back.
async fn round<S: Connected>(socket: &mut S, sent: &[u8]) -> Verdict {
    value!(socket.send(sent).await, "send");
    let mut buffer = [0; 2048];
    let count = value!(socket.receive(&mut buffer).await, "receive");
    check!(count == sent.len(), count, sent.len(), "the length of the datagram");
    check!(buffer.get(..count) == Some(sent), "another datagram came back than was sent");
    Ok(())
}

/// Opens a socket with the echo as its peer and uses it once.
pub(super) async fn works<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.udp.get(Role::Echo)?).await, "connect");
    round(&mut socket, b"a datagram").await
}

async fn echo<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.udp.get(Role::Echo)?).await, "connect");
    for len in [1, 7, 100, 255, 256, 257] {
        let mut sent = [0; 257];
        let sent = sent.get_mut(..len).unwrap_or_default();
        pattern::fill(sent, len as u32);
        round(&mut socket, sent).await?;
    }
    Ok(())
}

async fn stranger<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.udp.get(Role::Stranger)?).await, "connect");
    for sent in [b"one", b"two"] {
        value!(socket.send(sent).await, "send");
        let mut buffer = [0; 64];
        let count = value!(socket.receive(&mut buffer).await, "receive");
        check!(buffer.get(..count) != Some(crate::STRANGER), "a stranger was heard");
        check!(buffer.get(..count) == Some(sent), "another datagram came back than was sent");
    }
    Ok(())
}

async fn truncation<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let peer = context.bench.udp.get(Role::Echo)?;
    let mut sent = [0; 40];
    pattern::fill(&mut sent, 0);
    let mut socket = value!(stack.connect(peer).await, "connect");
    value!(socket.send(&sent).await, "send");
    let mut small = [0; 8];
    let count = value!(socket.receive(&mut small).await, "receive");
    check!(pattern::matches(&small, 0), "what fits is not the beginning of the datagram");
    check!(count == sent.len(), count, sent.len(), "the length of a datagram that does not fit");
    round(&mut socket, b"the next one").await?;
    drop(socket);
    let (told, mut socket) = value!(stack.bind(ANYWHERE).await, "bind");
    value!(socket.send(told.unwrap_or(ANYWHERE), peer, &sent).await, "send");
    let (count, _, _) = value!(socket.receive(&mut small).await, "receive");
    check!(pattern::matches(&small, 0), "what fits is not the beginning of the datagram");
    check!(count == sent.len(), count, sent.len(), "the length of a datagram that does not fit");
    Ok(())
}

async fn bound<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let peer = context.bench.udp.get(Role::Echo)?;
    let (told, mut socket) = value!(stack.bind(ANYWHERE).await, "bind");
    let mut buffer = [0; 64];
    for sent in [b"one", b"two"] {
        value!(socket.send(told.unwrap_or(ANYWHERE), peer, sent).await, "send");
        let (count, local, remote) = value!(socket.receive(&mut buffer).await, "receive");
        check!(buffer.get(..count) == Some(sent), "another datagram came back than was sent");
        check!(remote == peer, "it came from somebody else than its sender");
        check!(local == told, "it came to another address than the socket was bound to");
        // As a server answers: to whom it came from, from where it came to.
        value!(socket.send(local.unwrap_or(ANYWHERE), remote, sent).await, "an answer");
        let (count, _, _) = value!(socket.receive(&mut buffer).await, "receive");
        check!(buffer.get(..count) == Some(sent), "another datagram came back than was sent");
    }
    Ok(())
}

async fn unspecified<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (_, mut socket) = value!(stack.bind(ANYWHERE).await, "bind");
    value!(socket.send(ANYWHERE, context.bench.udp.get(Role::Echo)?, b"from any").await, "send");
    let mut buffer = [0; 64];
    let (count, _, _) = value!(socket.receive(&mut buffer).await, "receive");
    check!(buffer.get(..count) == Some(b"from any"), "another datagram came back than was sent");
    Ok(())
}

async fn multiple<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let bench = context.bench;
    let peers = [bench.udp.get(Role::Echo)?, bench.udp.get(Role::Echo2)?];
    bench.needs(bench.can.udp_many, Capabilities::UDP_MANY)?;
    let mut socket = value!(stack.bind_multiple(ANYWHERE).await, "bind");
    let mut buffer = [0; 64];
    for sent in [b"one", b"two"] {
        for peer in peers {
            value!(socket.send(ANYWHERE, peer, sent).await, "send");
        }
        // First what was sent comes back, then the answers to that.
        for answer in [true, false] {
            let mut froms = [None; 2];
            for place in &mut froms {
                let received = context.within(bench.settle_ms, socket.receive(&mut buffer)).await;
                let received = received.ok_or(Failure::wrong("one of two peers is not heard"))?;
                let (count, local, remote) = value!(received, "receive");
                check!(buffer.get(..count) == Some(sent), "another datagram came back than was sent");
                *place = Some((local.unwrap_or(ANYWHERE), remote));
            }
            let heard = |peer| froms.iter().flatten().any(|&(_, remote)| remote == peer);
            check!(peers.into_iter().all(heard), "one of two peers was not heard");
            for (local, remote) in froms.into_iter().flatten().filter(|_| answer) {
                value!(socket.send(local, remote, sent).await, "an answer from where it came to");
            }
        }
    }
    Ok(())
}

async fn told<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mine = context.bench.local.ok_or(Failure::Missing("an address of its own"))?;
    let mut socket = value!(stack.bind_multiple(ANYWHERE).await, "bind");
    value!(socket.send(ANYWHERE, context.bench.udp.get(Role::Echo)?, b"where?").await, "send");
    let (_, local, _) = value!(socket.receive(&mut [0; 64]).await, "receive");
    let local = local.ok_or(Failure::Missing("traits that tell where a datagram came to"))?;
    check!(local.ip() == mine, "another address than that of the stack is told");
    Ok(())
}

async fn empty<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    context.bench.needs(context.bench.can.empty_datagrams, Capabilities::EMPTY_DATAGRAMS)?;
    let mut socket = value!(stack.connect(context.bench.udp.get(Role::Echo)?).await, "connect");
    value!(socket.send(&[]).await, "send");
    let received = context.within(context.bench.settle_ms, socket.receive(&mut [0; 8])).await;
    let received = received.ok_or(Failure::wrong("an empty datagram does not come back"))?;
    let count = value!(received, "receive");
    check!(count == 0, count, 0, "the length of an empty datagram");
    round(&mut socket, b"the next one").await
}

async fn sizes<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    static LONG: [u8; 2048] = {
        let (mut long, mut at) = ([0; 2048], 0);
        while at < long.len() {
            long[at] = pattern::byte(at as u32);
            at += 1;
        }
        long
    };
    let max = context.bench.max_datagram;
    let mut socket = value!(stack.connect(context.bench.udp.get(Role::Echo)?).await, "connect");
    for len in [511, 512, 513, 1023, 1024, 1280, 1460, 1472, max].into_iter().filter(|&len| len <= max) {
        round(&mut socket, LONG.get(..len).unwrap_or(&LONG)).await?;
    }
    let Some(long) = LONG.get(..=max) else {
        return Ok(());
    };
    // What the stack takes has to arrive as one datagram.
    if socket.send(long).await.is_ok() {
        let mut buffer = [0; 2048];
        let received = context.within(context.bench.settle_ms, socket.receive(&mut buffer)).await;
        let received =
            received.ok_or(Failure::wrong("a datagram that is too long is lost without an error"))?;
        let count = value!(received, "receive");
        check!(count == long.len(), count, long.len(), "the length of a datagram that is too long");
    }
    round(&mut socket, b"the next one").await
}

async fn separate<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.udp.get(Role::Echo)?).await, "connect");
    let mut sent = [0; 20];
    for number in 0..10 {
        pattern::fill(&mut sent, number);
        value!(socket.send(sent.get(..10 + number as usize).unwrap_or_default()).await, "send");
    }
    let mut came = [false; 10];
    for _ in 0..10 {
        let mut buffer = [0; 64];
        let count = value!(socket.receive(&mut buffer).await, "receive");
        let number = count.wrapping_sub(10);
        let place = came.get_mut(number).ok_or(Failure::wrong("a datagram has another length"))?;
        check!(!*place, "a datagram came twice");
        *place = true;
        let whole = pattern::matches(buffer.get(..count).unwrap_or_default(), number as u32);
        check!(whole, "a datagram has other bytes");
    }
    Ok(())
}

async fn again<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    for _ in 0..context.bench.rounds.min(200) {
        works(stack, context).await?;
    }
    for _ in 0..context.bench.rounds.min(20) {
        drop(value!(stack.bind(ANYWHERE).await, "bind"));
    }
    works(stack, context).await
}

async fn cancelled<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.udp.get(Role::Echo)?).await, "connect");
    let mut buffer = [0; 64];
    for number in 0..20_u8 {
        value!(socket.send(&[number; 30]).await, "send");
        let (mut tries, mut left) = (u32::from(number), context.bench.settle_ms);
        loop {
            tries += 1;
            let result = match tries % 3 {
                0 => polls(tries % 4, socket.receive(&mut buffer)).await,
                _ => context.within(tries % 8, socket.receive(&mut buffer)).await,
            };
            if let Some(result) = result {
                let count = value!(result, "receive");
                check!(
                    buffer.get(..count) == Some(&[number; 30]),
                    "another datagram came back than was sent"
                );
                break;
            }
            check!(left > 0, "a datagram is lost");
            context.pause(1).await;
            left -= 1;
        }
    }
    Ok(())
}

async fn unasked<S: Udp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let bench = context.bench;
    bench.needs(bench.can.udp_bind, Capabilities::UDP_BIND)?;
    let local = SocketAddr::new(bench.local.ok_or(Failure::Missing("an address of its own"))?, bench.port);
    let far = bench.far()?;
    let (_, mut socket) = value!(stack.bind(local).await, "bind");
    let sent = b"you do not know me";
    far.datagram(local, sent).ok_or(Failure::Missing("a stranger who sends datagrams"))?;
    let mut buffer = [0; 64];
    let received = context.within(bench.settle_ms, socket.receive(&mut buffer)).await;
    let received = received.ok_or(Failure::wrong("a stranger is not heard"))?;
    let (count, _, _) = value!(received, "receive");
    check!(buffer.get(..count) == Some(sent), "another datagram came than was sent");
    Ok(())
}
