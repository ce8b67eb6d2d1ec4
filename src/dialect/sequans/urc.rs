//! Unsolicited results.

use crate::at::{Params, split};
use crate::dialect::{Urc, cellular};

pub(super) fn parse(line: &[u8]) -> Option<Urc> {
    let (prefix, rest) = split(line)?;
    let mut params = Params::new(rest);
    Some(match prefix {
        b"+SYSSTART" => Urc::Started,
        b"+SHUTDOWN" | b"+SQNSSHDN" => Urc::Stopping,
        // Whether a second parameter counts all that is unread is not documented: it is not used.
        b"+SQNSRING" => Urc::Data { id: params.byte()?, unread: None },
        b"+SQNSH" => Urc::Closed { id: params.byte()? },
        _ if prefix.starts_with(b"+SQN") => Urc::Other,
        _ => return cellular::urc(line),
    })
}
