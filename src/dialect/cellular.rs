//! What all modems share: 3GPP TS 27.007 and ITU-T V.250.

use super::{Args, OnError, Procedure, Step, Urc};
use crate::at::{Params, is_one_of, split};
use crate::link::PowerSaving;
use crate::time::Duration;

/// The procedures that need nothing of a vendor's own; empty for all others.
pub(crate) fn steps(procedure: Procedure) -> &'static [Step] {
    match procedure {
        Procedure::SimStatus => SIM_STATUS,
        Procedure::PinTries => PIN_TRIES,
        Procedure::EnterPin => ENTER_PIN,
        Procedure::RadioOn => RADIO_ON,
        Procedure::RadioOff => RADIO_OFF,
        Procedure::Registration => REGISTRATION,
        Procedure::Activate => ACTIVATE,
        Procedure::Status => STATUS,
        Procedure::Reattach => REATTACH,
        Procedure::SetBaud => SET_BAUD,
        _ => &[],
    }
}

/// `ATE0`: no echo of commands (V.250 §6.2.4).
pub(crate) const ECHO_OFF: Step = Step::new("E0");

/// `+CMEE=1`: errors by number (27.007 §9.1).
pub(crate) const NUMERIC_ERRORS: Step = Step::new("+CMEE=1").on_error(OnError::Ignore);

const GET_FUNCTIONALITY: Step =
    Step::new("+CFUN?").optional_text("+CFUN: {functionality}").on_error(OnError::Ignore);

/// The longest that `+CFUN` takes.
const CFUN: Duration = Duration::from_secs(180);

/// `+CFUN=4`: radio off, SIM card readable (27.007 §8.2).
const AIRPLANE: Step = Step::new("+CFUN=4").timeout(CFUN);

/// Reads the SIM card; with minimum functionality it cannot be read (RYZ014 use cases §2.1.3), and
/// other modes are for the factory.
const SIM_STATUS: &[Step] = &[
    GET_FUNCTIONALITY,
    AIRPLANE.when(|a| !matches!(a.call.found.functionality, None | Some(1 | 4))),
    // Without `+` in RYZ014 use cases §2.1.2.6 and Cassiopeia §1.1.2.
    Step::new("+CPIN?").text("+CPIN|CPIN: {SIM}"),
];

/// How often the PIN may still be given wrongly (27.007 §8.65, Cassiopeia use cases §1.1.2).
const PIN_TRIES: &[Step] =
    &[Step::new("+CPINR").optional_text("+CPINR: {Which},{left}").on_error(OnError::Ignore)];

const ENTER_PIN: &[Step] = &[Step::new("+CPIN={PIN}")];

/// Sets the APN where one is configured and the modem has another one. It takes effect at the next
/// attach, so the radio is off while it changes.
pub(crate) const RADIO_ON: &[Step] = &[
    REPORT_REGISTRATION,
    REPORT_EVENTS,
    Step::new("+CGDCONT?").when(|a| !a.config.apn.is_empty()).optional_text("+CGDCONT: {cid},{*},{APN}"),
    GET_FUNCTIONALITY,
    AIRPLANE.when(|a| needs_apn(a) && a.call.found.functionality == Some(1)),
    Step::new("+CGDCONT={cid},\"IPV4V6\",{APN}").when(needs_apn),
    POWER_SAVING,
    SAVE_POWER,
    FULL_FUNCTIONALITY,
];

/// What the modem asks of the network. It is kept in flash ("as setting is persistent", LENA-R8 application
/// development §8.1.2), so it is written only where it differs.
pub(crate) const POWER_SAVING: Step = Step::new("+CPSMS?")
    .when(|a| a.config.power_saving.is_some())
    .optional_text("+CPSMS: {Power saving}")
    .on_error(OnError::Ignore);

/// Timers of power saving mode (27.007 §7.38). A modem without it has an error to say, and no more.
pub(crate) const SAVE_POWER: Step = Step::new("+CPSMS=1,,,{Update},{Quiet}")
    .when(|a| a.config.power_saving.is_some() && a.call.found.active != Some(true))
    .on_error(OnError::Ignore);

/// `+CEREG=2`: reports of the registration; 4 is with the timers of power saving (27.007 §10.1.22).
pub(crate) const REPORT_REGISTRATION: Step = Step::new("+CEREG={Reports}");

/// `+CGEREP=2,1`: reports of lost packet connections, kept while the line is busy (27.007 §10.1.19).
pub(crate) const REPORT_EVENTS: Step = Step::new("+CGEREP=2,1").on_error(OnError::Ignore);

/// `+CFUN=1`: radio on.
pub(crate) const FULL_FUNCTIONALITY: Step = Step::new("+CFUN=1").timeout(CFUN);

fn needs_apn(a: &Args<'_>) -> bool {
    !a.config.apn.is_empty() && !a.call.found.apn_is_set
}

const RADIO_OFF: &[Step] = &[AIRPLANE];

/// Asks for the registration state. Where the modem does not even search, automatic selection may
/// have been switched off with `+COPS=2` (SARA/LEXI internet applications §2.3).
pub(crate) const REGISTRATION: &[Step] = &[
    Step::new("+CEREG?").text("+CEREG: {registration}"),
    OPERATOR.when(|a| a.call.found.registration == Some(0)),
    AUTOMATIC_SELECTION,
];

