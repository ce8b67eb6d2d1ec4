//! Port filtering for embedded applications: `+UEMBPF` (SARA/LEXI internet applications §4.3). That 0 takes no range, is read
//! without one, and that a range is needed with 1, is what shipping drivers know of the command manual.

use std::ops::RangeInclusive;

use super::traits::PortFilter;
use crate::Modem;
use crate::command::{Command, Form};
use crate::modem::Step;
use crate::network::{Failure, Handle};
use crate::reply::{BAD_PARAMETERS, Final};

/// The ports of the modem's own applications.
#[derive(Clone, Debug)]
pub(crate) struct Ports {
    /// From the next start on. Kept in NVM.
    set: Option<(u16, u16)>,
    /// Until then.
    used: Option<(u16, u16)>,
    taken: u16,
}

impl Ports {
    pub(crate) fn new(filter: PortFilter) -> Self {
        let set = match filter {
            PortFilter::Range(first, last) => Some((first, last)),
            PortFilter::Unknown | PortFilter::Empty => None,
        };
        Ports { set, used: set, taken: 0 }
    }

    /// The modem starts.
    pub(crate) fn restart(&mut self) {
        self.used = self.set;
    }

    pub(crate) fn in_force(&self) -> Option<RangeInclusive<u16>> {
        self.used.map(|(first, last)| first..=last)
    }

    /// A port for an application that wants none of its own; `None` for any.
    fn next(&mut self) -> Option<u16> {
        let (first, last) = self.used?;
        let port = first.checked_add(self.taken).filter(|port| *port <= last).unwrap_or(first);
        self.taken = port - first + 1;
        Some(port)
    }
}

/// `6000-6200`.
fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-')?;
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first > 0 && first <= last).then_some((first, last))
}

impl Modem {
    /// `AT+UEMBPF=<mode>[,"<first>-<last>"]`, which holds from the next start on.
    pub(crate) fn uembpf(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                self.settings.ports.set = match (command.within(0, 0, 1)?, command.len()) {
                    (0, 1) => None,
                    (1, 2) => Some(range(&command.text(1)?).ok_or(BAD_PARAMETERS)?),
                    _ => return Err(BAD_PARAMETERS),
                };
            }
            Form::Read => match self.settings.ports.set {
                None => self.info("+UEMBPF: 0"),
                Some((first, last)) => self.info(format!("+UEMBPF: 1,\"{first}-{last}\"")),
            },
            Form::Test => self.info("+UEMBPF: (0,1)"),
            Form::Action => return Err(Final::Error),
        }
        Ok(Final::Ok.into())
    }

    /// The source port of a TCP socket: "the port range from which the embedded applications will pick".
    pub(super) fn source_port(&mut self, own: Option<u16>) -> Option<u16> {
        own.or_else(|| self.settings.ports.next())
    }

    /// As [`Modem::source_port`], of a UDP socket: one that somebody else has is passed by.
    pub(super) fn bind_source(&mut self, own: Option<u16>) -> Result<Handle, Failure> {
        let first = self.source_port(own);
        let mut port = first;
        loop {
            match self.net.bind(port) {
                Err(Failure::InUse) if own.is_none() => port = self.settings.ports.next(),
                bound => return bound,
            }
            if port == first {
                return Err(Failure::InUse);
            }
        }
    }
}
