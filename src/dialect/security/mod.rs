//! What a secure connection wants of the modem, and what each modem can do of that.

mod command;

use core::net::{IpAddr, SocketAddr};

pub(crate) use command::{Secure, write};

use super::session::Session;
use super::{Dialect, Procedure, Step, sequans, ublox};
use crate::at::is_quotable;
use crate::error::Error;
use crate::socket::is_host_name;

/// How the certificate of the server is validated.
///
/// u-blox modems have a level for each (IADG §3.2); on Sequans modems they are sums of bits, and a modem
/// may look at the dates in [`Chain`](Self::Chain) already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Validation {
    /// **Not at all.** Whoever sits on the way can read and change everything.
    None,
    /// It was signed by the authority. Whoever has any certificate of the authority passes for the
    /// server.
    Chain,
    /// It was signed by the authority and is that of the server's name.
    Name,
    /// It was signed by the authority, is that of the server's name, and has not expired. The modem's
    /// clock has to be right.
    #[default]
    Full,
}

/// Versions of TLS; DTLS 1.2 counts as TLS 1.2, DTLS 1.0 as TLS 1.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum TlsVersion {
    /// TLS 1.0, which RFC 8996 forbids.
    Tls10,
    /// TLS 1.1, which RFC 8996 forbids.
    Tls11,
    /// TLS 1.2.
    #[default]
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// The longest pre-shared key, and the longest identity.
const PSK: usize = 64;

/// The most cipher suites that can be named.
const SUITES: usize = 8;

/// What is proposed with a pre-shared key when no suites are named: the four that the use cases of the
/// RYZ014 list (§6.7.3.2), those with SHA-2 first.
const PSK_SUITES: &[u16] = &[0x00ae, 0x00af, 0x008c, 0x008d];

/// How connections are secured: whom to trust, who to be, what to accept.
///
/// Certificates and keys are named by the slots that [`Control::provision`] has put them in.
/// It lives as long as the program because the modem is told again at each connect; nothing of it is
/// copied. `Debug` shows neither keys nor passwords.
///
/// ```
/// use cellular_nal::{SecurityProfile, TlsVersion};
/// static PROFILE: SecurityProfile =
///     SecurityProfile::new().authority(8).client(9, 9).min_version(TlsVersion::Tls12);
/// # let _ = &PROFILE;
/// ```
///
/// [`Control::provision`]: crate::asynch::Control::provision
#[derive(Clone, Copy)]
pub struct SecurityProfile {
    validation: Validation,
    min_version: TlsVersion,
    authority: Option<u8>,
    client: Option<(u8, u8)>,
    key_password: &'static str,
    psk: &'static [u8],
    psk_identity: &'static str,
    cipher_suites: &'static [u16],
    server_name: &'static str,
    session: Option<&'static Session>,
}

impl SecurityProfile {
    /// Full validation against whatever authorities the modem trusts, TLS 1.2 at least, the modem's own
    /// choice of cipher suites.
    pub const fn new() -> Self {
        Self {
            validation: Validation::Full,
            min_version: TlsVersion::Tls12,
            authority: None,
            client: None,
            key_password: "",
            psk: &[],
            psk_identity: "",
            cipher_suites: &[],
            server_name: "",
            session: None,
        }
    }

    /// How the server's certificate is validated.
    #[must_use]
    pub const fn validation(mut self, validation: Validation) -> Self {
        self.validation = validation;
        self
    }

    /// The oldest version of TLS that is accepted.
    #[must_use]
    pub const fn min_version(mut self, version: TlsVersion) -> Self {
        self.min_version = version;
        self
    }

    /// The slot of the certificate of the authority that has signed the server's.
    #[must_use]
    pub const fn authority(mut self, slot: u8) -> Self {
        self.authority = Some(slot);
        self
    }

    /// The slots of the certificate and of the private key of this client, for servers that ask for
    /// them. Nobody checks that they belong together but the server: see [`Error::Handshake`](crate::Error::Handshake).
    #[must_use]
    pub const fn client(mut self, certificate: u8, key: u8) -> Self {
        self.client = Some((certificate, key));
        self
    }

    /// The password of the private key, where it has one. u-blox modems only.
    #[must_use]
    pub const fn key_password(mut self, password: &'static str) -> Self {
        self.key_password = password;
        self
    }

