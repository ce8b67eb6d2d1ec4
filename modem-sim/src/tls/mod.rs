//! TLS and DTLS of the modem's sockets: real handshakes, without sockets and without a clock.
//!
//! | what | made by |
//! |---|---|
//! | TLS 1.2 and 1.3 with certificates | rustls |
//! | TLS 1.3 with a pre-shared key | embedded-tls |
//! | DTLS 1.2 with certificates or a pre-shared key | rtc-dtls |
//!
//! What none of them can do is a [`Fault::Unable`], never a handshake that only looks like one.

mod datagram;
mod layer;
mod psk;
mod resume;
mod stream;
mod suites;
mod verify;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustls::InconsistentKeys;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::sign::CertifiedKey;

pub(crate) use layer::Net;
pub(crate) use resume::{Data, Sessions};
pub(crate) use suites::legacy;

/// 1 January 2026, 12:00 UTC.
const EPOCH: u64 = 1_767_268_800;

/// A version of TLS; DTLS counts as the TLS version that it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    Tls10,
    Tls11,
    Tls12,
    Tls13,
}

/// A certificate that the server's own must be equal to.
#[derive(Clone, Debug)]
pub(crate) struct Pin {
    pub(crate) certificate: CertificateDer<'static>,
    /// Only its public key counts.
    pub(crate) key_only: bool,
}

/// A pre-shared key.
#[derive(Clone)]
pub(crate) struct SharedKey {
    pub(crate) identity: Vec<u8>,
    pub(crate) key: Vec<u8>,
}

/// What a security profile has come to when a socket connects.
pub(crate) struct Profile {
    /// The server's certificate must lead to one of `roots`.
    pub(crate) chain: bool,
    /// Dates count.
    pub(crate) dates: bool,
    /// The server's certificate must be for this name or address.
    pub(crate) name: Option<String>,
    /// Server name indication.
    pub(crate) sni: Option<String>,
    pub(crate) lowest: Version,
    pub(crate) highest: Version,
    /// IANA numbers of the only cipher suites; `None` for all.
    pub(crate) suites: Option<Vec<u16>>,
    pub(crate) roots: Vec<CertificateDer<'static>>,
    pub(crate) pin: Option<Pin>,
    pub(crate) client: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    /// Whether `client` belongs together does not count.
    pub(crate) any_key: bool,
    pub(crate) psk: Option<SharedKey>,
    pub(crate) resume: Option<resume::Resume>,
}

impl Default for Profile {
    fn default() -> Self {
        Profile {
            chain: false,
            dates: false,
            name: None,
            sni: None,
            lowest: Version::Tls10,
            highest: Version::Tls13,
            suites: None,
            roots: Vec::new(),
            pin: None,
            client: None,
            any_key: false,
            psk: None,
            resume: None,
        }
    }
}

/// Why there is no session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The simulator cannot do what the profile asks for.
    Unable(String),
    /// The profile cannot be used by any modem.
    Profile(String),
}

/// How a handshake has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// When.
    pub at: Duration,
    /// The server.
    pub peer: SocketAddr,
    /// Over UDP.
    pub datagrams: bool,
    /// What was agreed on, or why nothing was.
    pub result: Result<Agreed, String>,
}

/// What a handshake has agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// `TLSv1_2`, `TLSv1_3` or `DTLSv1_2`.
    pub version: String,
    /// The cipher suite's name in the registry of IANA, as far as the library tells it.
    pub suite: String,
    /// An earlier session was taken up again.
    pub resumed: bool,
}

impl fmt::Display for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.datagrams { "DTLS" } else { "TLS" };
        write!(f, "{:.6} {name} with {}: ", self.at.as_secs_f64(), self.peer)?;
        match &self.result {
            Ok(agreed) if agreed.resumed => write!(f, "{}, {}, resumed", agreed.version, agreed.suite),
            Ok(agreed) => write!(f, "{}, {}", agreed.version, agreed.suite),
            Err(error) => f.write_str(error),
        }
    }
}

/// The modem's clock, in seconds since 1970.
#[derive(Clone, Debug)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(crate) fn new(start: Option<Duration>) -> Self {
        Clock(Arc::new(AtomicU64::new(start.map_or(EPOCH, |time| time.as_secs()))))
    }

    /// Local time, with the zone in quarters of an hour.
    pub(crate) fn calendar(&self, zone: i32) -> String {
        let seconds = i64::try_from(self.seconds()).unwrap_or_default() + i64::from(zone) * 900;
        let (year, month, day, hour, minute, second) = crate::credential::calendar(seconds);
        let year = year % 100;
        format!("{year:02}/{month:02}/{day:02},{hour:02}:{minute:02}:{second:02}{zone:+03}")
    }

    fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::Relaxed);
    }

    pub(crate) fn seconds(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn unix(&self) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(self.seconds()))
    }
}

impl rustls::time_provider::TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(self.unix())
    }
}

/// How far a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Progress {
    Shaking,
    Open(Agreed),
    /// The peer has said that it sends no more.
    PeerClosed,
    Failed(String),
}

/// One end of a secured connection; the modem is always the client.
trait Session {
    /// What came from the network: any part of a stream, or one datagram.
    fn feed(&mut self, now: Duration, bytes: &[u8]);

    /// What is to go to the network: all there is of a stream, or one datagram.
    fn take(&mut self) -> Option<Vec<u8>>;

    /// Bytes of the host.
    fn write(&mut self, now: Duration, bytes: &[u8]);

    /// Bytes for the host: all there is of a stream, or one datagram.
    fn read(&mut self) -> Option<Vec<u8>>;

    fn progress(&self) -> Progress;

    /// Says goodbye.
    fn close(&mut self, now: Duration);

    fn due(&self) -> Option<Duration> {
        None
    }

    fn timeout(&mut self, now: Duration) {
        let _ = now;
    }

    /// Session data that has become known, once.
    fn news(&mut self) -> Option<resume::Data> {
        None
    }
}

/// A certificate and a key, whether they belong together or not.
fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<CertifiedKey, Fault> {
    let key = rustls::crypto::ring::sign::any_supported_type(&key);
    Ok(CertifiedKey::new(chain, key.map_err(|error| Fault::Profile(error.to_string()))?))
}

/// The client's end of a session over TCP, or over UDP.
fn client(
    profile: Profile,
    datagrams: bool,
    peer: SocketAddr,
    now: Duration,
    clock: &Clock,
) -> Result<Box<dyn Session>, Fault> {
    if profile.highest < Version::Tls12 {
        return Err(Fault::Unable("TLS before 1.2".to_owned()));
    }
    if profile.lowest > profile.highest {
        return Err(Fault::Profile("the lowest version is above what the module can do".to_owned()));
    }
    if let Some((chain, key)) = profile.client.as_ref().filter(|_| !profile.any_key) {
        let own = certified(chain.clone(), key.clone_key())?;
        if own.keys_match() == Err(InconsistentKeys::KeyMismatch.into()) {
            return Err(Fault::Profile("the key is not that of the certificate".to_owned()));
        }
    }
    if datagrams {
        Ok(Box::new(datagram::Datagrams::new(profile, peer, now, clock)?))
    } else if profile.psk.is_some() {
        Ok(Box::new(psk::Psk::new(profile)?))
    } else {
        Ok(Box::new(stream::Stream::new(profile, peer, clock)?))
    }
}
