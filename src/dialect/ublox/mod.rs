//! u-blox SARA, LEXI and LENA: the `+USO…` commands.
//!
//! Sources: "Internet applications development guide" for SARA/LEXI modules, cited as "IADG", and
//! "LENA-R8 application development guide", cited as "LENA".

mod credential;
mod dns;
mod models;
mod packet;
mod socket;
pub(super) mod tls;
mod urc;

pub use models::{LENA_R8, LEXI_R422, LEXI_R520, SARA_R5, SARA_R5_00B, SARA_R5_01B, SARA_R42, SARA_R422S};
pub use models::{LENA_R8_MULTIPLEXER, LEXI_R520_MULTIPLEXER, SARA_R5_MULTIPLEXER, SARA_R42_MULTIPLEXER};

use super::{
    DataCall, Dialect, FirmwareUpdate, Limits, Multiplexer, OnError, OwnContext, Power, Procedure, Security,
    Services, Step, Timing, Urc, cellular,
};

/// A u-blox modem: what is its own, as data.
#[derive(Clone, Copy, Debug)]
pub struct Ublox {
    name: &'static str,
    timing: Timing,
    radio_on: &'static [Step],
    registration: &'static [Step],
    activate: &'static [Step],
    deactivate: &'static [Step],
    restart: &'static [Step],
    power: Power,
    uart_sleep: &'static [Step],
    close: &'static [Step],
    /// UDP with release assistance.
    released: &'static [Step],
    security: Option<&'static Security>,
    /// What is said before a dial.
    before_dial: &'static [&'static str],
    /// The context of a call beside sockets.
    own_context: Option<OwnContext>,
    multiplexer: &'static Multiplexer,
    firmware: FirmwareUpdate,
    services: Services,
}

/// `+UPINCNT` is in none of the guides at hand; it is what the vendor's modules have in common (tries of PIN, PIN2,
/// PUK and PUK2).
const PIN_TRIES: &[Step] =
    &[Step::new("+UPINCNT").optional_text("+UPINCNT: {left}").on_error(OnError::Ignore)];

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

    fn timing(&self) -> &Timing {
        &self.timing
    }

    fn steps(&self, procedure: Procedure) -> &'static [Step] {
        match procedure {
            Procedure::Setup => SETUP,
            Procedure::RadioOn => self.radio_on,
            Procedure::Registration => self.registration,
            Procedure::Activate => self.activate,
            Procedure::PinTries => PIN_TRIES,
            Procedure::Deactivate => self.deactivate,
            Procedure::Restart => self.restart,
            Procedure::UartSleep => self.uart_sleep,
            Procedure::OpenTcp => socket::OPEN_TCP,
            Procedure::OpenUdp => socket::OPEN_UDP,
            Procedure::Send => socket::SEND,
            Procedure::SendDatagram => socket::SEND_DATAGRAM,
            Procedure::SendLastDatagram => self.released,
            Procedure::Receive => socket::RECEIVE,
            Procedure::ReceiveDatagram => socket::RECEIVE_DATAGRAM,
            Procedure::Available => socket::AVAILABLE,
            Procedure::AvailableDatagram | Procedure::CheckDatagram => socket::AVAILABLE_DATAGRAM,
            Procedure::Check => socket::CHECK,
            Procedure::Listen => socket::LISTEN,
            Procedure::CheckListener => socket::CHECK_LISTENER,
            Procedure::SetOption => socket::SET_OPTION,
            Procedure::Online => socket::ONLINE,
            Procedure::Close => self.close,
            Procedure::ResolveName => dns::NAME,
            Procedure::ResolveAddress => dns::ADDRESS,
            Procedure::StoreCredential => credential::STORE,
            Procedure::RemoveCredential => credential::REMOVE,
            _ => cellular::steps(procedure),
        }
    }

    fn security(&self) -> Option<&'static Security> {
        self.security
    }

    fn power(&self) -> Power {
        self.power
    }

    fn data_call(&self) -> DataCall {
        DataCall { prepare: self.before_dial, own: self.own_context, ..DataCall::new() }
    }

    fn multiplexer(&self) -> Option<&'static Multiplexer> {
        Some(self.multiplexer)
    }

    fn firmware(&self) -> FirmwareUpdate {
        self.firmware
    }

    fn services(&self) -> Services {
        self.services
    }

    fn urc(&self, line: &[u8]) -> Option<Urc> {
        urc::parse(line)
    }
}