    /// A pre-shared key of 1 to 64 bytes and its identity. Where no cipher suites are named, those with
    /// a pre-shared key alone are proposed, and no certificate takes part.
    #[must_use]
    pub const fn psk(mut self, key: &'static [u8], identity: &'static str) -> Self {
        self.psk = key;
        self.psk_identity = identity;
        self
    }

    /// The cipher suites that are proposed, by their IANA numbers, 8 at most.
    #[must_use]
    pub const fn cipher_suites(mut self, suites: &'static [u16]) -> Self {
        self.cipher_suites = suites;
        self
    }

    /// The name that the server's certificate must be for. Without it the name is taken that this stack
    /// has last resolved to the address that is connected to.
    #[must_use]
    pub const fn server_name(mut self, name: &'static str) -> Self {
        self.server_name = name;
        self
    }

    /// Where sessions are kept to be resumed, which makes the handshake shorter. Without effect on modems
    /// that cannot.
    #[must_use]
    pub const fn resume(mut self, session: &'static Session) -> Self {
        self.session = Some(session);
        self
    }

    /// The name for a connection to an address that was resolved from `resolved`.
    pub(crate) fn name<'a>(&self, resolved: &'a [u8]) -> &'a [u8]
    where
        'static: 'a,
    {
        if self.server_name.is_empty() { resolved } else { self.server_name.as_bytes() }
    }

    /// The suites to propose; none leaves the choice to the modem.
    fn suites(&self, can: &Security) -> &'static [u16] {
        if !self.cipher_suites.is_empty() || self.psk.is_empty() {
            return self.cipher_suites;
        }
        PSK_SUITES.get(..can.suites.into()).unwrap_or(PSK_SUITES)
    }

    /// Whether a certificate of the server may take part.
    fn has_certificates(&self, can: &Security) -> bool {
        self.psk.is_empty() || !self.suites(can).iter().all(|&suite| is_psk(suite))
    }

    /// How the modem is to validate. Without certificates there is nothing to validate: the server has
    /// shown the key.
    fn level(&self, can: &Security) -> Validation {
        if self.has_certificates(can) { self.validation } else { Validation::None }
    }

    /// Whether the connection must not be made without the name of the server.
    pub(crate) fn wants_name(&self, can: &Security) -> bool {
        matches!(self.level(can), Validation::Name | Validation::Full)
    }

    /// Whether the profile makes sense, and the modem can do it.
    pub(crate) fn check(&self, can: &Security, datagrams: bool) -> Result<(), Error> {
        let slots = [self.authority, self.client.map(|c| c.0), self.client.map(|c| c.1)];
        let psk = self.psk.len() <= PSK
            && self.psk_identity.len() <= PSK
            && self.psk.is_empty() == self.psk_identity.is_empty();
        let valid = slots.iter().flatten().all(|slot| (8..=19).contains(slot))
            && psk
            && [self.key_password, self.psk_identity].iter().all(|text| text.bytes().all(is_quotable))
            && self.key_password.len() <= PSK
            && (self.server_name.is_empty() || is_host_name(self.server_name.as_bytes()))
            && self.cipher_suites.len() <= SUITES;
        if !valid {
            return Err(Error::InvalidInput);
        }
        let possible = self.min_version <= can.newest
            && self.cipher_suites.len() <= can.suites.into()
            && (can.key_password || self.key_password.is_empty())
            && (can.datagrams || !datagrams)
            // There is no DTLS 1.3 in any of these modems.
            && !(datagrams && self.min_version > TlsVersion::Tls12);
        if possible { Ok(()) } else { Err(Error::UnsupportedProfile) }
    }

    /// The slot of the private key.
    const fn key(&self) -> Option<u8> {
        match self.client {
            Some((_, key)) => Some(key),
            None => None,
        }
    }

    const fn certificate(&self) -> Option<u8> {
        match self.client {
            Some((certificate, _)) => Some(certificate),
            None => None,
        }
    }

    /// Where sessions are kept.
    pub(crate) const fn session(&self) -> Option<&'static Session> {
        self.session
    }

    /// Has the session told apart that is resumed: by the server, and by what the profile demanded of it
    /// when the session was made.
    pub(crate) fn aim(&self, name: &[u8], remote: SocketAddr) {
        let Some(session) = self.session else { return };
        let add = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        let demands = [self.validation as u8, self.min_version as u8, self.authority.unwrap_or(0)];
        let hash = demands.iter().chain(name).fold(0x811c_9dc5, |hash, &byte| add(hash, byte));
        let hash = remote.port().to_be_bytes().into_iter().fold(hash, add);
        session.aim(match remote.ip() {
            IpAddr::V4(ip) => ip.octets().into_iter().fold(hash, add),
            IpAddr::V6(ip) => ip.octets().into_iter().fold(hash, add),
        });
    }
}

