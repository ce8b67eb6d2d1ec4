//! TLS over TCP with certificates.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::{Resumption, Tls12Resumption};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, ClientConnection, HandshakeKind, SupportedProtocolVersion};

use super::resume::{Data, Parts, Resume};
use super::verify::Verifier;
use super::{Agreed, Clock, Fault, Profile, Progress, Session, Version, suites};

pub(super) struct Stream {
    connection: ClientConnection,
    out: Vec<u8>,
    plain: Vec<u8>,
    failed: Option<String>,
    peer_closed: bool,
    resume: Option<Resume>,
}

/// What rustls is to offer.
fn provider(profile: &Profile) -> Result<CryptoProvider, Fault> {
    let mut provider = rustls::crypto::ring::default_provider();
    if let Some(wanted) = &profile.suites {
        provider.cipher_suites.retain(|suite| wanted.contains(&u16::from(suite.suite())));
        if provider.cipher_suites.is_empty() {
            return Err(Fault::Unable(format!("none of the cipher suites {}", suites::list(wanted))));
        }
    }
    Ok(provider)
}

fn versions(
    profile: &Profile,
    provider: &CryptoProvider,
) -> Result<Vec<&'static SupportedProtocolVersion>, Fault> {
    let range = profile.lowest..=profile.highest;
    let all = [(Version::Tls12, &rustls::version::TLS12), (Version::Tls13, &rustls::version::TLS13)];
    let has = |version| provider.cipher_suites.iter().any(|suite| suite.version() == version);
    let chosen: Vec<_> =
        all.iter().filter(|(v, known)| range.contains(v) && has(*known)).map(|&(_, known)| known).collect();
    if chosen.is_empty() {
        return Err(Fault::Profile("no cipher suite belongs to the version".to_owned()));
    }
    Ok(chosen)
}

impl Stream {
    pub(super) fn new(mut profile: Profile, peer: SocketAddr, clock: &Clock) -> Result<Self, Fault> {
        let provider = provider(&profile)?;
        let versions = versions(&profile, &provider)?;
        let provider = Arc::new(provider);
        let certificate = profile.client.as_ref().and_then(|(chain, _)| chain.first().cloned());
        let earlier = profile.resume.as_ref().and_then(|resume| resume.parts.clone());
        let earlier = earlier.filter(|parts| parts.client == certificate);
        let verifier = match &earlier {
            Some(parts) => Arc::clone(&parts.verifier),
            None => Arc::new(Verifier::new(&profile, Arc::clone(&provider))),
        };
        verifier.follow(&profile);
        let wrong = |error: rustls::Error| Fault::Profile(error.to_string());
        let builder = ClientConfig::builder_with_details(provider, Arc::new(clock.clone()))
            .with_protocol_versions(&versions)
            .map_err(wrong)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&verifier) as _);
        let mut config = match profile.client.take() {
            Some((chain, key)) => {
                let own = SingleCertAndKey::from(super::certified(chain, key)?);
                builder.with_client_cert_resolver(Arc::new(own))
            }
            None => builder.with_no_client_auth(),
        };
        if let Some(parts) = earlier {
            config.client_auth_cert_resolver = parts.resolver;
        }
        let resolver = Arc::clone(&config.client_auth_cert_resolver);
        if let Some(resume) = &mut profile.resume {
            resume.parts = Some(Parts { verifier, resolver, client: certificate });
        }
        config.enable_sni = profile.sni.is_some();
        config.resumption = match &profile.resume {
            None => Resumption::disabled(),
            Some(resume) => {
                let tickets = Tls12Resumption::SessionIdOrTickets;
                let kind = if resume.tickets { tickets } else { Tls12Resumption::SessionIdOnly };
                Resumption::store(resume.store()).tls12_resumption(kind)
            }
        };
        let name = match &profile.sni {
            None => ServerName::IpAddress(peer.ip().into()),
            Some(name) => ServerName::try_from(name.clone())
                .map_err(|_| Fault::Profile(format!("'{name}' cannot be a server name")))?,
        };
        let connection = ClientConnection::new(Arc::new(config), name).map_err(wrong)?;
        Ok(Stream {
            connection,
            out: Vec::new(),
            plain: Vec::new(),
            failed: None,
            peer_closed: false,
            resume: profile.resume,
        })
    }

    fn fail(&mut self, error: impl ToString) {
        self.failed.get_or_insert_with(|| error.to_string());
    }

    fn collect(&mut self) {
        while self.connection.wants_write() {
            // A vector takes everything.
            let _ = self.connection.write_tls(&mut self.out);
        }
    }
}

impl Session for Stream {
    fn feed(&mut self, _now: Duration, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.failed.is_none() && !self.peer_closed {
            if let Err(error) = self.connection.read_tls(&mut bytes) {
                return self.fail(error);
            }
            match self.connection.process_new_packets() {
                Ok(state) => {
                    let mut chunk = vec![0; state.plaintext_bytes_to_read()];
                    let mut reader = self.connection.reader();
                    if !chunk.is_empty() && std::io::Read::read_exact(&mut reader, &mut chunk).is_ok() {
                        self.plain.append(&mut chunk);
                    }
                    self.peer_closed |= state.peer_has_closed();
                }
                Err(error) => self.fail(error),
            }
        }
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        self.collect();
        (!self.out.is_empty()).then(|| std::mem::take(&mut self.out))
    }

    fn write(&mut self, _now: Duration, bytes: &[u8]) {
        if let Err(error) = std::io::Write::write_all(&mut self.connection.writer(), bytes) {
            self.fail(error);
        }
    }

    fn read(&mut self) -> Option<Vec<u8>> {
        (!self.plain.is_empty()).then(|| std::mem::take(&mut self.plain))
    }

    fn progress(&self) -> Progress {
        if let Some(error) = &self.failed {
            return Progress::Failed(error.clone());
        }
        if self.connection.is_handshaking() {
            return match self.peer_closed {
                true => Progress::Failed("the peer has closed during the handshake".to_owned()),
                false => Progress::Shaking,
            };
        }
        if self.peer_closed {
            return Progress::PeerClosed;
        }
        let version = self.connection.protocol_version();
        let suite = self.connection.negotiated_cipher_suite();
        Progress::Open(Agreed {
            version: version.and_then(|v| v.as_str()).unwrap_or_default().to_owned(),
            suite: suite.and_then(|s| s.suite().as_str()).unwrap_or_default().to_owned(),
            resumed: self.connection.handshake_kind() == Some(HandshakeKind::Resumed),
        })
    }

    fn close(&mut self, _now: Duration) {
        self.connection.send_close_notify();
    }

    fn news(&mut self) -> Option<Data> {
        if self.connection.is_handshaking() {
            return None;
        }
        let resumed = self.connection.handshake_kind() == Some(HandshakeKind::Resumed);
        // A module without tickets has nothing to take up a session of TLS 1.3 with.
        let tls13 = self.connection.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3);
        let resume = self.resume.as_ref().filter(|resume| resume.tickets || !tls13)?;
        resume.news(resumed)
    }
}
