//! Sockets (IADG chapter 5).

use core::net::SocketAddr;

use crate::at::{Params, Span, Trailer, split};
use crate::dialect::{Args, OnError, SocketOption, Step};
use crate::error::{CmeCode, Error};
use crate::time::Duration;

/// "After the @ prompt reception, wait for a minimum of 50 ms before sending data" (IADG §5.3.1).
/// One more, because the prompt was on the wire before it was seen.
pub(super) const PROMPT_PAUSE: u8 = 51;

/// A connect blocks the interface for 130 s at most; a close, which lingers, for 120 s.
pub(super) const CONNECT: Duration = Duration::from_secs(130);
const CLOSING: Duration = Duration::from_secs(120);
pub(super) const WRITING: Duration = Duration::from_secs(120);

/// A failed `+USOCO` has closed the socket already (IADG §5.1).
pub(super) const OPEN_TCP: &[Step] = &[
    Step::new("+USOCR=6").text("+USOCR: {new id}"),
    Step::new("+USOCO={id},{address},{port}").timeout(CONNECT),
    Step::new("+USOER").optional_text("+USOER: {errno}").after_failure(),
];

/// `+USOCO` is not used on UDP sockets: it excludes `+USOST` and `+USORF` (IADG chapter 5), which
/// alone keep datagrams and their senders apart.
///
/// Where a local port cannot be given at once (it is not in all of the family's manuals), the
/// socket is bound to it afterwards.
pub(super) const OPEN_UDP: &[Step] = &[
    Step::new("+USOCR=17,{own port}")
        .when(|a| a.call.local_port != 0)
        .text("+USOCR: {new id}")
        .on_error(OnError::Note),
    Step::new("+USOER")
        .when(|a| a.call.failed.is_some())
        .optional_text("+USOER: {errno}")
        .on_error(OnError::Ignore),
    Step::new("+USOCR=17").when(needs_socket).text("+USOCR: {new id}"),
    BIND.when(|a| a.call.failed.is_some() && a.call.found.id.is_some()),
    CLEAN_UP,
];

fn needs_socket(a: &Args<'_>) -> bool {
    a.call.found.id.is_none() && a.call.found.cause != Some(Error::PortInUse)
}

const BIND: Step = Step::new("+USOLI={id},{own port}");

/// Closes what a procedure has created before it failed.
const CLEAN_UP: Step =
    Step::new("+USOCL={id}").when(|a| a.call.found.id.is_some()).timeout(CLOSING).after_failure();

/// Each connection from outside gets a socket of its own and `+UUSOLI` (IADG §5.2).
pub(super) const LISTEN: &[Step] = &[
    Step::new("+USOCR=6").text("+USOCR: {new id}"),
    BIND,
    Step::new("+USOER").optional_text("+USOER: {errno}").after_failure(),
    CLEAN_UP,
];

/// State 1 is listening. Anything else, and an error, says that nobody is.
pub(super) const CHECK_LISTENER: &[Step] =
    &[Step::new("+USOCTL={id},10").text("+USOCTL: {id},10,{state}").on_error(OnError::End)];

/// `+USOSO` (IADG §5.4, §A.1.1); idle time is in milliseconds and not known everywhere.
pub(super) const SET_OPTION: &[Step] = &[
    Step::new("+USOSO={id},65535,8,1").when(|a| matches!(a.call.option, Some(SocketOption::KeepAlive(1..)))),
    Step::new("+USOSO={id},6,2,{value}000")
        .when(|a| matches!(a.call.option, Some(SocketOption::KeepAlive(1..))))
        .on_error(OnError::Ignore),
    Step::new("+USOSO={id},65535,8,0").when(|a| matches!(a.call.option, Some(SocketOption::KeepAlive(0)))),
    Step::new("+USOSO={id},6,1,{value}").when(|a| matches!(a.call.option, Some(SocketOption::NoDelay(_)))),
    Step::new("+USOSO={id},65535,128,1,{value}")
        .when(|a| matches!(a.call.option, Some(SocketOption::Linger(_)))),
    Step::new("+USOSO={id},0,2,{value}").when(|a| matches!(a.call.option, Some(SocketOption::TimeToLive(_)))),
];

