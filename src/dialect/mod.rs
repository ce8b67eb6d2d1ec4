//! What to say: the conversation with each modem family, as tables and pure functions.
//!
//! A dialect has no state and does no I/O. The engine asks it for the steps of a [`Procedure`] and
//! for the meaning of unsolicited lines. Firmware that names one dialect links only that one.

pub(crate) mod cellular;
mod data;
pub mod detect;
pub(crate) mod digest;
pub(crate) mod firmware;
mod multiplexer;
#[cfg_attr(not(any(feature = "async", feature = "nb")), allow(dead_code, reason = "facades ping"))]
pub(crate) mod ping;
mod power;
pub(crate) mod security;
pub mod sequans;
mod services;
mod session;
mod step;
pub(crate) mod template;
mod terms;
pub mod ublox;
mod urc;

pub use data::{DataCall, OwnContext};
pub use firmware::FirmwareUpdate;
pub use multiplexer::Multiplexer;
pub use power::Power;
pub use security::{Security, SecurityProfile, TlsVersion, Validation};
pub use services::{BandCommands, EdrxCommand, PingCommand, Services};
pub use session::Session;
pub use step::{Answer, Args, Bare, Call, Found, OnError, Procedure, Prompt, Reading, Step};
pub use terms::{Credential, CredentialKind, ReleaseAssistance, SimState, SocketOption};
pub use urc::Urc;

use crate::time::Duration;

/// What a modem can take.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Number of sockets.
    pub sockets: u8,
    /// The lowest socket id.
    pub first_id: u8,
    /// Most bytes in one write command; also the largest datagram.
    pub write: u16,
    /// Most bytes in one read command.
    pub read: u16,
    /// Whether the host picks the socket id, must read to learn how much is unread, and shuts a
    /// socket that the peer has closed. Otherwise the modem picks the id when a socket is created,
    /// says how much is unread, and a socket that is closed is gone.
    pub host_keeps_sockets: bool,
}

/// What a modem wants in time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Timing {
    /// Silence after a final result or an unsolicited line before the next command.
    pub gap: Duration,
    /// From power-up until commands are answered, at most.
    pub boot: Duration,
    /// How long a failed connect may take to announce that its socket is gone.
    pub close_notice: Duration,
    /// How long a connection whose close was answered at once may take until its end is reported;
    /// zero where the answer is the end.
    pub close_report: Duration,
    /// Silence around `+++`, with which a raw pipe is left.
    pub escape: Duration,
    /// From `+++` until it can be answered: what looks like the answer before is the peer's.
    pub escape_answer: Duration,
}

/// How long a modem may take for the answer to a command that starts it anew: it leaves the network first.
const RESTART_TAKES: Duration = Duration::from_secs(60);

/// Silence around `+++` where the modem wants one second, and the time until its answer: what most of
/// them want.
const ESCAPE: (Duration, Duration) = (Duration::from_millis(1050), Duration::from_millis(800));

/// What [`Dialect::identify`] found.
#[derive(Clone, Copy, Debug)]
pub enum Identity {
    /// It speaks this.
    Known(&'static dyn Dialect),
    /// It is none of those that the dialect stands for.
    Unknown,
}

/// What one modem says and understands.
///
/// ```
/// use cellular_nal::dialect::{Dialect, ublox::SARA_R5};
/// assert_eq!(SARA_R5.limits().write, 1024);
/// ```
pub trait Dialect: Sync {
    /// Name of the model, as the examples' `--modem` takes it.
    fn name(&self) -> &'static str;

    /// What the modem can take.
    fn limits(&self) -> Limits;

    /// What the modem wants in time.
    fn timing(&self) -> &Timing;

    /// The conversation of a procedure. An empty one means that the modem cannot do it.
    fn steps(&self, procedure: Procedure) -> &'static [Step];

    /// What its secure sockets can do; `None` where it has none.
    fn security(&self) -> Option<&'static Security> {
        None
    }

    /// What its power key and its reset line want.
    fn power(&self) -> Power {
        Power::new()
    }

    /// How a data connection for PPP is dialled.
    fn data_call(&self) -> DataCall {
        DataCall::new()
    }

    /// Its multiplexer; `None` where it has none, or nothing is known of it.
    fn multiplexer(&self) -> Option<&'static Multiplexer> {
        None
    }

    /// How it gets new firmware.
    fn firmware(&self) -> FirmwareUpdate {
        FirmwareUpdate::None
    }

    /// What it does for its user beside the link and its sockets.
    fn services(&self) -> Services {
        Services::NONE
    }

    /// Which modem it is, after its setup has found that out. Only a dialect that stands for several
    /// modems has something to say here.
    fn identify(&self, call: &Call) -> Option<Identity> {
        let _ = call;
        None
    }

    /// The meaning of an unsolicited line, or `None` when it is not known as one.
    fn urc(&self, line: &[u8]) -> Option<Urc>;
}

impl core::fmt::Debug for dyn Dialect {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}
