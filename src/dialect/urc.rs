//! Unsolicited results, free of the vendor's names.

use core::net::SocketAddr;

/// What an unsolicited line means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Urc {
    /// The modem has just started: everything that was set or open before is gone.
    Started,
    /// The modem is about to stop.
    Stopping,
    /// Registration state, `<stat>` of `+CEREG` (3GPP TS 27.007 §10.1.22).
    Registration(u8),
    /// The network or the modem ended the packet connection (`+CGEV`, 3GPP TS 27.007 §10.1.19).
    Detached {
        /// The context that is gone; all of them where none is named.
        cid: Option<u8>,
    },
    /// A packet connection has come up (`+UUPSDA`, SARA/LEXI internet applications §2.3).
    Attached,
    /// A socket has unread data.
    Data {
        /// The modem's socket id.
        id: u8,
        /// How much is unread in all, where the modem says so.
        unread: Option<u16>,
    },
    /// A socket was closed by the peer or the network.
    Closed {
        /// The modem's socket id.
        id: u8,
    },
    /// A peer has opened a connection to a listening socket, and the modem has made a socket for it.
    Incoming {
        /// The id of the new socket.
        id: u8,
        /// The id of the listening socket.
        listener: u8,
        /// The peer.
        remote: SocketAddr,
    },
    /// A short message has come in, and is in the modem's store (`+CMTI`, 3GPP TS 27.005 §3.4.1).
    Message,
    /// A known line that nothing depends on.
    Other,
}