/// Direct link.
pub(super) const ONLINE: &[Step] = &[Step::new("+USODL={id}").connect()];

/// Binary form: the payload is not echoed and may hold any byte.
///
/// Where another count was taken than offered, the modem's own count of all bytes tells whether that is so. A bare OK, as the
/// vendor's own driver has seen it, may be that of an older command while the modem still waits for payload: then nothing may be
/// asked.
pub(super) const SEND: &[Step] = &[
    Step::new("+USOWR={id},{length}")
        .prompt(b'@', PROMPT_PAUSE)
        .text("+USOWR: {id},{bytes}")
        .timeout(WRITING),
    Step::new("+USOCTL={id},2")
        .when(|a| a.call.found.count.is_some_and(|count| count > 0 && count != a.call.len))
        .optional_text("+USOCTL: {id},2,{total}")
        .on_error(OnError::Ignore),
];

pub(super) const SEND_DATAGRAM: &[Step] = &[Step::new("+USOST={id},{address},{port},{length}")
    .prompt(b'@', PROMPT_PAUSE)
    .text("+USOST: {id},{bytes}")
    .timeout(WRITING)];

/// "+USOSTF (where supported)" (IADG §A.2): its syntax is not in the documents at hand, so an error
/// is the user's to hear.
pub(super) const SEND_LAST_DATAGRAM: &[Step] =
    &[Step::new("+USOSTF={id},{address},{port},{length},{release}")
        .prompt(b'@', PROMPT_PAUSE)
        .text("+USOSTF|+USOST: {id},{bytes}")
        .timeout(WRITING)];

pub(super) const RECEIVE: &[Step] = &[Step::new("+USORD={id},{length}").span(read)];

pub(super) const RECEIVE_DATAGRAM: &[Step] = &[Step::new("+USORF={id},{length}").span(receive_from)];

/// `+USORD: <id>,<count>,"<bytes>"`.
fn read(head: &[u8], at_end: bool) -> Option<Span> {
    let mut params = head_of(b"+USORD", head)?;
    let (id, len) = (params.byte()?, params.word()?);
    let trailer = payload(params, len, at_end)?;
    Some(Span { id, len, from: None, trailer })
}

/// `+USORF: <id>,"<address>",<port>,<count>,"<bytes>"`.
fn receive_from(head: &[u8], at_end: bool) -> Option<Span> {
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
}

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
const UNREAD: Step = Step::new("+USORD={id},0").text("+USORD: {id},{unread}").on_error(OnError::End);

pub(super) const AVAILABLE_DATAGRAM: &[Step] =
    &[Step::new("+USORF={id},0").text("+USORF: {id},{unread}").on_error(OnError::End)];

/// Where nothing is unread, the TCP state decides: 4 is established, 7 close-wait (IADG §5.8).
pub(super) const CHECK: &[Step] = &[
    UNREAD,
    Step::new("+USOCTL={id},10")
        .when(|a| a.call.found.open == Some(true) && a.call.found.count == Some(0))
        .text("+USOCTL: {id},10,{TCP state}")
        .on_error(OnError::Ignore),
];

/// A local close is not followed by `+UUSOCL`. The form with `,1`, which does not block, is not
/// there on SARA-R5.
///
/// "Operation not allowed" says that there is no such socket; any other error may be about a
/// command that was damaged on its way.
pub(super) const CLOSE: &[Step] = &[Step::new("+USOCL={id}").timeout(CLOSING), CLOSE_AGAIN];

const CLOSE_AGAIN: Step = Step::new("+USOCL={id}")
    .when(|a| a.call.failed != Some(CmeCode::NOT_ALLOWED))
    .timeout(CLOSING)
    .after_failure();

/// The form that does not block, for TCP; the modem gives the id to nobody before it says
/// `+UUSOCL`.
pub(super) const CLOSE_IN_BACKGROUND: &[Step] = &[
    Step::new("+USOCL={id},1").when(|a| a.call.tcp).timeout(CLOSING),
    Step::new("+USOCL={id}").when(|a| !a.call.tcp).timeout(CLOSING),
    CLOSE_AGAIN,
];
