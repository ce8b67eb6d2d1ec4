//! Sockets (IADG chapter 5).

use core::net::SocketAddr;

use crate::at::{CommandWriter, Params, Span, Trailer, split};
use crate::dialect::cellular::id_and_count;
use crate::dialect::{Args, OnError, Reading, Step};
use crate::error::{CmeCode, Error};
use crate::time::Duration;

/// "After the @ prompt reception, wait for a minimum of 50 ms before sending data" (IADG §5.3.1).
/// One more, because the prompt was on the wire before it was seen.
const PROMPT_PAUSE: Duration = Duration::from_millis(51);

/// A connect blocks the interface for 130 s at most; a close, which lingers, for 120 s.
const CONNECT: Duration = Duration::from_secs(130);
const CLOSING: Duration = Duration::from_secs(120);
const WRITING: Duration = Duration::from_secs(120);

/// A failed `+USOCO` has closed the socket already (IADG §5.1).
pub(super) const OPEN_TCP: &[Step] = &[
    Step::new("create", |_, w| _ = w.text("+USOCR=6")).text(b"+USOCR", created),
    Step::new("connect", |a, w| {
        w.text("+USOCO=").number(a.call.id.into()).text(",").address(a.call.remote.ip());
        w.text(",").number(a.call.remote.port().into());
    })
    .timeout(CONNECT),
    Step::new("cause", |_, w| _ = w.text("+USOER"))
        .optional_text(b"+USOER", |r, mut p| {
            r.call.found.cause = match p.number()? {
                111 => Some(Error::Refused),
                110 | 113 | 101 => Some(Error::Timeout),
                _ => None,
            };
            Some(())
        })
        .after_failure(),
];

/// `+USOCO` is not used on UDP sockets: it excludes `+USOST` and `+USORF` (IADG chapter 5), which
/// alone keep datagrams and their senders apart.
pub(super) const OPEN_UDP: &[Step] = &[Step::new("create", |a, w| {
    w.text("+USOCR=17");
    if a.call.local_port != 0 {
        w.text(",").number(a.call.local_port.into());
    }
})
.text(b"+USOCR", created)];

fn created(r: &mut Reading<'_>, mut p: Params<'_>) -> Option<()> {
    let id = p.byte()?;
    r.call.id = id;
    r.call.found.id = Some(id);
    Some(())
}

/// Where less was taken than offered, the modem's own count of all bytes tells whether that is so.
///
/// Binary form: the payload is not echoed and may hold any byte.
pub(super) const SEND: &[Step] = &[
    Step::new("write", |a, w| {
        w.text("+USOWR=").number(a.call.id.into()).text(",").number(a.call.len.into());
    })
    .prompt(b'@', PROMPT_PAUSE)
    .text(b"+USOWR", id_and_count)
    .timeout(WRITING),
    Step::new("bytes sent", |a, w| {
        w.text("+USOCTL=").number(a.call.id.into()).text(",2");
    })
    .when(|a| a.call.found.count.is_some_and(|count| count > 0 && count < a.call.len))
    .optional_text(b"+USOCTL", |r, mut p| {
        if p.byte()? == r.call.id && p.byte()? == 2 {
            r.call.found.total = Some(p.number()?);
        }
        Some(())
    })
    .on_error(OnError::Ignore),
];

pub(super) const SEND_DATAGRAM: &[Step] = &[Step::new("send to", |a, w| {
    w.text("+USOST=").number(a.call.id.into()).text(",").address(a.call.remote.ip());
    w.text(",").number(a.call.remote.port().into()).text(",").number(a.call.len.into());
})
.prompt(b'@', PROMPT_PAUSE)
.text(b"+USOST", id_and_count)
.timeout(WRITING)];

pub(super) const RECEIVE: &[Step] = &[Step::new("read", |a, w| {
    w.text("+USORD=").number(a.call.id.into()).text(",").number(a.call.len.into());
})
.span(|head, at_end| {
    let mut params = head_of(b"+USORD", head)?;
    let (id, len) = (params.byte()?, params.word()?);
    let trailer = payload(params, len, at_end)?;
    Some(Span { id, len, from: None, trailer })
})];

pub(super) const RECEIVE_DATAGRAM: &[Step] = &[Step::new("receive from", |a, w| {
    w.text("+USORF=").number(a.call.id.into()).text(",").number(a.call.len.into());
})
.span(|head, at_end| {
    let mut params = head_of(b"+USORF", head)?;
    let id = params.byte()?;
    if at_end {
        // Nothing unread: the form without sender.
        return (params.word()? == 0).then_some(Span { id, len: 0, from: None, trailer: Trailer::LineEnd });
    }
    let from = SocketAddr::new(params.address()?, params.word()?);
    let len = params.word()?;
    let trailer = payload(params, len, at_end)?;
    Some(Span { id, len, from: Some(from), trailer })
})];

fn head_of<'a>(prefix: &[u8], head: &'a [u8]) -> Option<Params<'a>> {
    let (found, rest) = split(head)?;
    (found == prefix).then(|| Params::new(rest))
}

/// Payload begins behind an opening quote; where there is none, the line just ends.
fn payload(mut rest: Params<'_>, len: u16, at_end: bool) -> Option<Trailer> {
    if at_end {
        return (len == 0).then_some(Trailer::LineEnd);
    }
    (rest.raw()? == b"\"").then_some(Trailer::Quote)
}

pub(super) const AVAILABLE: &[Step] = &[UNREAD];

/// A socket that is gone answers with an error, one that stands with a count.
const UNREAD: Step = Step::new("unread", |a, w| {
    w.text("+USORD=").number(a.call.id.into()).text(",0");
})
.text(b"+USORD", unread)
.on_error(OnError::End);

pub(super) const AVAILABLE_DATAGRAM: &[Step] = &[Step::new("unread", |a, w| {
    w.text("+USORF=").number(a.call.id.into()).text(",0");
})
.text(b"+USORF", unread)
.on_error(OnError::End)];

fn unread(r: &mut Reading<'_>, p: Params<'_>) -> Option<()> {
    id_and_count(r, p)?;
    r.call.found.open = Some(true);
    Some(())
}

/// Where nothing is unread, the TCP state decides: 4 is established, 7 close-wait (IADG §5.8).
pub(super) const CHECK: &[Step] = &[
    UNREAD,
    Step::new("TCP state", |a, w| {
        w.text("+USOCTL=").number(a.call.id.into()).text(",10");
    })
    .when(|a| a.call.found.open == Some(true) && a.call.found.count == Some(0))
    .text(b"+USOCTL", |r, mut p| {
        if p.byte()? == r.call.id && p.byte()? == 10 {
            r.call.found.open = Some(p.byte()? == 4);
        }
        Some(())
    })
    .on_error(OnError::Ignore),
];

/// A local close is not followed by `+UUSOCL`. The form with `,1`, which does not block, is not
/// there on SARA-R5.
pub(super) const CLOSE: &[Step] = &[
    Step::new("close", close).timeout(CLOSING),
    // "Operation not allowed" says that there is no such socket; any other error may be about a
    // command that was damaged on its way.
    Step::new("close again", close)
        .when(|a| a.call.failed != Some(CmeCode::NOT_ALLOWED))
        .timeout(CLOSING)
        .after_failure(),
];

fn close(a: &Args<'_>, w: &mut CommandWriter<'_>) {
    w.text("+USOCL=").number(a.call.id.into());
}
