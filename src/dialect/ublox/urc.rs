//! Unsolicited results.

use core::net::SocketAddr;

use crate::at::{Params, split};
use crate::dialect::{Urc, cellular};

pub(super) fn parse(line: &[u8]) -> Option<Urc> {
    let (prefix, rest) = split(line)?;
    let mut params = Params::new(rest);
    Some(match prefix {
        b"+UUSORD" | b"+UUSORF" => Urc::Data { id: params.byte()?, unread: params.word() },
        b"+UUSOCL" => Urc::Closed { id: params.byte()? },
        b"+UUSOLI" => {
            let id = params.byte()?;
            let remote = SocketAddr::new(params.address()?, params.word()?);
            Urc::Incoming { id, listener: params.byte()?, remote }
        }
        // The greeting of the modules that have one switched on.
        b"+UUSTATUS" if rest == b"READY" => Urc::Started,
        // Whatever else begins like this is u-blox' own and unsolicited.
        _ if prefix.starts_with(b"+UU") => Urc::Other,
        _ => return cellular::urc(line),
    })
}
