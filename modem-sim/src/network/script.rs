//! How the servers of the virtual network behave.

use std::time::Duration;

/// Behaviour of the server behind an address and port of a virtual network.
///
/// With UDP, `Echo`, `Chargen`, `SendThenClose` and `Scripted` answer each datagram; the others
/// stay silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Returns every byte.
    Echo,
    /// Takes every byte; also the one to choose when a test plays the server by hand.
    Discard,
    /// Sends so many bytes of [`Prng::bytes`](crate::Prng::bytes) with this seed, and stays open.
    Chargen(usize, u64),
    /// Refuses the connection.
    Refuse,
    /// Answers nothing at all.
    Blackhole,
    /// Sends these bytes and closes.
    SendThenClose(Vec<u8>),
    /// Takes this number of bytes, then closes.
    CloseAfter(usize),
    /// Follows a script.
    Scripted(Vec<ScriptStep>),
}

/// One step of [`Peer::Scripted`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptStep {
    /// Goes on when so many more bytes have come.
    Await(usize),
    /// Sends bytes.
    Send(Vec<u8>),
    /// Waits.
    Pause(Duration),
    /// Closes.
    Close,
    /// Resets the connection.
    Reset,
}