const AUTOMATIC_SELECTION: Step = Step::new("+COPS=0")
    .when(|a| a.call.found.registration == Some(0) && a.call.found.operator_mode == Some(2))
    .on_error(OnError::Ignore)
    .timeout(Duration::from_secs(180));

/// The same on a modem that also knows older networks: `+CEREG` is about LTE alone (27.007 §10.1.22),
/// there the operator and its access technology tell (SARA/LEXI internet applications §2.3).
pub(crate) const REGISTRATION_ANYWHERE: &[Step] = &[
    Step::new("+CEREG?").text("+CEREG: {registration}"),
    OPERATOR.when(|a| !matches!(a.call.found.registration, Some(1 | 5))),
    AUTOMATIC_SELECTION,
];

const OPERATOR: Step = Step::new("+COPS?")
    .optional_text("+COPS: {mode},{operator},{Generation}")
    .on_error(OnError::Ignore)
    .timeout(Duration::from_secs(60));

/// "AT+CFUN=0 / 1 is faster than AT+COPS=2 / 0", and +CFUN=4 is kept in flash (LENA-R8 application development
/// §8.2); the guides of all families detach like this (SARA/LEXI internet applications §2.3, RYZ014 use cases
/// §2.3.2.6).
const REATTACH: &[Step] = &[
    Step::new("+CFUN=0").on_error(OnError::Ignore).timeout(CFUN),
    FULL_FUNCTIONALITY.on_error(OnError::Ignore),
];

/// Sets the bit rate, where it is another one; the answer comes at the old one (LENA-R8 application development §5.3.1).
const SET_BAUD: &[Step] = &[
    Step::new("+IPR?").optional_text("+IPR: {total}").on_error(OnError::Ignore),
    Step::new("+IPR={baud}").when(|a| a.call.found.total != a.config.fixed_baud),
];

const STATUS: &[Step] = &[
    Step::new("+CEREG?")
        .when(|a| a.config.power_saving.is_some())
        .optional_text("+CEREG: {wait}")
        .on_error(OnError::Ignore),
    Step::new("+CSQ").optional_text("+CSQ: {dBm}").on_error(OnError::Ignore),
    OPERATOR,
];

/// The default bearer is up with the attach; where it has no address yet, it is activated.
pub(crate) const ACTIVATE: &[Step] = &[
    ADDRESS,
    Step::new("+CGACT=1,{cid}")
        .when(|a| a.call.found.address.is_none())
        .on_error(OnError::Ignore)
        .timeout(Duration::from_secs(150)),
    ADDRESS.when(|a| a.call.found.address.is_none()),
];

pub(crate) const ADDRESS: Step = Step::new("+CGPADDR={cid}").optional_text("+CGPADDR: {cid},{addresses}");

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

/// The timers of power saving mode: `<Active-Time>` and `<Periodic-TAU>` are the eighth and ninth parameter of the
/// answer to `+CEREG?` with reports of mode 4 or 5.
pub(crate) fn granted(params: Params<'_>) -> Option<Option<PowerSaving>> {
    timers(params, 7)
}

/// The same in an unsolicited line, which has one parameter less. `None` where it has no such parameters at all.
pub(crate) fn granted_unasked(line: &[u8]) -> Option<Option<PowerSaving>> {
    let (b"+CEREG", rest) = split(line)? else { return None };
    timers(Params::new(rest), 6)
}

fn timers(mut params: Params<'_>, before: u8) -> Option<Option<PowerSaving>> {
    for _ in 0..before {
        params.raw()?;
    }
    let active = params.text()?;
    Some(PowerSaving::parse(params.text()?, active))
}

/// Unsolicited lines that nothing depends on.
const OTHERS: &[u8] = b"+CREG|+CGREG|+CTZV|+CTZE|+CTZDST|+CIEV|+CPIN|+CSCON|+CEDRXP";

/// The unsolicited lines that all modems share.
pub(crate) fn urc(line: &[u8]) -> Option<Urc> {
    let (prefix, rest) = split(line)?;
    Some(match prefix {
        b"+CEREG" => Urc::Registration(registration(Params::new(rest))?),
        b"+CMTI" => Urc::Message,
        b"+CGEV" => detached(rest).unwrap_or(Urc::Other),
        _ if is_one_of(prefix, OTHERS) => Urc::Other,
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

    #[test]
    fn granted_timers_are_read_from_answers() {
        // RYZ014 use cases §8.1.2.
        let text = b"4,1,\"0002\",\"01A2D002\",7,,,\"00000101\",\"00010010\"";
        let granted = granted(Params::new(text)).unwrap().unwrap();
        assert_eq!(granted.active_time(), Duration::from_secs(10));
        assert_eq!(granted.periodic_update(), Duration::from_secs(180 * 60));
        assert_eq!(super::granted(Params::new(b"2,1,\"0002\",\"01A2D002\",7")), None);
        let line = b"+CEREG: 1,\"0002\",\"01A2D004\",7,,,\"00000101\",\"00010010\"";
        assert_eq!(granted_unasked(line), Some(Some(granted)));
        assert_eq!(
            granted_unasked(b"+CEREG: 1,\"0002\",\"01A2D004\",7,,,\"00000000\",\"00000000\""),
            Some(None)
        );
    }
}
