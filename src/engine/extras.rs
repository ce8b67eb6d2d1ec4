//! What only some firmware uses.
//!
//! Each of these parts is reached through a table that its first use puts in place. Where a firmware
//! never uses it, nothing names the table, and the linker drops the part.

use core::net::SocketAddr;

use super::Core;
use super::doze::Dozing;
use super::job::Job;
use super::messages::Messages;
use super::ping::Pings;
use super::upgrade::Upgrades;
use crate::dialect::security::Secure;
use crate::dialect::{Answer, Call, Dialect, Procedure, Step};
use crate::error::{Error, Failure};
use crate::link::Rung;
use crate::socket::{Slot, Slots};

/// Datagrams.
#[derive(Debug)]
pub(super) struct Datagrams {
    /// Puts the head of a datagram into the slot at an index: its length and its sender. Says how
    /// much of it is kept.
    pub(super) begin: fn(&mut Core, u8, u16, SocketAddr) -> u16,
    /// What came in a span that is over counts.
    pub(super) commit: fn(&mut Slot, &[u8]),
}

/// What the end of a procedure means.
pub(super) type Finish = fn(&mut Core, &Job, Result<(), Failure>);

/// A connection as a raw pipe.
#[derive(Debug)]
pub(super) struct Pipes {
    pub(super) finish: Finish,
    pub(super) room: fn(&mut Core) -> usize,
    pub(super) receive: for<'a> fn(&mut Core, &'a [u8]) -> &'a [u8],
    /// Goes on with a pipe. True when there is one: nothing else can be done then.
    pub(super) advance: fn(&mut Core) -> bool,
    pub(super) outgoing: for<'a> fn(&'a mut Core) -> &'a [u8],
    pub(super) transmitted: fn(&mut Core, usize),
}

/// Connections from outside.
#[derive(Debug)]
pub(super) struct Listeners {
    pub(super) finish: Finish,
    pub(super) incoming: fn(&mut Core, u8, u8, SocketAddr),
    pub(super) orphan: fn(&mut Core, u8),
}

/// Credentials on their way into the modem.
#[derive(Debug)]
pub(super) struct Uploads {
    pub(super) next: fn(&mut Core) -> Option<(Procedure, Call)>,
    pub(super) finish: Finish,
    pub(super) fail: fn(&mut Core, Error),
}

/// Payload that is not a socket's.
#[derive(Debug)]
pub(super) struct Feeds {
    pub(super) prompted: fn(&mut Core),
    /// What was given of it has left.
    pub(super) transmitted: fn(&mut Core),
}

/// Commands of users.
#[derive(Debug)]
pub(super) struct Exchanges {
    /// Whether the line is a user's, or becomes one's where nothing else is to be done.
    pub(super) turn: fn(&mut Core, bool) -> bool,
    pub(super) line: fn(&mut Core, Answer, &[u8]) -> bool,
    pub(super) finish: Finish,
    pub(super) spoil: fn(&mut Core),
}

/// Secure sockets.
#[derive(Debug)]
pub(super) struct Securities {
    /// The conversation of a procedure about the slot at an index, or about none.
    pub(super) steps: fn(&Core, Procedure, Option<u8>) -> &'static [Step],
    pub(super) secure:
        for<'a> fn(&'a mut (dyn Slots + 'static), &'static dyn Dialect, u8) -> Option<Secure<'a>>,
    pub(super) line: fn(&mut Core, &[u8]) -> bool,
    pub(super) finish: Finish,
    /// Why a connect failed, where the modem said why, and where it took long.
    pub(super) failure: fn(Option<Error>, bool) -> Error,
}

/// Power key and reset line.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) press: fn(&mut Core, Rung),
    pub(super) wake: fn(&mut Core),
    pub(super) advance: fn(&mut Core) -> bool,
}

/// The parts that are in use.
#[derive(Debug)]
pub(super) struct Extras {
    pub(super) pipes: Option<&'static Pipes>,
    pub(super) listeners: Option<&'static Listeners>,
    pub(super) uploads: Option<&'static Uploads>,
    pub(super) exchanges: Option<&'static Exchanges>,
    pub(super) feeds: Option<&'static Feeds>,
    /// Options of sockets.
    pub(super) options: Option<Finish>,
    /// Host names.
    pub(super) names: Option<Finish>,
    pub(super) datagrams: Option<&'static Datagrams>,
    pub(super) security: Option<&'static Securities>,
    pub(super) messages: Option<&'static Messages>,
    pub(super) upgrades: Option<&'static Upgrades>,
    pub(super) keys: Option<&'static Keys>,
    pub(super) dozing: Option<&'static Dozing>,
    pub(super) pings: Option<&'static Pings>,
}

impl Extras {
    pub(super) const fn new() -> Self {
        Self {
            pipes: None,
            listeners: None,
            uploads: None,
            exchanges: None,
            feeds: None,
            options: None,
            names: None,
            datagrams: None,
            security: None,
            messages: None,
            upgrades: None,
            keys: None,
            dozing: None,
            pings: None,
        }
    }
}
