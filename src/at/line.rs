//! Final result codes (ITU-T V.250 §5.7, 3GPP TS 27.007 §9.2) and the `+PREFIX: rest` split.

use super::Params;
use crate::error::CmeCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Final {
    /// `OK`.
    Ok,
    /// `ERROR`, `+CME ERROR: …`, `+CMS ERROR: …`; bare `ERROR` counts as [`CmeCode::UNKNOWN`].
    Error(CmeCode),
    /// `NO CARRIER`, `BUSY`, `NO ANSWER`, `NO DIALTONE`: a dial that failed.
    NoCarrier,
    /// `CONNECT…`: the line now carries data.
    Connect,
    /// `ABORTED`.
    Aborted,
}

impl Final {
    /// The final result code that `line` is, or `None`.
    pub fn parse(line: &[u8]) -> Option<Self> {
        if let Some((_, result)) = RESULTS.iter().find(|(text, _)| *text == line) {
            return Some(*result);
        }
        if line == b"CONNECT" || line.starts_with(b"CONNECT ") {
            return Some(Self::Connect);
        }
        let (prefix, rest) = split(line)?;
        if prefix != b"+CME ERROR" && prefix != b"+CMS ERROR" {
            return None;
        }
        let code = Params::new(rest).number().and_then(|n| u16::try_from(n).ok());
        Some(Self::Error(code.map_or_else(|| verbose(rest), CmeCode)))
    }
}

/// Results that are words alone.
const RESULTS: [(&[u8], Final); 7] = [
    (b"OK", Final::Ok),
    (b"ERROR", Final::Error(CmeCode::UNKNOWN)),
    (b"NO CARRIER", Final::NoCarrier),
    (b"BUSY", Final::NoCarrier),
    (b"NO ANSWER", Final::NoCarrier),
    (b"NO DIALTONE", Final::NoCarrier),
    (b"ABORTED", Final::Aborted),
];

/// Verbose texts of `+CMEE=2` whose meaning decides something here.
fn verbose(text: &[u8]) -> CmeCode {
    const TEXTS: [(&[u8], CmeCode); 10] = [
        (b"operation not allowed", CmeCode::NOT_ALLOWED),
        (b"operation not supported", CmeCode::NOT_SUPPORTED),
        (b"sim not inserted", CmeCode::SIM_NOT_INSERTED),
        (b"sim pin required", CmeCode::SIM_PIN_REQUIRED),
        (b"sim puk required", CmeCode::SIM_PUK_REQUIRED),
        (b"sim failure", CmeCode::SIM_FAILURE),
        (b"sim busy", CmeCode::SIM_BUSY),
        (b"sim wrong", CmeCode::SIM_WRONG),
        (b"incorrect password", CmeCode::INCORRECT_PASSWORD),
        (b"no network service", CmeCode(30)),
    ];
    TEXTS
        .iter()
        .find(|(known, _)| text.eq_ignore_ascii_case(known))
        .map_or(CmeCode::UNKNOWN, |(_, code)| *code)
}

/// Splits `+PREFIX: rest`. The space is optional: the vendors' documents print both forms.
/// A line without a colon is all prefix.
///
/// Only lines that begin with `+` or `^` have a prefix.
pub fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    if !matches!(line.first(), Some(b'+' | b'^')) {
        return None;
    }
    let Some(colon) = line.iter().position(|&b| b == b':') else {
        return Some((line, &[]));
    };
    let (prefix, rest) = line.split_at(colon);
    Some((prefix, rest.get(1..).unwrap_or_default().trim_ascii()))
}

/// Whether `prefix` is one of `names`, which have bars between them.
pub(crate) fn is_one_of(prefix: &[u8], names: &[u8]) -> bool {
    names.split(|&b| b == b'|').any(|name| name == prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_error_has_its_code() {
        assert_eq!(Final::parse(b"ERROR"), Some(Final::Error(CmeCode(100))));
        assert_eq!(Final::parse(b"+CME ERROR: 4"), Some(Final::Error(CmeCode(4))));
        assert_eq!(Final::parse(b"+CME ERROR:10"), Some(Final::Error(CmeCode(10))));
        assert_eq!(Final::parse(b"+CME ERROR: SIM not inserted"), Some(Final::Error(CmeCode(10))));
        assert_eq!(Final::parse(b"OK "), None);
        assert_eq!(Final::parse(b"OKAY"), None);
    }

    #[test]
    fn a_prefix_is_split_with_and_without_space() {
        assert_eq!(split(b"+CEREG:1"), Some((&b"+CEREG"[..], &b"1"[..])));
        assert_eq!(split(b"+CEREG: 1,2"), Some((&b"+CEREG"[..], &b"1,2"[..])));
        assert_eq!(split(b"+SYSSTART"), Some((&b"+SYSSTART"[..], &b""[..])));
        assert_eq!(split(b"hello: 1"), None);
    }
}
