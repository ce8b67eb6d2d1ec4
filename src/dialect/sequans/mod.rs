//! Sequans Monarch: the `+SQNS…` commands.
//!
//! Source: "RYZ014 modules AT command use cases", cited as "use cases".

mod credential;
mod dns;
mod socket;
mod urc;

use super::{Dialect, Limits, Procedure, Step, Timing, Urc, cellular};
use crate::time::Duration;

/// Renesas RYZ014A and Sequans GM01Q (Monarch).
pub const RYZ014A: Sequans = Sequans { name: "ryz014a" };

/// A Sequans modem.
#[derive(Clone, Copy, Debug)]
pub struct Sequans {
    name: &'static str,
}

const SETUP: &[Step] = &[cellular::ECHO_OFF, cellular::NUMERIC_ERRORS];

impl Dialect for Sequans {
    fn name(&self) -> &'static str {
        self.name
    }

    fn limits(&self) -> Limits {
        Limits { sockets: 6, first_id: 1, write: 1500, read: 1500, host_keeps_sockets: true }
    }

    fn timing(&self) -> Timing {
        Timing { gap: Duration::ZERO, boot: Duration::from_secs(10), close_notice: Duration::ZERO }
    }

    fn steps(&self, procedure: Procedure) -> &'static [Step] {
        match procedure {
            Procedure::Setup => SETUP,
            Procedure::OpenTcp => socket::OPEN_TCP,
            Procedure::OpenUdp => socket::OPEN_UDP,
            Procedure::Send | Procedure::SendDatagram => socket::SEND,
            Procedure::Receive | Procedure::ReceiveDatagram => socket::RECEIVE,
            Procedure::Available | Procedure::AvailableDatagram => socket::AVAILABLE,
            Procedure::Check | Procedure::CheckDatagram => socket::CHECK,
            Procedure::Close => socket::CLOSE,
            Procedure::ResolveName => dns::NAME,
            Procedure::StoreCredential => credential::STORE,
            Procedure::RemoveCredential => credential::REMOVE,
            _ => cellular::steps(procedure),
        }
    }

    fn urc(&self, line: &[u8]) -> Option<Urc> {
        urc::parse(line)
    }
}
