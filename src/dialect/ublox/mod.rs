//! u-blox SARA, LEXI and LENA: the `+USO…` commands.
//!
//! Source: "Internet applications development guide" for SARA/LEXI modules, cited as "IADG".

mod credential;
mod dns;
mod socket;
mod urc;

use super::{Dialect, Limits, OnError, Procedure, Step, Timing, Urc, cellular};
use crate::time::Duration;

/// SARA-R5, product version 02B.
///
/// The packet connection is active with the registration; `+UPSD` and `+UPSDA` do not exist
/// (IADG §2.3).
pub const SARA_R5: Ublox = Ublox { name: "sara-r5" };

/// A u-blox modem.
#[derive(Clone, Copy, Debug)]
pub struct Ublox {
    name: &'static str,
}

/// Raw instead of hexadecimal payload: some versions keep `+UDCONF=1` over a reboot.
const SETUP: &[Step] =
    &[cellular::ECHO_OFF, cellular::NUMERIC_ERRORS, Step::new("+UDCONF=1,0").on_error(OnError::Ignore)];

impl Dialect for Ublox {
    fn name(&self) -> &'static str {
        self.name
    }

    fn limits(&self) -> Limits {
        Limits { sockets: 7, first_id: 0, write: 1024, read: 1024, host_keeps_sockets: false }
    }

    fn timing(&self) -> Timing {
        Timing {
            gap: Duration::from_millis(20),
            boot: Duration::from_secs(10),
            close_notice: Duration::from_secs(2),
        }
    }

    fn steps(&self, procedure: Procedure) -> &'static [Step] {
        match procedure {
            Procedure::Setup => SETUP,
            Procedure::OpenTcp => socket::OPEN_TCP,
            Procedure::OpenUdp => socket::OPEN_UDP,
            Procedure::Send => socket::SEND,
            Procedure::SendDatagram => socket::SEND_DATAGRAM,
            Procedure::Receive => socket::RECEIVE,
            Procedure::ReceiveDatagram => socket::RECEIVE_DATAGRAM,
            Procedure::Available => socket::AVAILABLE,
            Procedure::AvailableDatagram | Procedure::CheckDatagram => socket::AVAILABLE_DATAGRAM,
            Procedure::Check => socket::CHECK,
            Procedure::Close => socket::CLOSE,
            Procedure::ResolveName => dns::NAME,
            Procedure::ResolveAddress => dns::ADDRESS,
            Procedure::StoreCredential => credential::STORE,
            Procedure::RemoveCredential => credential::REMOVE,
            _ => cellular::steps(procedure),
        }
    }

    fn urc(&self, line: &[u8]) -> Option<Urc> {
        urc::parse(line)
    }
}
