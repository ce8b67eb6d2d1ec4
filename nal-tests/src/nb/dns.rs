//! Names.

use core::net::IpAddr;

use embedded_nal::{AddrType, Dns, nb};

use super::ground::Ground;
use crate::pattern::ODD;
use crate::{Failure, Verdict, check};

/// Room for every name (embedded-nal 0.9, `Dns::get_host_by_address`).
const NAME: usize = 255;

const NO_NAMES: Failure = Failure::Missing("a name that is known");

/// A name has this address.
fn finds<S: Dns>(ground: &mut Ground<'_, S>, name: &str, kind: AddrType, address: IpAddr) -> Verdict {
    let found =
        ground.until("the lookup blocks for ever", |stack| stack.get_host_by_name(name, kind.clone()))?;
    let found = found.map_err(|_| Failure::wrong("the lookup gave an error"))?;
    check!(found == address, "another address was found");
    Ok(())
}

/// The address of a name, if it has one of that family.
fn asks<S: Dns>(ground: &mut Ground<'_, S>, name: &str, kind: AddrType) -> Result<Option<IpAddr>, Failure> {
    let found =
        ground.until("the lookup blocks for ever", |stack| stack.get_host_by_name(name, kind.clone()))?;
    Ok(found.ok())
}

pub(super) fn known<S: Dns>(ground: &mut Ground<'_, S>) -> Verdict {
    let (name, address) = ground.bench.names.v4.ok_or(NO_NAMES)?;
    finds(ground, name, AddrType::IPv4, address)?;
    finds(ground, name, AddrType::Either, address)?;
    if let Some((name, address)) = ground.bench.names.v6 {
        finds(ground, name, AddrType::IPv6, address)?;
    }
    Ok(())
}

pub(super) fn families<S: Dns>(ground: &mut Ground<'_, S>) -> Verdict {
    let names = ground.bench.names;
    let (known, address) = names.v4.ok_or(NO_NAMES)?;
    for (name, _) in [names.v4, names.other, names.v6].into_iter().flatten() {
        if let Some(address) = asks(ground, name, AddrType::IPv4)? {
            check!(address.is_ipv4(), "an IPv6 address comes where IPv4 was asked for");
        }
        if let Some(address) = asks(ground, name, AddrType::IPv6)? {
            check!(address.is_ipv6(), "an IPv4 address comes where IPv6 was asked for");
        }
    }
    finds(ground, known, AddrType::IPv4, address)
}

pub(super) fn literals<S: Dns>(ground: &mut Ground<'_, S>) -> Verdict {
    let four = IpAddr::from([192, 0, 2, 1]);
    finds(ground, "192.0.2.1", AddrType::IPv4, four)?;
    finds(ground, "192.0.2.1", AddrType::Either, four)?;
    if ground.bench.can.ipv6 {
        let six = IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]);
        finds(ground, "2001:db8::1", AddrType::IPv6, six)?;
        finds(ground, "2001:db8::1", AddrType::Either, six)?;
    }
    Ok(())
}

pub(super) fn odd<S: Dns>(ground: &mut Ground<'_, S>) -> Verdict {
    let (known, address) = ground.bench.names.v4.ok_or(NO_NAMES)?;
    for name in ODD {
        let found = asks(ground, name, AddrType::IPv4)?;
        check!(found.is_none(), "what is no name has an address");
        finds(ground, known, AddrType::IPv4, address)?;
    }
    Ok(())
}

pub(super) fn missing<S: Dns>(ground: &mut Ground<'_, S>) -> Verdict {
    let name = ground.bench.names.missing.ok_or(Failure::Missing("a name that does not exist"))?;
    let found =
        ground.until("the lookup blocks for ever", |stack| stack.get_host_by_name(name, AddrType::IPv4))?;
    check!(found.is_err(), "an address was found");
    Ok(())
}

pub(super) fn interleaved<S: Dns>(ground: &mut Ground<'_, S>) -> Verdict {
    let missing = Failure::Missing("two names that are known");
    let names = [ground.bench.names.v4.ok_or(missing)?, ground.bench.names.other.ok_or(missing)?];
    for _ in 0..2 {
        let mut found = [None::<IpAddr>; 2];
        while found.contains(&None) {
            for ((name, address), found) in names.into_iter().zip(&mut found) {
                if found.is_some() {
                    continue;
                }
                match ground.stack.get_host_by_name(name, AddrType::IPv4) {
                    Ok(ip) => {
                        check!(ip == address, "another address was found");
                        *found = Some(ip);
                    }
                    Err(nb::Error::WouldBlock) => {}
                    Err(nb::Error::Other(_)) => return Err(Failure::wrong("the lookup gave an error")),
                }
            }
            ground.spin("the lookups block for ever")?;
        }
    }
    Ok(())
}

pub(super) fn reverse<S: Dns>(ground: &mut Ground<'_, S>) -> Verdict {
    let (_, address) = ground.bench.names.v4.ok_or(NO_NAMES)?;
    let mut name = [0; NAME];
    let found = ground
        .until("the reverse lookup blocks for ever", |stack| stack.get_host_by_address(address, &mut name))?;
    if let Ok(len) = found {
        check!(len <= NAME, len, NAME, "the length of the name");
        let name = name.get(..len).unwrap_or_default();
        check!(!name.is_empty() && name.is_ascii(), "what was found is no name");
    }
    let found = ground.until("the reverse lookup blocks for ever", |stack| {
        stack.get_host_by_address(address, &mut [0; 1])
    })?;
    check!(found.is_err(), "a name fitted into one byte");
    Ok(())
}
