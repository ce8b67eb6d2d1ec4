//! What the servers at the far end do, and where they are.

use core::fmt;
use core::net::SocketAddr;

use crate::Failure;

/// What a server at the far end does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// TCP: returns every byte; at the end of the stream it closes. UDP: returns every datagram.
    Echo,
    /// TCP: takes every byte and sends none; at the end of the stream it closes. UDP: the same.
    Discard,
    /// TCP: sends [`Bench::bulk`](crate::Bench::bulk) bytes of [`pattern`](crate::pattern) at once, takes every byte, and
    /// closes at the end of the stream.
    Chargen,
    /// TCP: the same in pieces of 1 byte to 1 KiB with pauses of 20 ms, [`TRICKLE`] bytes.
    Trickle,
    /// TCP: sends [`GOODBYE`] and closes; takes no more bytes.
    Goodbye,
    /// TCP: sends [`GOODBYE`], closes its direction only, and takes every byte until the other end
    /// closes too.
    HalfClose,
    /// TCP: takes [`CLOSE_AFTER`] bytes and closes.
    CloseAfter,
    /// TCP: resets the connection when the first byte comes.
    Reset,
    /// TCP: takes the connection and reads nothing, ever.
    Stall,
    /// TCP: reads slowly: at most 4 KiB every 5 ms; at the end of the stream it closes.
    SlowReader,
    /// TCP: a port at which nobody listens. UDP: the same.
    Refuse,
    /// TCP: an address from which no answer comes. UDP: the same.
    Blackhole,
    /// UDP: answers every datagram with [`STRANGER`] from another port, and 50 ms later with the
    /// datagram itself from its own.
    Stranger,
    /// UDP: a second echo.
    Echo2,
}

/// What [`Role::Goodbye`] and [`Role::HalfClose`] send.
pub const GOODBYE: &[u8] = b"goodbye, and thanks for all the bytes";
/// What [`Role::Stranger`] sends from its wrong port.
pub const STRANGER: &[u8] = b"I am not whom you asked";
/// Bytes that [`Role::CloseAfter`] takes.
pub const CLOSE_AFTER: usize = 10;
/// Bytes that [`Role::Trickle`] sends.
pub const TRICKLE: u32 = 5000;

impl Role {
    /// All of them.
    pub const ALL: [Role; 14] = [
        Role::Echo,
        Role::Discard,
        Role::Chargen,
        Role::Trickle,
        Role::Goodbye,
        Role::HalfClose,
        Role::CloseAfter,
        Role::Reset,
        Role::Stall,
        Role::SlowReader,
        Role::Refuse,
        Role::Blackhole,
        Role::Stranger,
        Role::Echo2,
    ];

    /// What a case says that lacks it.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Echo => "a peer that echoes",
            Role::Discard => "a peer that takes everything",
            Role::Chargen => "a peer that sends much",
            Role::Trickle => "a peer that sends slowly",
            Role::Goodbye => "a peer that sends and closes",
            Role::HalfClose => "a peer that closes one direction",
            Role::CloseAfter => "a peer that closes in the middle",
            Role::Reset => "a peer that resets",
            Role::Stall => "a peer that does not read",
            Role::SlowReader => "a peer that reads slowly",
            Role::Refuse => "a peer that refuses",
            Role::Blackhole => "a peer that never answers",
            Role::Stranger => "a peer that answers from two ports",
            Role::Echo2 => "a second peer that echoes",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Where the servers are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Addresses([Option<SocketAddr>; Role::ALL.len()]);

impl Addresses {
    /// No server at all.
    pub const fn new() -> Self {
        Addresses([None; Role::ALL.len()])
    }

    /// The server of this role is there.
    pub const fn set(&mut self, role: Role, at: SocketAddr) {
        self.0[role as usize] = Some(at);
    }

    /// There is no server of this role.
    pub const fn unset(&mut self, role: Role) {
        self.0[role as usize] = None;
    }

    /// Where the server of this role is.
    ///
    /// # Errors
    /// [`Failure::Missing`] when there is none: the case is skipped.
    pub fn get(&self, role: Role) -> Result<SocketAddr, Failure> {
        self.0[role as usize].ok_or(Failure::Missing(role.name()))
    }
}
