//! How a modem gets new firmware, and what it reports meanwhile.

use crate::at::{Params, split};
use crate::time::Duration;

/// How a modem gets new firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirmwareUpdate {
    /// Not by commands, or nothing is known of it.
    None,
    /// It fetches an image itself (`+SQNSUPGRADE`).
    Download {
        /// From a LwM2M server, too (`+SQNDMCFG`, `+SQNFOTACFG`).
        lwm2m: bool,
    },
    /// It installs a file that it is given (`+UDWNFILE`, `+UFWINSTALL`).
    File {
        /// Whether it can be told to report how far it is.
        reports: bool,
        /// The longest that it takes without a report.
        patience: Duration,
    },
}

impl FirmwareUpdate {
    /// The longest that the modem is left alone to install, after its last report.
    pub(crate) const fn patience(self) -> Duration {
        match self {
            Self::File { patience, .. } => patience,
            // "A few minutes" (RYZ014 use cases §4.3).
            _ => Duration::from_secs(600),
        }
    }
}

/// What a modem says of an upgrade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// There is none.
    Idle,
    /// The image can be had.
    Available,
    /// So many per cent of the image are in the modem.
    Downloading(u8),
    /// All of it is.
    Downloaded,
    /// So many per cent of it have been checked.
    Validating(u8),
    /// The modem restarts to install it.
    Rebooting,
    /// So many per cent are installed.
    Installing(u8),
    /// It is installed; before a restart that means "stored" (Cassiopeia §2.3.2).
    Installed,
    /// It is installed, whatever comes next.
    Done,
    /// The user has cancelled it.
    Cancelled,
    /// It has failed.
    Failed(u16),
    /// Something else.
    Other,
}

/// What `line` says of an upgrade; `None` when it is about something else.
pub(crate) fn report(line: &[u8]) -> Option<Report> {
    let (prefix, rest) = split(line)?;
    let mut params = Params::new(rest);
    Some(match prefix {
        b"+SQNSUPGRADE" | b"+SQNFOTA" => {
            let first = params.raw()?;
            match (Params::new(first).word(), word(Params::new(first).text()?, params.clone())) {
                (Some(number), _) if prefix == b"+SQNFOTA" => state(number, params),
                (Some(number), _) => Report::Failed(number),
                (None, Report::Installed) if prefix == b"+SQNFOTA" => Report::Done,
                (None, report) => report,
            }
        }
        // "The +UFWPREVAL: 100 URC may not be issued" (LENA-R8 application development §11.1.1).
        b"+UFWPREVAL" => percent(params, Report::Validating),
        // Both names: LENA-R8 application development §11.2.2; SARA-R5 has two U.
        b"+UFWINSTALL" | b"+UUFWINSTALL" => percent(params, Report::Installing),
        _ => return None,
    })
}

/// A state as a word, of `+SQNSUPGRADE` (RYZ014 use cases §4.2) or `+SQNFOTA` (RYZ014 FOTA §4.5.2).
fn word(word: &[u8], mut params: Params<'_>) -> Report {
    match word {
        b"idle" => Report::Idle,
        b"available" => Report::Available,
        b"downloading" => Report::Downloading(params.byte().unwrap_or(0).min(100)),
        b"downloaded" => Report::Downloaded,
        b"rebooting" => Report::Rebooting,
        b"install" | b"installing" => Report::Installing(params.byte().unwrap_or(0).min(100)),
        b"installed" => Report::Installed,
        b"cancelled" | b"canceled" => Report::Cancelled,
        // No document says how an error is reported; a number behind another word can only be that.
        _ => params.word().map_or(Report::Other, Report::Failed),
    }
}

/// A state of the LwM2M client as a number (RYZ014 FOTA §4.3.3, §4.5.2, §4.7.1).
fn state(number: u16, mut params: Params<'_>) -> Report {
    match (number, params.byte(), params.byte()) {
        // "Idle, installation failure".
        (3, Some(code), _) if code > 0 => Report::Failed(code.into()),
        (5, Some(3), Some(percent)) => Report::Downloading(percent.min(100)),
        (5, None, _) => Report::Downloading(0),
        (6, ..) => Report::Downloaded,
        (7, ..) => Report::Installing(0),
        (8, ..) => Report::Done,
        // On its way to the server and back; what goes wrong in the middle of a download is tried again.
        _ => Report::Other,
    }
}

/// Per cent; above them the results of the installation begin, with 128 for success.
fn percent(mut params: Params<'_>, is: fn(u8) -> Report) -> Report {
    match params.word() {
        Some(number @ 0..=100) => is(number as u8),
        Some(128) => Report::Done,
        Some(code) => Report::Failed(code),
        None => Report::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_of_the_documents_is_known() {
        let known: [(&[u8], Report); 17] = [
            (b"+SQNSUPGRADE: \"available\"", Report::Available),
            (b"+SQNSUPGRADE: \"downloading\",0", Report::Downloading(0)),
            (b"+SQNSUPGRADE: \"downloading\", 30", Report::Downloading(30)),
            (b"+SQNSUPGRADE: \"rebooting\"", Report::Rebooting),
            (b"+SQNSUPGRADE: \"installed\"", Report::Installed),
            (b"+SQNSUPGRADE: \"cancelled\"", Report::Cancelled),
            (b"+SQNSUPGRADE: \"idle\"", Report::Idle),
            (b"+SQNFOTA: 3", Report::Other),
            (b"+SQNFOTA: 5", Report::Downloading(0)),
            (b"+SQNFOTA: 5,3,40", Report::Downloading(40)),
            (b"+SQNFOTA: \"downloaded\"", Report::Downloaded),
            (b"+SQNFOTA: 7", Report::Installing(0)),
            (b"+SQNFOTA: \"installed\", \"5.4.1.1-57830\"", Report::Done),
            (b"+SQNFOTA: 3,8", Report::Failed(8)),
            (b"+UFWPREVAL:100", Report::Validating(100)),
            (b"+UFWINSTALL:0", Report::Installing(0)),
            (b"+UFWINSTALL: 128", Report::Done),
        ];
        for (line, means) in known {
            assert_eq!(report(line), Some(means), "{}", line.escape_ascii());
        }
    }

    #[test]
    fn an_error_may_be_told_in_any_way() {
        for line in ["+SQNSUPGRADE: \"error\",529", "+SQNSUPGRADE: 529", "+SQNSUPGRADE: failed,529"] {
            assert_eq!(report(line.as_bytes()), Some(Report::Failed(529)), "{line}");
        }
        assert_eq!(report(b"+UUFWINSTALL: 144"), Some(Report::Failed(144)));
        assert_eq!(report(b"+SQNSUPGRADE: \"connecting\""), Some(Report::Other));
        assert_eq!(report(b"+SQNSRING: 1"), None);
    }
}
