//! Sequans Monarch and Cassiopeia: the `+SQNS…` commands.
//!
//! Sources: "RYZ014 modules AT command use cases", cited as "use cases", and "Cassiopeia module use
//! cases with AT commands", cited as "Cassiopeia".

mod credential;
mod dns;
mod models;
mod socket;
pub(super) mod tls;
mod urc;

pub use models::{CASSIOPEIA, GM02S, GM02S_MULTIPLEXER, RYZ014A};

use super::{
    Dialect, ESCAPE, FirmwareUpdate, Limits, Multiplexer, OnError, Power, Procedure, RESTART_TAKES, Security,
    Services, Step, Timing, Urc, cellular,
};
use crate::time::Duration;

/// A Sequans modem: what is its own, as data.
#[derive(Clone, Copy, Debug)]
pub struct Sequans {
    name: &'static str,
    setup: &'static [Step],
    uart_sleep: &'static [Step],
    registration: &'static [Step],
    security: Option<&'static Security>,
    multiplexer: Option<&'static Multiplexer>,
    /// Whether new firmware comes from LwM2M servers, too.
    lwm2m: bool,
    services: Services,
}

/// Only a context that is not the default bearer's.
const DEACTIVATE: &[Step] = &[Step::new("+CGACT=0,{cid}")
    .when(|a| a.config.cid != 1)
    .on_error(OnError::Ignore)
    .timeout(Duration::from_secs(40))];

/// "Restart the modem" (use cases §2.1.2.1, Cassiopeia §2.3.2).
const RESTART: &[Step] = &[Step::new("^RESET").restarts().timeout(RESTART_TAKES)];

/// RESETN starts it anew, also after `+SQNSSHDN`; there is no power key. How long it is to be pulled is not
/// documented at hand: shipping drivers take 10 ms and more.
const POWER: Power = Power { reset: Duration::from_millis(100), ..Power::new() };

const TIMING: Timing = Timing {
    gap: Duration::ZERO,
    boot: Duration::from_secs(10),
    close_notice: Duration::ZERO,
    close_report: Duration::ZERO,
    escape: ESCAPE.0,
    escape_answer: ESCAPE.1,
};

impl Dialect for Sequans {
    fn name(&self) -> &'static str {
        self.name
    }

    fn limits(&self) -> Limits {
        Limits { sockets: 6, first_id: 1, write: 1500, read: 1500, host_keeps_sockets: true }
    }

    fn timing(&self) -> &Timing {
        &TIMING
    }

    fn steps(&self, procedure: Procedure) -> &'static [Step] {
        match procedure {
            Procedure::Setup => self.setup,
            Procedure::Registration => self.registration,
            Procedure::Deactivate => DEACTIVATE,
            Procedure::UartSleep => self.uart_sleep,
            Procedure::Restart => RESTART,
            Procedure::OpenTcp => socket::OPEN_TCP,
            Procedure::OpenUdp => socket::OPEN_UDP,
            Procedure::Send | Procedure::SendDatagram => socket::SEND,
            Procedure::SendLastDatagram => socket::SEND_LAST_DATAGRAM,
            Procedure::Receive | Procedure::ReceiveDatagram => socket::RECEIVE,
            Procedure::Available | Procedure::AvailableDatagram => socket::AVAILABLE,
            Procedure::Check | Procedure::CheckDatagram => socket::CHECK,
            Procedure::Listen => socket::LISTEN,
            Procedure::Accept => socket::ACCEPT,
            Procedure::CheckListener => socket::CHECK_LISTENER,
            Procedure::Online => socket::ONLINE,
            Procedure::Close => socket::CLOSE,
            Procedure::ResolveName => dns::NAME,
            Procedure::StoreCredential => credential::STORE,
            Procedure::RemoveCredential => credential::REMOVE,
            _ => cellular::steps(procedure),
        }
    }

    fn security(&self) -> Option<&'static Security> {
        self.security
    }

    fn power(&self) -> Power {
        POWER
    }

    fn multiplexer(&self) -> Option<&'static Multiplexer> {
        self.multiplexer
    }

    fn firmware(&self) -> FirmwareUpdate {
        FirmwareUpdate::Download { lwm2m: self.lwm2m }
    }

    fn services(&self) -> Services {
        self.services
    }

    fn urc(&self, line: &[u8]) -> Option<Urc> {
        urc::parse(line)
    }
}
