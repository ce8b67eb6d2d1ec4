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
        if let Some(result) = place_of(line, RESULTS.0).and_then(|place| RESULTS.1.get(place)) {
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

/// Results that are words alone, with bars between them, and what they are.
const RESULTS: (&[u8], [Final; 7]) = (
    b"OK|ERROR|NO CARRIER|BUSY|NO ANSWER|NO DIALTONE|ABORTED",
    [
        Final::Ok,
        Final::Error(CmeCode::UNKNOWN),
        Final::NoCarrier,
        Final::NoCarrier,
        Final::NoCarrier,
        Final::NoCarrier,
        Final::Aborted,
    ],
);

/// Verbose texts of `+CMEE=2` whose meaning decides something here.
const TEXTS: (&[u8], [CmeCode; 10]) = (
    b"operation not allowed|operation not supported|sim not inserted|sim pin required|sim puk required|\
      sim failure|sim busy|sim wrong|incorrect password|no network service",
    [
        CmeCode::NOT_ALLOWED,
        CmeCode::NOT_SUPPORTED,
        CmeCode::SIM_NOT_INSERTED,
        CmeCode::SIM_PIN_REQUIRED,
        CmeCode::SIM_PUK_REQUIRED,
        CmeCode::SIM_FAILURE,
        CmeCode::SIM_BUSY,
        CmeCode::SIM_WRONG,
        CmeCode::INCORRECT_PASSWORD,
        CmeCode(30),
    ],
);

fn verbose(text: &[u8]) -> CmeCode {
    let place = TEXTS.0.split(|&b| b == b'|').position(|known| text.eq_ignore_ascii_case(known));
    place.and_then(|place| TEXTS.1.get(place)).copied().unwrap_or(CmeCode::UNKNOWN)
}

/// Splits `+PREFIX: rest`. The space is optional: the vendors' documents print both forms.
/// A line without a colon is all prefix.
///
/// Only lines that begin with `+` or `^` have a prefix, and `CPIN:`, as two documents print it (RYZ014 use cases §2.1.2.6,
/// Cassiopeia §1.1.2).
pub fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    if !matches!(line.first(), Some(b'+' | b'^')) && !line.starts_with(b"CPIN:") {
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
    place_of(prefix, names).is_some()
}

/// The place of `name` among `names`, which have bars between them.
#[inline(never)]
fn place_of(name: &[u8], names: &[u8]) -> Option<usize> {
    names.split(|&b| b == b'|').position(|known| known == name)
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
    fn every_word_has_its_meaning() {
        let count = |words: &[u8]| words.split(|&b| b == b'|').count();
        assert_eq!((count(RESULTS.0), count(TEXTS.0)), (RESULTS.1.len(), TEXTS.1.len()));
        assert_eq!(Final::parse(b"ABORTED"), Some(Final::Aborted));
        assert_eq!(Final::parse(b"NO DIALTONE"), Some(Final::NoCarrier));
        assert_eq!(Final::parse(b"OK|ERROR"), None);
        assert_eq!(Final::parse(b"+CME ERROR: SIM failure"), Some(Final::Error(CmeCode::SIM_FAILURE)));
        assert_eq!(Final::parse(b"+CME ERROR: no network service"), Some(Final::Error(CmeCode(30))));
    }

    #[test]
    fn a_prefix_is_split_with_and_without_space() {
        assert_eq!(split(b"+CEREG:1"), Some((&b"+CEREG"[..], &b"1"[..])));
        assert_eq!(split(b"+CEREG: 1,2"), Some((&b"+CEREG"[..], &b"1,2"[..])));
        assert_eq!(split(b"+SYSSTART"), Some((&b"+SYSSTART"[..], &b""[..])));
        assert_eq!(split(b"hello: 1"), None);
    }
}
