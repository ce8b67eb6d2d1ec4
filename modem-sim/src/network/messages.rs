//! Short messages between the virtual network and the modem.

use std::collections::VecDeque;

/// A short message as the network sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The other one's number: who has sent it, or who is to get it.
    pub number: String,
    /// What a person reads.
    pub text: String,
    /// The whole as a protocol data unit in hexadecimal digits, as the modem has sent it; empty for one to the modem.
    pub pdu: String,
}

/// Those that are on their way.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    pub(super) to_modem: VecDeque<Message>,
    pub(super) from_modem: Vec<Message>,
}
