//! The packet connection (IADG §2.3, LENA §7.2).

use crate::dialect::{Args, OnError, Step, cellular};
use crate::time::Duration;

/// Activation of a profile or context.
const ACTIVATING: Duration = Duration::from_secs(180);

/// An internal profile is mapped to the context and activated: SARA-R5 00B and 01B (IADG §2.3,
/// "Profile configuration and activation").
///
/// A profile that is active must not be changed. Its type has to match that of the context, which
/// need not be what `+CGDCONT?` shows (§2.3.1): IPv4 and IPv6 with IPv4 preferred is tried first,
/// then IPv4. The address comes some time after the `OK`, so this is repeated until it is there.
pub(super) const PROFILE: &[Step] = &[
    PROFILE_STATE,
    // The network activates the first context alone.
    ACTIVATE_CONTEXT.when(|a| is_inactive(a) && a.config.cid != 1),
    Step::new("+UPSD=0,0,2").when(is_inactive).on_error(OnError::Ignore),
    Step::new("+UPSD=0,100,{cid}").when(is_inactive).on_error(OnError::Ignore),
    Step::new("+UPSDA=0,3").when(is_inactive).on_error(OnError::Note).timeout(ACTIVATING),
    Step::new("+UPSD=0,0,0").when(was_refused).on_error(OnError::Ignore),
    Step::new("+UPSDA=0,3").when(was_refused).on_error(OnError::Ignore).timeout(ACTIVATING),
    PROFILE_STATE.when(is_inactive),
    Step::new("+UPSND=0,0")
        .when(|a| a.call.found.active == Some(true))
        .optional_text("+UPSND: 0,0,{addresses}")
        .on_error(OnError::Ignore),
];

const PROFILE_STATE: Step =
    Step::new("+UPSND=0,8").optional_text("+UPSND: 0,8,{Up}").on_error(OnError::Ignore);

fn is_inactive(a: &Args<'_>) -> bool {
    a.call.found.active != Some(true)
}

fn was_refused(a: &Args<'_>) -> bool {
    a.call.failed.is_some()
}

/// The profile is mapped and the context activated after every attach, also where it seems to be
/// active: SARA-R42 and LEXI-R422 (IADG §2.3). It is mapped when the context has an address; on GSM
/// that is not before the first activation.
pub(super) const AFTER_EACH_ATTACH: &[Step] = &[
    cellular::ADDRESS,
    ACTIVATE_CONTEXT.when(|a| a.call.found.address.is_none()),
    Step::new("+UPSD=0,0,0").on_error(OnError::Ignore),
    Step::new("+UPSD=0,100,{cid}").on_error(OnError::Ignore),
    ACTIVATE_CONTEXT,
    cellular::ADDRESS.when(|a| a.call.found.address.is_none()),
];

/// "Always issue the AT+CGACT=1,<cid> command on used context" (LENA §13.1).
pub(super) const BESIDE_DEFAULT: &[Step] = &[ACTIVATE_CONTEXT, cellular::ADDRESS];

/// The context is deactivated, so that it is activated anew, "(<cid> != 1)" (LENA §8.2): the first one is the
/// default bearer's, whose end is a detach. On LENA-R8 that is context 0 (§7.2), and the first is spared all the
/// same, because both are written.
pub(super) const DEACTIVATE: &[Step] = &[Step::new("+CGACT=0,{cid}")
    .when(|a| a.config.cid != 1)
    .on_error(OnError::Ignore)
    .timeout(Duration::from_secs(40))];

/// The internal profile is deactivated (IADG §2.3); the context under it stays.
pub(super) const DEACTIVATE_PROFILE: &[Step] =
    &[Step::new("+UPSDA=0,4").on_error(OnError::Ignore).timeout(ACTIVATING)];

const ACTIVATE_CONTEXT: Step =
    Step::new("+CGACT=1,{cid}").on_error(OnError::Ignore).timeout(Duration::from_secs(150));

/// A context of one's own beside the default bearer; it can be defined at any time. Without an APN
/// the network chooses.
pub(super) const RADIO_ON_BESIDE_DEFAULT: &[Step] = &[
    cellular::REPORT_REGISTRATION,
    cellular::REPORT_EVENTS,
    Step::new("+CGDCONT?").optional_text("+CGDCONT: {Defined},{*},{APN}"),
    Step::new("+CGACT=0,{cid}").when(redefines).on_error(OnError::Ignore).timeout(Duration::from_secs(40)),
    Step::new("+CGDCONT={cid},\"IP\",{APN}").when(defines),
    cellular::POWER_SAVING,
    cellular::SAVE_POWER,
    cellular::FULL_FUNCTIONALITY,
];

fn defines(a: &Args<'_>) -> bool {
    !a.call.found.context || redefines(a)
}

fn redefines(a: &Args<'_>) -> bool {
    a.call.found.context && !a.config.apn.is_empty() && !a.call.found.apn_is_set
}
