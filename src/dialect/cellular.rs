//! What all modems share: 3GPP TS 27.007 and ITU-T V.250.

use super::{Args, OnError, Reading, SimState, Step, Urc};
use crate::at::{Params, split};
use crate::time::Duration;

/// `ATE0`: no echo of commands (V.250 §6.2.4).
pub(crate) const ECHO_OFF: Step = Step::new("echo off", |_, w| _ = w.text("E0"));

/// `+CMEE=1`: errors by number (27.007 §9.1).
pub(crate) const NUMERIC_ERRORS: Step =
    Step::new("numeric errors", |_, w| _ = w.text("+CMEE=1")).on_error(OnError::Ignore);

const GET_FUNCTIONALITY: Step =
    Step::new("functionality", |_, w| _ = w.text("+CFUN?")).optional_text(b"+CFUN", |r, mut p| {
        r.call.found.functionality = Some(p.byte()?);
        Some(())
    })
    .on_error(OnError::Ignore);

/// The longest that `+CFUN` takes.
const CFUN: Duration = Duration::from_secs(180);

/// `+CFUN=4`: radio off, SIM card readable (27.007 §8.2).
const AIRPLANE: Step = Step::new("airplane mode", |_, w| _ = w.text("+CFUN=4")).timeout(CFUN);

const FULL: Step = Step::new("radio on", |_, w| _ = w.text("+CFUN=1")).timeout(CFUN);

/// Reads the SIM card; with minimum functionality it cannot be read (RYZ014 use cases §2.1.3).
pub(crate) const SIM_STATUS: &[Step] = &[
    GET_FUNCTIONALITY,
    AIRPLANE.when(|a| a.call.found.functionality == Some(0)),
    Step::new("SIM state", |_, w| _ = w.text("+CPIN?")).text(b"+CPIN", |r, mut p| {
        r.call.found.sim = Some(match p.text()? {
            b"READY" => SimState::Ready,
            b"SIM PIN" => SimState::Pin,
            b"SIM PUK" => SimState::Puk,
            _ => SimState::Locked,
        });
        Some(())
    }),
];

pub(crate) const ENTER_PIN: &[Step] = &[Step::new("enter PIN", |a, w| {
    w.text("+CPIN=").quoted(a.config.pin.as_bytes());
})
.secret()];

/// Sets the APN where one is configured and the modem has another one. It takes effect at the next
/// attach, so the radio is off while it changes.
pub(crate) const RADIO_ON: &[Step] = &[
    Step::new("registration reports", |_, w| _ = w.text("+CEREG=2")),
    Step::new("read APN", |_, w| _ = w.text("+CGDCONT?")).when(|a| !a.config.apn.is_empty()).optional_text(
        b"+CGDCONT",
        |r, mut p| {
            if p.byte()? == r.config.cid {
                p.raw()?;
                r.call.found.apn_is_set = p.text()?.eq_ignore_ascii_case(r.config.apn.as_bytes());
            }
            Some(())
        },
    ),
    GET_FUNCTIONALITY,
    AIRPLANE.when(|a| needs_apn(a) && a.call.found.functionality == Some(1)),
    Step::new("set APN", |a, w| {
        w.text("+CGDCONT=").number(a.config.cid.into()).text(",\"IPV4V6\",").quoted(a.config.apn.as_bytes());
    })
    .when(needs_apn),
    FULL,
];

fn needs_apn(a: &Args<'_>) -> bool {
    !a.config.apn.is_empty() && !a.call.found.apn_is_set
}

pub(crate) const RADIO_OFF: &[Step] = &[AIRPLANE];

/// Asks for the registration state. Where the modem does not even search, automatic selection may
/// have been switched off with `+COPS=2` (SARA/LEXI internet applications §2.3).
pub(crate) const REGISTRATION: &[Step] = &[
    Step::new("registration", |_, w| _ = w.text("+CEREG?")).text(b"+CEREG", |r, p| {
        r.call.found.registration = Some(registration(p)?);
        Some(())
    }),
    OPERATOR.when(|a| a.call.found.registration == Some(0)),
    Step::new("automatic selection", |_, w| _ = w.text("+COPS=0"))
        .when(|a| a.call.found.registration == Some(0) && a.call.found.operator_mode == Some(2))
        .on_error(OnError::Ignore)
        .timeout(Duration::from_secs(180)),
];

