//! Names.

use core::net::IpAddr;

use embedded_nal::{AddrType, Dns, nb};

use super::ground::Ground;
use crate::{Failure, Verdict, check};

/// Room for every name (embedded-nal 0.9, `Dns::get_host_by_address`).
const NAME: usize = 255;

pub(super) fn known<S: Dns>(ground: &mut Ground<'_, S>) -> Verdict {
    let (name, address) = ground.bench.names.v4.ok_or(Failure::Missing("a name that is known"))?;
    for kind in [AddrType::IPv4, AddrType::Either] {
        let found =
            ground.until("the lookup blocks for ever", |stack| stack.get_host_by_name(name, kind.clone()))?;
        let found = found.map_err(|_| Failure::wrong("the lookup gave an error"))?;
        check!(found == address, "another address was found");
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
    let (_, address) = ground.bench.names.v4.ok_or(Failure::Missing("a name that is known"))?;
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
