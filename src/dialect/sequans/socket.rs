//! Sockets (use cases chapter 6).

use crate::at::{CommandWriter, Params, Span, Trailer, split};
use crate::dialect::{Args, OnError, Reading, Step};
use crate::error::CmeCode;
use crate::time::Duration;

/// The connect time-out that `+SQNSCFG` sets is 60 s; the name service may come on top.
const CONNECT: Duration = Duration::from_secs(75);
const READING: Duration = Duration::from_secs(50);
const WRITING: Duration = Duration::from_secs(30);
const SHUTTING: Duration = Duration::from_secs(12);

/// The modem's inactivity timer is switched off: by default it closes a socket after 90 s.
const CONFIGURE: Step = Step::new("configure", |a, w| {
    w.text("+SQNSCFG=").number(a.call.id.into()).text(",").number(a.config.cid.into()).text(",300,0,600,50");
});

/// Short form of `+SQNSRING`, raw bytes both ways. The settings survive a power cycle, so every
/// one of them is given (use cases §6.2.4).
const CONFIGURE_MORE: Step = Step::new("configure more", |a, w| {
    w.text("+SQNSCFGEXT=").number(a.call.id.into()).text(",0,0,0,0,0");
});

/// Shuts what a failed dial may have left.
const CLEAN_UP: Step = Step::new("clean up", shut).timeout(SHUTTING).after_failure();

pub(super) const OPEN_TCP: &[Step] = &[
    CONFIGURE,
    CONFIGURE_MORE,
    Step::new("dial", |a, w| {
        dial(a, w, 0);
        w.text(",0,0,1");
    })
    .timeout(CONNECT),
    CLEAN_UP,
];

/// UDP wants a local port of its own.
pub(super) const OPEN_UDP: &[Step] = &[
    CONFIGURE,
    CONFIGURE_MORE,
    Step::new("dial", |a, w| {
        dial(a, w, 1);
        w.text(",0,").number(a.call.local_port.into()).text(",1");
    })
    .timeout(CONNECT),
    CLEAN_UP,
];

fn dial(a: &Args<'_>, w: &mut CommandWriter<'_>, protocol: u32) {
    w.text("+SQNSD=").number(a.call.id.into()).text(",").number(protocol);
    w.text(",").number(a.call.remote.port().into()).text(",").address(a.call.remote.ip());
}

/// `+SQNSSEND` would act on Ctrl-Z and ESC inside the payload (use cases §6.2.4).
pub(super) const SEND: &[Step] = &[Step::new("send", |a, w| {
    w.text("+SQNSSENDEXT=").number(a.call.id.into()).text(",").number(a.call.len.into());
})
.prompt(b'>', Duration::ZERO)
.timeout(WRITING)];

pub(super) const RECEIVE: &[Step] = &[Step::new("receive", |a, w| {
    w.text("+SQNSRECV=").number(a.call.id.into()).text(",").number(a.call.len.into());
})
.span(|head, at_end| {
    let (prefix, rest) = split(head)?;
    let mut params = Params::new(rest);
    let (id, len) = (params.byte()?, params.word()?);
    (prefix == b"+SQNSRECV" && at_end).then_some(Span { id, len, from: None, trailer: Trailer::LineEnd })
})
.timeout(READING)];

/// The use cases do not name `+SQNSI`, so its error means nothing.
pub(super) const AVAILABLE: &[Step] = &[UNREAD];

const UNREAD: Step = Step::new("unread", |a, w| _ = w.text("+SQNSI=").number(a.call.id.into()))
    .optional_text(b"+SQNSI", |r, mut p| {
        if p.byte()? == r.call.id {
            r.call.found.total = p.number();
            p.raw()?;
            r.call.found.count = Some(p.word()?);
        }
        Some(())
    })
    .on_error(OnError::Ignore);

/// "Sockets can be closed without warning … check the socket status with AT+SQNSS" (use cases §6).
pub(super) const CHECK: &[Step] = &[
    Step::new("socket states", |_, w| _ = w.text("+SQNSS"))
        .optional_text(b"+SQNSS", state)
        .on_error(OnError::Ignore),
    UNREAD,
];

fn state(r: &mut Reading<'_>, mut p: Params<'_>) -> Option<()> {
    if p.byte()? == r.call.id {
        r.call.found.open = Some(p.byte()? != 0);
    }
    Some(())
}

/// "Operation not allowed" says that there is no such socket; any other error may be about a
/// command that was damaged on its way.
pub(super) const CLOSE: &[Step] = &[
    Step::new("shut", shut).timeout(SHUTTING),
    Step::new("shut again", shut)
        .when(|a| a.call.failed != Some(CmeCode::NOT_ALLOWED))
        .timeout(SHUTTING)
        .after_failure(),
];

fn shut(a: &Args<'_>, w: &mut CommandWriter<'_>) {
    w.text("+SQNSH=").number(a.call.id.into());
}
