//! What a modem says of its echo requests (ICMP, RFC 792).

use core::net::IpAddr;

use crate::at::{Params, split};

/// An answer to an echo request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) from: Option<IpAddr>,
    /// The time to live that it came with.
    pub(crate) ttl: u8,
    /// Milliseconds from the request to the reply, 65535 at most.
    pub(crate) time: u16,
}

/// What an unsolicited line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    Reply(Reply),
    /// Nobody has answered in time, or only a gateway.
    Lost,
    /// There is nothing to wait for; the modem's own number, where it is one.
    Failed(Option<u16>),
}

/// What `line` says of an echo request; `None` when it is about something else, or damaged.
pub(crate) fn report(line: &[u8]) -> Option<Report> {
    let (prefix, rest) = split(line)?;
    let mut params = Params::new(rest);
    match prefix {
        // `<retry_num>,<p_size>,"<remote_hostname>","<remote_ip>",<ttl>,<rtt>`.
        b"+UUPING" => {
            (0..3).try_for_each(|_| params.raw().map(drop))?;
            let (from, ttl) = (params.text()?, params.raw()?);
            Some(reply(from, params.raw()?, ttl)?.map_or(Report::Lost, Report::Reply))
        }
        // Seen with the number alone, and behind another one.
        b"+UUPINGER" => {
            let last = rest.rsplit(|&byte| byte == b',').next().unwrap_or_default();
            Some(Report::Failed(Params::new(last).word()))
        }
        _ => None,
    }
}

/// `<number>,<address>,<time>,<ttl>` of `+PING`; `None` where nobody has answered.
pub(crate) fn answer(mut params: Params<'_>) -> Option<Reply> {
    params.raw()?;
    let (from, time) = (params.text()?, params.raw()?);
    reply(from, time, params.raw()?).flatten()
}

/// A time below zero is no reply: −1 is that none came in time, −2 that the time to live was too short (SARA/LEXI
/// internet applications §2.4.1.1). `None` for what is no number.
fn reply(from: &[u8], time: &[u8], ttl: &[u8]) -> Option<Option<Reply>> {
    if time.starts_with(b"-") {
        return Some(None);
    }
    let time = Params::new(time).number()?.try_into().unwrap_or(u16::MAX);
    let ttl = Params::new(ttl).byte().unwrap_or_default();
    Some(Some(Reply { from: crate::at::parse_address(from), ttl, time }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(ttl: u8, time: u16) -> Reply {
        Reply { from: Some([216, 58, 206, 68].into()), ttl, time }
    }

    #[test]
    fn reports_are_read() {
        // SARA/LEXI internet applications §2.4.1 prints a space behind the name.
        let line = b"+UUPING: 1,32,\"www.google.com \",\"216.58.206.68\",115,62";
        assert_eq!(report(line), Some(Report::Reply(reply(115, 62))));
        for lost in ["-1", "-2"] {
            let line = format!("+UUPING: 2,32,\"www.google.com\",\"216.58.206.68\",0,{lost}");
            assert_eq!(report(line.as_bytes()), Some(Report::Lost), "{line}");
        }
        assert_eq!(report(b"+UUPINGER: 8"), Some(Report::Failed(Some(8))));
        assert_eq!(report(b"+UUPINGER: 1,17"), Some(Report::Failed(Some(17))));
        assert_eq!(report(b"+UUPINGER: 1,\"Timeout\""), Some(Report::Failed(None)));
        for other in ["+UUPING:", "+UUPING: 1,32,\"a\",\"1.2.3.4\",115,", "+UUSORD: 0,1", "OK"] {
            assert_eq!(report(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn answers_are_read() {
        let read = |text: &str| answer(Params::new(text.as_bytes()));
        assert_eq!(read("1,\"216.58.206.68\",70000,252"), Some(reply(252, u16::MAX)));
        assert_eq!(read("1,216.58.206.68,1590,252"), Some(reply(252, 1590)));
        assert_eq!(read("1,216.58.206.68,-1,-1"), None);
        assert_eq!(read("1,216.58.206.68"), None);
    }
}
