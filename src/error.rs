//! The one error type of the crate and its mapping to the traits' error kinds.

/// A number that a modem gave behind `+CME ERROR:` (3GPP TS 27.007 §9.2) or `+CMS ERROR:`.
///
/// ```
/// use cellular_nal::CmeCode;
/// assert_eq!(CmeCode::SIM_NOT_INSERTED, CmeCode(10));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CmeCode(pub u16);

impl CmeCode {
    /// Operation not allowed.
    pub const NOT_ALLOWED: Self = Self(3);
    /// Operation not supported.
    pub const NOT_SUPPORTED: Self = Self(4);
    /// SIM not inserted.
    pub const SIM_NOT_INSERTED: Self = Self(10);
    /// SIM PIN required.
    pub const SIM_PIN_REQUIRED: Self = Self(11);
    /// SIM PUK required.
    pub const SIM_PUK_REQUIRED: Self = Self(12);
    /// SIM failure.
    pub const SIM_FAILURE: Self = Self(13);
    /// SIM busy.
    pub const SIM_BUSY: Self = Self(14);
    /// SIM wrong.
    pub const SIM_WRONG: Self = Self(15);
    /// Incorrect password: a wrong PIN.
    pub const INCORRECT_PASSWORD: Self = Self(16);
    /// Memory full.
    pub const MEMORY_FULL: Self = Self(20);
    /// Unknown error; also stands for a bare `ERROR` and for verbose texts that are not known.
    pub const UNKNOWN: Self = Self(100);
}

/// What can go wrong between an application and its modem.
///
/// ```
/// use cellular_nal::Error;
/// use embedded_io::Error as _;
/// assert_eq!(Error::Refused.kind(), embedded_io::ErrorKind::ConnectionRefused);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Nothing on the serial line answers `AT`, at none of the bit rates that were tried.
    NoModem,
    /// No SIM card in the modem, or one that it cannot read.
    NoSim,
    /// The SIM card asks for a PIN and none was configured.
    PinRequired,
    /// The SIM card refused the configured PIN. It is not tried again.
    WrongPin,
    /// One try is left for the PIN of the SIM card. It is not spent without being told to; see
    /// `Control::spend_last_pin_try`.
    LastPinTry,
    /// The SIM card is blocked and asks for its PUK.
    PukRequired,
    /// The network refused to register this SIM card or modem.
    RegistrationDenied,
    /// No network let the modem register in time.
    NotRegistered,
    /// The modem is registered and did not get an IP address.
    NoAddress,
    /// The link was not asked for, or was taken down.
    LinkDown,
    /// The socket is not connected.
    NotConnected,
    /// The peer has closed the connection; it takes no more data.
    Closed,
    /// The connection ended without an orderly close.
    Reset,
    /// The connection was given up on this side: the modem restarted, the link was lost, or bytes
    /// were lost on the serial line so that the stream would not be what was sent.
    Aborted,
    /// The peer, or the network on its behalf, refused the connection.
    Refused,
    /// The peer did not answer in time.
    Timeout,
    /// All sockets are in use.
    NoSocket,
    /// The local port is in use.
    PortInUse,
    /// The packet connection has no address of this family: IPv6 where there is only IPv4, or the
    /// other way round.
    WrongFamily,
    /// The modem answers, and it is none of those that are known.
    UnknownModem,
    /// The datagram is larger than the modem or the buffer takes.
    Oversized,
    /// A name, number or text contains what must not reach the modem.
    InvalidInput,
    /// The name has no address of the wanted family, or no server knew it.
    NameNotFound,
    /// The modem cannot do this.
    Unsupported,
    /// The modem cannot do what the security profile demands: a version of TLS, DTLS, so many cipher
    /// suites, a key with a password.
    UnsupportedProfile,
    /// The modem does not take the security profile: a credential is not stored, or is not what it is
    /// taken for. A modem that notices so early that the client's key is not that of its certificate may give this;
    /// see [`Handshake`](Self::Handshake).
    ProfileRejected,
    /// The server's name is to be validated and is not known: the profile has none, and nothing was
    /// resolved to this address.
    ServerNameUnknown,
    /// The secure connection was not made: the server's certificate is not trusted, has another name or has
    /// expired, the server does not trust this client, or both have no version or cipher suite in
    /// common. The modems do not say which; Sequans modems do not tell it from a refused connection
    /// either.
    ///
    /// So ends also a connect with a client's key that is not that of its certificate. No document says that a
    /// modem looks at that, neither when it stores them nor later: RYZ014 use cases §3.4.1 have it send what is in the
    /// slots as it is, and u-blox leave the check to the user (SARA/LEXI internet applications §3.5, LENA-R8
    /// application development §9.1.4).
    ///
    /// A server that refuses the client does so in TLS 1.3 when for the modem the handshake is over (RFC 8446
    /// appendix E.1.2): then the connection opens, and ends at the first read, with [`Reset`](Self::Reset),
    /// [`Closed`](Self::Closed) or the end of the stream.
    Handshake,
    /// The modem does not take the certificate or key: it is not well-formed, or does not fit.
    CredentialRejected,
    /// The modem has no room for the certificate, key or message.
    StoreFull,
    /// The modem answered, and not as its manual says: a line was lost on the way, or it is a version that
    /// is not known.
    UnexpectedAnswer,
    /// The modem installs new firmware and is left alone. The link comes back by itself.
    Installing,
    /// The modem answered with an error that has no better name here.
    Modem(CmeCode),
}

