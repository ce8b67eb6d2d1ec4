//! DTLS 1.2.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rtc_dtls::cipher_suite::CipherSuiteId;
use rtc_dtls::config::{ConfigBuilder, HandshakeConfig};
use rtc_dtls::crypto::{Certificate, CryptoPrivateKey};
use rtc_dtls::crypto_provider::{RTCCryptoProvider, SignatureScheme, default_provider};
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_shared::TransportProtocol;
use rtc_shared::error::Error;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::verify::Verifier;
use super::{Agreed, Clock, Fault, Profile, Progress, Session, Version, suites};

/// The suites of the library, those with certificates and those with a pre-shared key.
const CERTIFICATES: [u16; 8] = [0xc02b, 0xc02f, 0xc0ac, 0xc0ae, 0xc00a, 0xc014, 0xcca8, 0xcca9];
const SHARED_KEYS: [u16; 3] = [0x00a8, 0xc0a4, 0xc0a8];

pub(super) struct Datagrams {
    endpoint: Endpoint,
    peer: SocketAddr,
    /// Time zero of the modem for the library.
    zero: Instant,
    received: VecDeque<Vec<u8>>,
    open: bool,
    peer_closed: bool,
    failed: Option<String>,
}

fn wrong(error: impl ToString) -> Fault {
    Fault::Profile(error.to_string())
}

fn choose(profile: &Profile) -> Result<Vec<CipherSuiteId>, Fault> {
    let known: &[u16] = if profile.psk.is_some() { &SHARED_KEYS } else { &CERTIFICATES };
    let wanted = |suite: &u16| profile.suites.as_ref().is_none_or(|wanted| wanted.contains(suite));
    let chosen: Vec<_> = known.iter().filter(|s| wanted(s)).map(|s| CipherSuiteId::from(*s)).collect();
    if chosen.is_empty() {
        let wanted = suites::list(profile.suites.as_deref().unwrap_or_default());
        return Err(Fault::Unable(format!("DTLS with none but the cipher suites {wanted}")));
    }
    Ok(chosen)
}

fn certificate(
    chain: Vec<CertificateDer<'static>>,
    key: &PrivateKeyDer<'static>,
    provider: &dyn RTCCryptoProvider,
) -> Result<Certificate, Fault> {
    let PrivateKeyDer::Pkcs8(key) = key else {
        return Err(Fault::Unable("DTLS with a key that is not in PKCS #8".to_owned()));
    };
    let schemes =
        [SignatureScheme::EcdsaP256Sha256, SignatureScheme::RsaPkcs1Sha256, SignatureScheme::Ed25519];
    for scheme in schemes {
        if let Ok(key) = provider.crypto().import_signing_key(scheme, key.secret_pkcs8_der()) {
            return Ok(Certificate {
                certificate: chain,
                private_key: CryptoPrivateKey::from_signing_key(key),
            });
        }
    }
    Err(Fault::Unable("DTLS with a key of this kind".to_owned()))
}

fn configure(profile: Profile, peer: SocketAddr, clock: &Clock) -> Result<HandshakeConfig, Fault> {
    let suites = choose(&profile)?;
    let provider = default_provider().map_err(wrong)?;
    let verifier = Verifier::new(&profile, Arc::new(rustls::crypto::ring::default_provider()));
    let clock = clock.clone();
    let mut builder = ConfigBuilder::default()
        .with_crypto_provider(Arc::clone(&provider))
        .with_cipher_suites(suites)
        .with_insecure_skip_verify(true)
        .with_verify_peer_certificate(Some(Arc::new(move |chain, _| {
            let chain: Vec<_> = chain.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
            verifier.check(&chain, clock.unix()).map_err(|error| Error::Other(error.to_string()))
        })));
    if let Some(name) = profile.sni {
        builder = builder.with_server_name(name);
    }
    if let Some(psk) = profile.psk {
        let key = psk.key;
        builder = builder
            .with_psk(Some(Arc::new(move |_| Ok(key.clone()))))
            .with_psk_identity_hint(Some(psk.identity));
    } else if let Some((chain, key)) = profile.client {
        builder = builder.with_certificates(vec![certificate(chain, &key, provider.as_ref())?]);
    }
    builder.build(true, Some(peer)).map_err(wrong)
}

impl Datagrams {
    pub(super) fn new(
        profile: Profile,
        peer: SocketAddr,
        now: Duration,
        clock: &Clock,
    ) -> Result<Self, Fault> {
        if profile.lowest > Version::Tls12 {
            return Err(Fault::Unable("DTLS 1.3".to_owned()));
        }
        let config = Arc::new(configure(profile, peer, clock)?);
        let local = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
        let mut session = Datagrams {
            endpoint: Endpoint::new(local, TransportProtocol::UDP, None),
            peer,
            zero: Instant::now(),
            received: VecDeque::new(),
            open: false,
            peer_closed: false,
            failed: None,
        };
        let at = session.at(now);
        session.endpoint.connect(at, peer, config, None).map_err(wrong)?;
        Ok(session)
    }

    fn at(&self, now: Duration) -> Instant {
        self.zero + now
    }

    fn fail(&mut self, error: impl ToString) {
        self.failed.get_or_insert_with(|| error.to_string());
    }
}

impl Session for Datagrams {
    fn feed(&mut self, now: Duration, bytes: &[u8]) {
        if self.failed.is_some() || self.peer_closed {
            return;
        }
        match self.endpoint.read(self.at(now), self.peer, None, BytesMut::from(bytes)) {
            Ok(events) => {
                for event in events {
                    match event {
                        EndpointEvent::HandshakeComplete => self.open = true,
                        EndpointEvent::ApplicationData(bytes) => self.received.push_back(bytes.to_vec()),
                        EndpointEvent::PeerClosed => self.peer_closed = true,
                        _ => {}
                    }
                }
            }
            // Anybody can send a datagram that makes no sense (RFC 6347 §4.1.2.7).
            Err(_) if self.open => {}
            Err(error) => self.fail(error),
        }
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        self.endpoint.poll_transmit().map(|datagram| datagram.message.to_vec())
    }

    fn write(&mut self, now: Duration, bytes: &[u8]) {
        if let Err(error) = self.endpoint.write(self.at(now), self.peer, bytes) {
            self.fail(error);
        }
    }

    fn read(&mut self) -> Option<Vec<u8>> {
        self.received.pop_front()
    }

    fn progress(&self) -> Progress {
        if let Some(error) = &self.failed {
            return Progress::Failed(error.clone());
        }
        match (self.open, self.peer_closed) {
            (true, true) => Progress::PeerClosed,
            (false, true) => Progress::Failed("the peer has closed during the handshake".to_owned()),
            (false, false) => Progress::Shaking,
            (true, false) => {
                let state = self.endpoint.get_connection_state(self.peer);
                let suite = state.and_then(|s| s.cipher_suite()).map(|id| id.to_string());
                Progress::Open(Agreed {
                    version: "DTLSv1_2".to_owned(),
                    suite: suite.unwrap_or_default(),
                    resumed: false,
                })
            }
        }
    }

    fn close(&mut self, now: Duration) {
        self.endpoint.stop(self.at(now), self.peer);
    }

    fn due(&self) -> Option<Duration> {
        let at = self.endpoint.poll_timeout(&self.peer)?;
        Some(at.saturating_duration_since(self.zero))
    }

    fn timeout(&mut self, now: Duration) {
        if let Err(error) = self.endpoint.handle_timeout(self.peer, self.at(now))
            && !self.open
        {
            self.fail(error);
        }
    }
}
