//! Sockets (use cases chapter 6).

use crate::at::{Params, Span, Trailer, split};
use crate::dialect::{OnError, Step};
use crate::error::CmeCode;
use crate::time::Duration;

/// The connect time-out that `+SQNSCFG` sets is 60 s; the name service may come on top.
const CONNECT: Duration = Duration::from_secs(75);
const READING: Duration = Duration::from_secs(50);
const WRITING: Duration = Duration::from_secs(30);
const SHUTTING: Duration = Duration::from_secs(12);

/// The modem's inactivity timer is switched off: by default it closes a socket after 90 s.
pub(super) const CONFIGURE: Step = Step::new("+SQNSCFG={id},{cid},300,0,600,50");

/// Short form of `+SQNSRING`, raw bytes both ways. The settings survive a power cycle, so every
/// one of them is given (use cases chapter 6).
pub(super) const CONFIGURE_MORE: Step = Step::new("+SQNSCFGEXT={id},0,0,0,0,0");

/// Shuts what a failed dial may have left.
pub(super) const CLEAN_UP: Step = Step::new("+SQNSH={id}").timeout(SHUTTING).after_failure();

pub(super) const DIAL_TCP: Step = Step::new("+SQNSD={id},0,{port},{address},0,0,1").timeout(CONNECT);

/// UDP wants a local port of its own.
pub(super) const DIAL_UDP: Step = Step::new("+SQNSD={id},1,{port},{address},0,{own port},1").timeout(CONNECT);

pub(super) const OPEN_TCP: &[Step] = &[CONFIGURE, CONFIGURE_MORE, DIAL_TCP, CLEAN_UP];

pub(super) const OPEN_UDP: &[Step] = &[CONFIGURE, CONFIGURE_MORE, DIAL_UDP, CLEAN_UP];

/// `+SQNSSEND` would act on Ctrl-Z and ESC inside the payload (use cases §6.2.4).
pub(super) const SEND: &[Step] = &[Step::new("+SQNSSENDEXT={id},{length}").prompt(b'>', 0).timeout(WRITING)];

/// The last parameter is release assistance (use cases §6 do not name its values; 3GPP TS 24.301
/// does).
pub(super) const SEND_LAST_DATAGRAM: &[Step] =
    &[Step::new("+SQNSSENDEXT={id},{length},{release}").prompt(b'>', 0).timeout(WRITING)];

/// One connection, and then the modem listens no more (use cases §6).
pub(super) const LISTEN: &[Step] = &[CONFIGURE, CONFIGURE_MORE, START_LISTENING];

pub(super) const START_LISTENING: Step = Step::new("+SQNSL={id},1,{own port}");

/// Command mode. Whose connection it is stands in the list of sockets.
pub(super) const ACCEPT: &[Step] = &[
    Step::new("+SQNSA={id},1").timeout(SHUTTING),
    Step::new("+SQNSS").optional_text("+SQNSS: {id},{state},{Ends}").on_error(OnError::Ignore),
];

/// State 4 is listening, 5 is a connection that waits to be taken.
pub(super) const CHECK_LISTENER: &[Step] =
    &[Step::new("+SQNSS").optional_text("+SQNSS: {id},{state}").on_error(OnError::Ignore)];

/// Online mode (use cases §6.2.2).
pub(super) const ONLINE: &[Step] = &[Step::new("+SQNSO={id}").connect()];

pub(super) const RECEIVE: &[Step] = &[Step::new("+SQNSRECV={id},{length}").span(receive).timeout(READING)];

/// `+SQNSRECV: <id>,<count>`, and the bytes behind the end of the line; in one example (use cases
/// §6.1.4.1) they stand on the same line, behind a comma. The prefix is `+SQNSRCV` in Cassiopeia
/// §3.1.2.
fn receive(head: &[u8], at_end: bool) -> Option<Span> {
    let (prefix, rest) = split(head)?;
    let rest = if at_end { rest } else { rest.strip_suffix(b",")? };
    let mut params = Params::new(rest);
    let (id, len) = (params.byte()?, params.word()?);
    let known = prefix == b"+SQNSRECV" || prefix == b"+SQNSRCV";
    // A comma without anything between two numbers and the payload.
    (known && params.raw().is_none()).then_some(Span { id, len, from: None, trailer: Trailer::LineEnd })
}

/// The use cases do not name `+SQNSI`, so its error means nothing.
const UNREAD: Step =
    Step::new("+SQNSI={id}").optional_text("+SQNSI: {id},{total},{got},{bytes}").on_error(OnError::Ignore);

pub(super) const AVAILABLE: &[Step] = &[UNREAD];

/// "Sockets can be closed without warning … check the socket status with AT+SQNSS" (use cases §6).
pub(super) const CHECK: &[Step] =
    &[Step::new("+SQNSS").optional_text("+SQNSS: {id},{state}").on_error(OnError::Ignore), UNREAD];

/// "Operation not allowed" says that there is no such socket; any other error may be about a
/// command that was damaged on its way.
///
/// On a listening socket it may only refuse the connection that waits there.
pub(super) const CLOSE: &[Step] = &[
    Step::new("+SQNSH={id}").timeout(SHUTTING),
    Step::new("+SQNSS")
        .when(|a| a.call.listens)
        .optional_text("+SQNSS: {id},{state}")
        .on_error(OnError::Ignore),
    Step::new("+SQNSH={id}")
        .when(|a| a.call.found.open == Some(true))
        .on_error(OnError::Ignore)
        .timeout(SHUTTING),
    Step::new("+SQNSH={id}")
        .when(|a| a.call.failed != Some(CmeCode::NOT_ALLOWED))
        .timeout(SHUTTING)
        .after_failure(),
];
