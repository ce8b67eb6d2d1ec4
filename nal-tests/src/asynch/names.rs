//! Names and addresses.

use core::net::IpAddr;

use embassy_futures::join::join;

use super::stack::{Family, Names};
use crate::pattern::ODD;
use crate::run::{polls, suite};
use crate::{Context, Failure, Timer, Verdict, check};

suite! {
    /// Cases about names.
    pub async fn run(stack: Names) {
        "R01" Must found, "A name has its address.",
            "Dns::get_host_by_name (embedded-nal-async 0.9, edge-nal 0.7)";
        "R02" Must families, "An address is of the family that was asked for.",
            "AddrType (embedded-nal 0.9)";
        "R03" Clients literals, "An address in text is its own name.",
            "reqwless 0.14 resolves every host of a URL";
        "R04" Must missing, "A name that does not exist is an error.",
            "Dns::get_host_by_name";
        "R05" Clients odd, "What is no name is an error, and the next name is found.",
            "names come from users: quotes and line ends in them must not reach a modem";
        "R06" Clients two, "Two lookups at once find their own addresses.",
            "Dns::get_host_by_name(&self) (embedded-nal-async 0.9)";
        "R07" Must reverse, "A lookup by address ends, and a buffer that is too small is an error.",
            "Dns::get_host_by_address (embedded-nal-async 0.9)";
        "R08" Clients cancelled, "A lookup that is given up does not answer the next one.",
            "reqwless 0.14 under a time limit";
        "R09" Clients silent, "A question that nobody answers is an error in the end.",
            "reqwless 0.14 has no time limit of its own";
    }
}

const NO_NAMES: Failure = Failure::Missing("a name to look up");
const NO_OTHER: Failure = Failure::Missing("a second name to look up");

/// Finds the name that is there.
pub(super) async fn works<S: Names, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (name, address) = context.bench.names.v4.ok_or(NO_NAMES)?;
    finds(stack, name, Family::V4, address).await
}

async fn finds<S: Names>(stack: &S, name: &str, family: Family, address: IpAddr) -> Verdict {
    match stack.address(name, family).await {
        Ok(found) if found == address => Ok(()),
        Ok(_) => Err(Failure::wrong("the name has another address")),
        Err(_) => Err(Failure::wrong("the name is not found")),
    }
}

async fn found<S: Names, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    works(stack, context).await?;
    if let Some((name, address)) = context.bench.names.other {
        for family in [Family::V4, Family::Either] {
            finds(stack, name, family, address).await?;
        }
    }
    if let Some((name, address)) = context.bench.names.v6 {
        for family in [Family::V6, Family::Either] {
            finds(stack, name, family, address).await?;
        }
    }
    Ok(())
}

async fn families<S: Names, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let names = context.bench.names;
    names.v4.ok_or(NO_NAMES)?;
    for (name, _) in [names.v4, names.other, names.v6].into_iter().flatten() {
        if let Ok(address) = stack.address(name, Family::V4).await {
            check!(address.is_ipv4(), "an IPv6 address comes where IPv4 was asked for");
        }
        if let Ok(address) = stack.address(name, Family::V6).await {
            check!(address.is_ipv6(), "an IPv4 address comes where IPv6 was asked for");
        }
    }
    works(stack, context).await
}

async fn literals<S: Names, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let four = IpAddr::from([192, 0, 2, 1]);
    finds(stack, "192.0.2.1", Family::V4, four).await?;
    finds(stack, "192.0.2.1", Family::Either, four).await?;
    if context.bench.can.ipv6 {
        let six = IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]);
        finds(stack, "2001:db8::1", Family::V6, six).await?;
        finds(stack, "2001:db8::1", Family::Either, six).await?;
    }
    Ok(())
}

async fn missing<S: Names, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let name = context.bench.names.missing.ok_or(Failure::Missing("a name that does not exist"))?;
    for family in [Family::V4, Family::Either] {
        check!(stack.address(name, family).await.is_err(), "a name that does not exist has an address");
    }
    works(stack, context).await
}

async fn odd<S: Names, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    context.bench.names.v4.ok_or(NO_NAMES)?;
    for name in ODD {
        check!(stack.address(name, Family::V4).await.is_err(), "what is no name has an address");
        works(stack, context).await?;
    }
    Ok(())
}

async fn two<S: Names, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (name, address) = context.bench.names.v4.ok_or(NO_NAMES)?;
    let (other, another) = context.bench.names.other.ok_or(NO_OTHER)?;
    for _ in 0..5 {
        let first = finds(stack, name, Family::V4, address);
        let (first, second) = join(first, finds(stack, other, Family::V4, another)).await;
        first?;
        second?;
    }
    Ok(())
}

async fn reverse<S: Names, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (_, address) = context.bench.names.v4.ok_or(NO_NAMES)?;
    let mut buffer = [0; 255];
    let Ok(count) = stack.name(address, &mut buffer).await else {
        return works(stack, context).await;
    };
    let name = buffer.get(..count).ok_or(Failure::wrong("the name is longer than its buffer"))?;
    check!(core::str::from_utf8(name).is_ok(), "the name is no text");
    check!(count > 1, count, 2, "the length of the name");
    check!(stack.name(address, &mut [0]).await.is_err(), "a name fits in a buffer that is too small");
    works(stack, context).await
}

async fn cancelled<S: Names, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let (name, address) = context.bench.names.v4.ok_or(NO_NAMES)?;
    let (other, another) = context.bench.names.other.ok_or(NO_OTHER)?;
    for count in 0..context.bench.cancellations {
        let done = polls(count, stack.address(other, Family::V4)).await.is_some();
        finds(stack, name, Family::V4, address).await?;
        if done {
            break;
        }
    }
    let mut time = 1;
    while time < context.bench.settle_ms
        && context.within(time, stack.address(name, Family::V4)).await.is_none()
    {
        finds(stack, other, Family::V4, another).await?;
        time += time.div_ceil(4);
    }
    Ok(())
}

async fn silent<S: Names, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let name = context.bench.names.silent.ok_or(Failure::Missing("a name about which nobody answers"))?;
    check!(stack.address(name, Family::V4).await.is_err(), "nobody answers, and there is an address");
    works(stack, context).await
}
