//! Unsolicited results.

use core::net::SocketAddr;

use crate::at::{Params, split};
use crate::dialect::{Urc, cellular};

pub(super) fn parse(line: &[u8]) -> Option<Urc> {
    let (prefix, rest) = split(line)?;
    // Whatever begins like this is u-blox' own and unsolicited.
    let Some(name) = prefix.strip_prefix(b"+UU") else {
        // How far an installation of firmware is (LENA §11.1.1, §11.2.2).
        return if prefix.starts_with(b"+UFW") { Some(Urc::Other) } else { cellular::urc(line) };
    };
    let mut params = Params::new(rest);
    Some(match name {
        b"SORD" | b"SORF" => Urc::Data { id: params.byte()?, unread: params.word() },
        b"SOCL" => Urc::Closed { id: params.byte()? },
        b"SOLI" => {
            let id = params.byte()?;
            let remote = SocketAddr::new(params.address()?, params.word()?);
            Urc::Incoming { id, listener: params.byte()?, remote }
        }
        b"PSDA" if params.byte() == Some(0) => Urc::Attached,
        // The greeting of the modules that have one switched on.
        b"STATUS" if rest == b"READY" => Urc::Started,
        _ => Urc::Other,
    })
}
