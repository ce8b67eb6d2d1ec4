//! Final results.

/// The line that ends a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Final {
    Ok,
    /// Plain `ERROR`, whatever `+CMEE` says.
    Error,
    /// `ERROR` or `+CME ERROR: …`, as `+CMEE` says (3GPP TS 27.007 §9).
    Cme(u16),
    /// `ERROR` or `+CMS ERROR: …` (3GPP TS 27.005 §3.2.5).
    Cms(u16),
    NoCarrier,
    Connect,
    /// The `CONNECT` of a dial-up connection, which may say more.
    Dialed,
}

/// "operation not allowed": also what every command on a socket that is not there gets.
pub(crate) const NOT_ALLOWED: Final = Final::Cme(3);
/// "operation not supported".
pub(crate) const NOT_SUPPORTED: Final = Final::Cme(4);
/// "incorrect parameters".
pub(crate) const BAD_PARAMETERS: Final = Final::Cme(50);

impl Final {
    pub(crate) fn text(self, cmee: u32) -> String {
        match self {
            Final::Ok => "OK".to_owned(),
            Final::NoCarrier => "NO CARRIER".to_owned(),
            Final::Connect | Final::Dialed => "CONNECT".to_owned(),
            Final::Error => "ERROR".to_owned(),
            Final::Cme(_) if cmee == 0 => "ERROR".to_owned(),
            Final::Cme(n) if cmee == 1 => format!("+CME ERROR: {n}"),
            Final::Cme(n) => format!("+CME ERROR: {}", cme_text(n)),
            Final::Cms(_) if cmee == 0 => "ERROR".to_owned(),
            Final::Cms(n) if cmee == 1 => format!("+CMS ERROR: {n}"),
            Final::Cms(n) => format!("+CMS ERROR: {}", cms_text(n)),
        }
    }

    /// The number that `ATV0` prints instead of the word.
    pub(crate) fn digit(self) -> &'static str {
        match self {
            Final::Ok => "0",
            Final::Connect | Final::Dialed => "1",
            Final::NoCarrier => "3",
            Final::Error | Final::Cme(_) | Final::Cms(_) => "4",
        }
    }
}

fn cms_text(n: u16) -> &'static str {
    match n {
        38 => "network out of order",
        304 => "invalid PDU mode parameter",
        305 => "invalid text mode parameter",
        310 => "SIM not inserted",
        311 => "SIM PIN required",
        321 => "invalid memory index",
        322 => "memory full",
        330 => "SMSC address unknown",
        331 => "no network service",
        _ => "unknown error",
    }
}

fn cme_text(n: u16) -> &'static str {
    match n {
        3 => "operation not allowed",
        4 => "operation not supported",
        10 => "SIM not inserted",
        11 => "SIM PIN required",
        12 => "SIM PUK required",
        13 => "SIM failure",
        14 => "SIM busy",
        16 => "incorrect password",
        20 => "memory full",
        21 => "invalid index",
        22 => "not found",
        23 => "memory failure",
        30 => "no network service",
        31 => "network timeout",
        50 => "incorrect parameters",
        4001 => "IP type configuration mismatch",
        _ => "unknown",
    }
}
