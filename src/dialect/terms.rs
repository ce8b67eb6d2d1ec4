//! What a procedure may be about.

/// What kind of credential a modem is to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum CredentialKind {
    /// Certificate of an authority that signs servers' certificates.
    Authority,
    /// Certificate of this client.
    Certificate,
    /// Private key of this client.
    PrivateKey,
}

/// A property of a socket that can be set while it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SocketOption {
    /// Keep-alive probes on an idle TCP connection, so that the network keeps it; they begin when
    /// it has been idle for so many seconds. 0 switches them off.
    KeepAlive(u16),
    /// Small writes are sent at once instead of being held back for more (Nagle's algorithm).
    NoDelay(bool),
    /// How long a close may wait for the peer, in milliseconds, 32767 at most; then the connection
    /// is reset.
    Linger(u16),
    /// Time to live of outgoing packets.
    TimeToLive(u8),
}

/// What the network may be told with the last datagram of an exchange, so that it lets the radio
/// rest early (3GPP TS 24.301 §9.9.4.25).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ReleaseAssistance {
    /// Nothing.
    #[default]
    None = 0,
    /// No further datagram goes either way.
    NoMore = 1,
    /// One datagram is expected as a reply, and no further ones.
    OneReply = 2,
}

/// Names one credential in the modem's store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Credential {
    /// What it is.
    pub kind: CredentialKind,
    /// Where it is kept: 8 to 19. Sequans modems have slots 0 to 19 and the lower ones hold
    /// operators' certificates (RYZ014 use cases §3.1); u-blox modems get a name made from it.
    pub slot: u8,
}

/// State of the SIM card (`+CPIN?`, 3GPP TS 27.007 §8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SimState {
    /// Ready.
    Ready,
    /// Waits for its PIN.
    Pin,
    /// Waits for its PUK.
    Puk,
    /// Waits for something else: a device or network lock.
    Locked,
}

impl SimState {
    /// Reads `<code>` of `+CPIN`.
    pub(crate) fn parse(code: &[u8]) -> Self {
        match code {
            b"READY" => Self::Ready,
            b"SIM PIN" => Self::Pin,
            b"SIM PUK" => Self::Puk,
            _ => Self::Locked,
        }
    }
}