/// The texts, for people and for logs; those of `defmt` stay on the host.
macro_rules! texts {
    ($($error:ident => $text:literal,)*) => {
        impl core::fmt::Display for Error {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let text = match self {
                    $(Self::$error => $text,)*
                    Self::Modem(code) => return write!(f, "the modem answered error {}", code.0),
                };
                f.write_str(text)
            }
        }

        #[cfg(feature = "defmt")]
        impl defmt::Format for Error {
            fn format(&self, f: defmt::Formatter<'_>) {
                match self {
                    $(Self::$error => defmt::write!(f, $text),)*
                    Self::Modem(code) => defmt::write!(f, "the modem answered error {}", code.0),
                }
            }
        }
    };
}

texts! {
    NoModem => "no modem answers on the serial line",
    NoSim => "no SIM card, or it cannot be read",
    PinRequired => "the SIM card asks for a PIN and none is configured",
    LastPinTry => "one try is left for the PIN, and it is spared",
    WrongPin => "the SIM card refused the PIN; it is not tried again",
    PukRequired => "the SIM card is blocked and asks for its PUK",
    RegistrationDenied => "the network denied registration",
    NotRegistered => "no network registered the modem in time",
    NoAddress => "the network gave no IP address",
    LinkDown => "the link is down",
    NotConnected => "the socket is not connected",
    Closed => "the peer has closed the connection",
    Reset => "the connection was reset",
    Aborted => "the connection was aborted: modem, link or serial line failed",
    Refused => "the connection was refused",
    Timeout => "the peer did not answer in time",
    NoSocket => "all sockets are in use",
    PortInUse => "the local port is in use",
    WrongFamily => "the network gave no address of that family",
    UnknownModem => "the modem is none of those that are known",
    Oversized => "the datagram is too large",
    InvalidInput => "the text contains characters that must not reach the modem",
    NameNotFound => "the host name could not be resolved",
    Unsupported => "the modem does not support this",
    UnsupportedProfile => "the modem cannot do what the security profile demands",
    ProfileRejected => "the modem does not take the security profile",
    ServerNameUnknown => "the name that the server must have is not known",
    Handshake => "TLS failed at certificate, name, date, version or cipher; the modem does not say at which",
    CredentialRejected => "this is no certificate or key, or none that the modem takes",
    StoreFull => "the modem has no room for the certificate, key or message",
    UnexpectedAnswer => "the modem's answer was not understood",
    Installing => "the modem installs new firmware",
}

impl core::error::Error for Error {}

impl embedded_io::Error for Error {
    fn kind(&self) -> embedded_io::ErrorKind {
        use embedded_io::ErrorKind;
        match self {
            Self::NoModem
            | Self::NoSim
            | Self::RegistrationDenied
            | Self::NotRegistered
            | Self::NoAddress => ErrorKind::AddrNotAvailable,
            Self::PinRequired | Self::WrongPin | Self::LastPinTry | Self::PukRequired => {
                ErrorKind::PermissionDenied
            }
            Self::LinkDown | Self::NotConnected | Self::Installing => ErrorKind::NotConnected,
            Self::Closed => ErrorKind::BrokenPipe,
            Self::Reset => ErrorKind::ConnectionReset,
            Self::Aborted => ErrorKind::ConnectionAborted,
            Self::Refused => ErrorKind::ConnectionRefused,
            Self::Timeout => ErrorKind::TimedOut,
            Self::NoSocket => ErrorKind::OutOfMemory,
            Self::PortInUse => ErrorKind::AddrInUse,
            Self::WrongFamily => ErrorKind::AddrNotAvailable,
            Self::UnknownModem => ErrorKind::Unsupported,
            Self::Oversized | Self::InvalidInput => ErrorKind::InvalidInput,
            Self::NameNotFound => ErrorKind::NotFound,
            Self::Unsupported | Self::UnsupportedProfile => ErrorKind::Unsupported,
            Self::ProfileRejected | Self::ServerNameUnknown | Self::CredentialRejected => {
                ErrorKind::InvalidInput
            }
            Self::Handshake => ErrorKind::PermissionDenied,
            Self::StoreFull => ErrorKind::OutOfMemory,
            Self::UnexpectedAnswer => ErrorKind::InvalidData,
            Self::Modem(_) => ErrorKind::Other,
        }
    }
}

#[cfg(feature = "nb")]
impl embedded_nal::TcpError for Error {
    /// A connection that has died in any way is `PipeClosed`: clients such as minimq reconnect on
    /// that kind alone.
    fn kind(&self) -> embedded_nal::TcpErrorKind {
        match self {
            Self::Closed | Self::Reset | Self::Aborted => embedded_nal::TcpErrorKind::PipeClosed,
            _ => embedded_nal::TcpErrorKind::Other,
        }
    }
}

/// Why a procedure did not end well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) enum Failure {
    /// The modem answered with an error.
    Modem(CmeCode),
    /// A dial failed.
    NoCarrier,
    /// No final result in time.
    Timeout,
    /// `OK` came without the information text that belongs to it.
    Unanswered,
    /// Payload was damaged on the serial line.
    Damaged,
    /// The command cannot be written, or the modem has none for this.
    Unencodable,
    /// The modem went away in the middle.
    Gone,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Modem(code) => Self::Modem(code),
            Failure::NoCarrier => Self::Refused,
            Failure::Timeout => Self::Timeout,
            Failure::Unanswered | Failure::Damaged | Failure::Gone => Self::Aborted,
            Failure::Unencodable => Self::InvalidInput,
        }
    }
}