const OPERATOR: Step = Step::new("operator", |_, w| _ = w.text("+COPS?"))
    .optional_text(b"+COPS", |r, mut p| {
        r.call.found.operator_mode = p.byte();
        p.raw();
        let name = p.text().unwrap_or_default();
        r.status.set_operator(name);
        Some(())
    })
    .on_error(OnError::Ignore)
    .timeout(Duration::from_secs(60));

pub(crate) const STATUS: &[Step] = &[
    Step::new("signal", |_, w| _ = w.text("+CSQ"))
        .optional_text(b"+CSQ", |r, mut p| {
            r.status.set_signal(p.byte()?);
            Some(())
        })
        .on_error(OnError::Ignore),
    OPERATOR,
];

/// The default bearer is up with the attach; where it has no address yet, it is activated.
pub(crate) const ACTIVATE: &[Step] = &[
    ADDRESS,
    Step::new("activate", |a, w| _ = w.text("+CGACT=1,").number(a.config.cid.into()))
        .when(|a| a.call.found.address.is_none())
        .on_error(OnError::Ignore)
        .timeout(Duration::from_secs(150)),
    ADDRESS.when(|a| a.call.found.address.is_none()),
];

const ADDRESS: Step = Step::new("address", |a, w| _ = w.text("+CGPADDR=").number(a.config.cid.into()))
    .optional_text(b"+CGPADDR", |r, mut p| {
        if p.byte()? == r.config.cid {
            let address = p.address().filter(|address| !address.is_unspecified());
            r.call.found.address = address.or_else(|| p.address()).filter(|a| !a.is_unspecified());
        }
        Some(())
    });

/// `<stat>` of `+CEREG`, both as unsolicited line (`<stat>[,"<tac>",…]`) and as answer
/// (`<n>,<stat>[,"<tac>",…]`): in the answer the second parameter is a short bare number.
pub(crate) fn registration(mut params: Params<'_>) -> Option<u8> {
    let first = params.byte()?;
    let second = params.raw().unwrap_or_default();
    if second.len() <= 2
        && let Some(stat) = Params::new(second).byte()
    {
        return Some(stat);
    }
    Some(first)
}

/// The unsolicited lines that all modems share.
pub(crate) fn urc(line: &[u8]) -> Option<Urc> {
    let (prefix, rest) = split(line)?;
    Some(match prefix {
        b"+CEREG" => Urc::Registration(registration(Params::new(rest))?),
        b"+CGEV" => detached(rest).unwrap_or(Urc::Other),
        b"+CREG" | b"+CGREG" | b"+CTZV" | b"+CTZE" | b"+CTZDST" | b"+CIEV" | b"+CMTI" | b"+CPIN"
        | b"+CSCON" => Urc::Other,
        _ => return None,
    })
}

/// Events of `+CGEV` after which a packet connection is gone.
fn detached(event: &[u8]) -> Option<Urc> {
    if event.starts_with(b"NW DETACH") || event.starts_with(b"ME DETACH") {
        return Some(Urc::Detached { cid: None });
    }
    let rest = event.strip_prefix(b"NW PDN DEACT ").or_else(|| event.strip_prefix(b"ME PDN DEACT "))?;
    Some(Urc::Detached { cid: Params::new(rest).byte() })
}

/// Reads `<id>,<count>`, when `<id>` is the socket of this call.
pub(crate) fn id_and_count(r: &mut Reading<'_>, mut p: Params<'_>) -> Option<()> {
    if p.byte()? != r.call.id {
        return None;
    }
    r.call.found.count = Some(p.word()?);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(text: &[u8]) -> Option<u8> {
        registration(Params::new(text))
    }

    #[test]
    fn registration_is_read_from_answers_and_reports() {
        assert_eq!(stat(b"2,1"), Some(1));
        assert_eq!(stat(b"2,80"), Some(80));
        assert_eq!(stat(b"2"), Some(2));
        assert_eq!(stat(b"1,\"0002\",\"01A22002\",7"), Some(1));
        assert_eq!(stat(b"5,0936,0C702F0F,7"), Some(5));
        assert_eq!(stat(b"2,5,\"0936\",\"0C702F0F\",7"), Some(5));
        assert_eq!(stat(b"2,3,,,,0,15"), Some(3));
        assert_eq!(stat(b""), None);
    }
}
