//! The socket table: what users asked for and what arrived.
//!
//! Operations of users set flags here, unsolicited results set flags here, and the engine derives
//! its next command from the flags. Nothing is queued, so nothing overflows.

mod datagram;
pub(crate) mod dns;
mod listener;
mod name;
mod option;
mod pipe;
mod provider;
mod ring;
mod secure;
mod slot;
mod stream;
mod table;
mod waker;

pub use datagram::Arrived;
pub(crate) use datagram::HEADER;
pub(crate) use dns::Lookup;
pub use dns::Ticket;
pub(crate) use dns::is_host_name;
pub use name::Name;
pub(crate) use option::Setting;
pub(crate) use pipe::Pipe;
pub(crate) use provider::Sealed;
pub use provider::Sockets;
use ring::Ring;
pub(crate) use slot::{Kind, Slot, State};
pub(crate) use table::Place;
pub use table::{Slots, Table};
pub(crate) use waker::{Driver, Waiters, WakerCell};

/// Names one socket of the engine, and one life of it.
///
/// A handle that outlives its socket is refused: the generation tells it from the next one in the
/// same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SocketHandle {
    pub(crate) index: u8,
    pub(crate) generation: u8,
}