impl Default for SecurityProfile {
    fn default() -> Self {
        Self::new()
    }
}

/// Without keys, passwords and identities.
impl core::fmt::Debug for SecurityProfile {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SecurityProfile")
            .field("validation", &self.validation)
            .field("min_version", &self.min_version)
            .field("authority", &self.authority)
            .field("client", &self.client)
            .field("cipher_suites", &self.cipher_suites)
            .field("server_name", &self.server_name)
            .finish_non_exhaustive()
    }
}

/// Whether both sides of a cipher suite show who they are by a pre-shared key alone: PSK, DHE_PSK,
/// ECDHE_PSK, but not RSA_PSK (IANA TLS cipher suites).
const fn is_psk(suite: u16) -> bool {
    matches!(
        suite,
        0x002c..=0x002d
            | 0x008a..=0x0091
            | 0x00a8..=0x00ab
            | 0x00ae..=0x00b5
            | 0xc033..=0xc03b
            | 0xc0a4..=0xc0ab
            | 0xccab..=0xccad
            | 0xd001..=0xd005
    )
}

/// Whose commands a modem's secure sockets want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    Ublox,
    Sequans,
}

/// What a modem's secure sockets can do.
#[derive(Clone, Copy, Debug)]
pub struct Security {
    pub(crate) speech: Speech,
    /// Secure connections at a time.
    pub(crate) connections: u8,
    pub(crate) newest: TlsVersion,
    /// Whether there is DTLS.
    pub(crate) datagrams: bool,
    /// Cipher suites that can be named.
    pub(crate) suites: u8,
    /// Whether private keys may have a password.
    pub(crate) key_password: bool,
    /// Whether sessions can be resumed.
    pub(crate) sessions: bool,
    /// Whether a bare `ERROR` to an upload says that the store is full.
    #[cfg_attr(not(feature = "async"), allow(dead_code, reason = "the async facade alone provisions"))]
    pub(crate) error_is_full: bool,
}

impl Security {
    /// Secure connections at a time.
    pub const fn connections(&self) -> u8 {
        self.connections
    }

    /// The newest version of TLS.
    pub const fn newest(&self) -> TlsVersion {
        self.newest
    }

    /// Whether there is DTLS.
    pub const fn has_datagrams(&self) -> bool {
        self.datagrams
    }
}

/// The conversation of a procedure about a secure socket. These tables do not stand behind
/// [`Dialect::steps`]: so they are in a firmware that uses them, and in no other.
pub(crate) fn steps(can: &Security, procedure: Procedure) -> Option<&'static [Step]> {
    match can.speech {
        Speech::Ublox => ublox::tls::steps(procedure),
        Speech::Sequans => sequans::tls::steps(procedure),
    }
}

/// The conversation of a procedure about a plain socket, in a firmware that has secure ones too.
pub(crate) fn plain_steps(dialect: &dyn Dialect, procedure: Procedure) -> Option<&'static [Step]> {
    match dialect.security()?.speech {
        Speech::Ublox => None,
        Speech::Sequans => sequans::tls::plain_steps(procedure),
    }
}

/// What a line says about a session: the place of its profile, and its two parts.
pub(crate) fn session<'a>(dialect: &dyn Dialect, line: &'a [u8]) -> Option<(u8, &'a [u8])> {
    match dialect.security()?.speech {
        Speech::Ublox => ublox::tls::session(line),
        Speech::Sequans => None,
    }
}

/// Whether a line may hold a key, because it is the echo of a command that does, or its answer.
pub(crate) fn is_secret(line: &[u8]) -> bool {
    let holds =
        |secret| (0..line.len()).any(|at| line.get(at..).is_some_and(|rest| rest.starts_with(secret)));
    [ublox::tls::SECRET, sequans::tls::SECRET].into_iter().any(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        static PROFILE: SecurityProfile =
            SecurityProfile::new().client(9, 10).key_password("open sesame").psk(b"shared key", "who I am");
        let shown = std::format!("{PROFILE:?}");
        assert!(shown.contains("Full") && shown.contains("10"), "{shown}");
        for secret in ["sesame", "shared", "115, 104", "who I am"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
