//! What tests of TLS need: certificates made on the spot, and servers.
//!
//! Only with the feature `testing`. The servers echo what they get. [`TlsEcho`] and [`DtlsEcho`] are for
//! [`VirtualNetwork::serve`](crate::VirtualNetwork::serve), [`spawn_tls_echo`] is at a port of this machine.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rtc_dtls::cipher_suite::CipherSuiteId;
use rtc_dtls::config::{ClientAuthType, ConfigBuilder, HandshakeConfig};
use rtc_dtls::crypto::{Certificate, CryptoPrivateKey};
use rtc_dtls::crypto_provider::default_provider;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_shared::TransportProtocol;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion};

pub use rustls;

use crate::Service;

/// A certificate and its key.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate, PEM with LF.
    pub certificate: String,
    /// The key, PKCS #8 in PEM with LF.
    pub key: String,
    /// The certificate in DER.
    pub der: Vec<u8>,
}

impl Identity {
    fn new(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        let lf = |pem: String| pem.replace('\r', "");
        let der = certificate.der().to_vec();
        Identity { certificate: lf(certificate.pem()), key: lf(key.serialize_pem()), der }
    }

    fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![CertificateDer::from(self.der.clone())]
    }

    fn private_key(&self) -> PrivateKeyDer<'static> {
        crate::credential::key(self.key.as_bytes()).expect("it was made here")
    }
}

/// A certification authority; keys are ECDSA P-256.
#[derive(Debug)]
pub struct Authority {
    /// Its own certificate.
    pub identity: Identity,
    issuer: Issuer<'static, KeyPair>,
}

fn named(name: &str, alternatives: &[&str]) -> CertificateParams {
    let alternatives: Vec<String> = alternatives.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(alternatives).expect("the names are ASCII");
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

impl Authority {
    /// An authority of this name.
    ///
    /// # Panics
    ///
    /// When there is no randomness to be had.
    pub fn new(name: &str) -> Self {
        let mut params = named(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().expect("there is randomness");
        let certificate = params.self_signed(&key).expect("the parameters are complete");
        let identity = Identity::new(&certificate, &key);
        Authority { identity, issuer: Issuer::new(params, key) }
    }

    fn sign(&self, mut params: CertificateParams, purpose: ExtendedKeyUsagePurpose) -> Identity {
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().expect("there is randomness");
        Identity::new(&params.signed_by(&key, &self.issuer).expect("the parameters are complete"), &key)
    }

    /// The certificate of a server with these names or addresses, valid from 1975 to 4096.
    ///
    /// # Panics
    ///
    /// When a name is not ASCII.
    pub fn server(&self, names: &[&str]) -> Identity {
        let name = names.first().copied().unwrap_or("server");
        self.sign(named(name, names), ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// The same, valid in one year only.
    ///
    /// # Panics
    ///
    /// When a name is not ASCII.
    pub fn server_in(&self, names: &[&str], year: i32) -> Identity {
        let mut params = named(names.first().copied().unwrap_or("server"), names);
        params.not_before = rcgen::date_time_ymd(year, 1, 1);
        params.not_after = rcgen::date_time_ymd(year, 12, 31);
        self.sign(params, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// The certificate of a client.
    ///
    /// # Panics
    ///
    /// When the name is not ASCII.
    pub fn client(&self, name: &str) -> Identity {
        self.sign(named(name, &[]), ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(self.identity.der.clone())).expect("it was made here");
        roots
    }
}

/// The configuration of a server that speaks these versions (all, when there are none), and wants a
/// client certificate of an authority when one is given.
///
/// # Panics
///
/// When the identity is not one of an [`Authority`].
pub fn server_config(
    identity: &Identity,
    versions: &[&'static SupportedProtocolVersion],
    clients: Option<&Authority>,
) -> Arc<ServerConfig> {
    let versions = if versions.is_empty() { rustls::ALL_VERSIONS } else { versions };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)
        .expect("ring speaks all of them");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let roots = Arc::new(authority.roots());
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build();
            builder.with_client_cert_verifier(verifier.expect("there is a root"))
        }
    };
    let config = builder.with_single_cert(identity.chain(), identity.private_key());
    Arc::new(config.expect("the key is that of the certificate"))
}

/// What a server has seen of its clients.
#[derive(Clone, Debug, Default)]
pub struct Seen(Arc<Mutex<Vec<Client>>>);

/// One client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Server name indication.
    pub sni: Option<String>,
    /// The client's certificate in DER.
    pub certificate: Option<Vec<u8>>,
    /// What it has sent.
    pub received: Vec<u8>,
    /// Its goodbye has come.
    pub closed: bool,
}

impl Seen {
    /// Every client so far.
    pub fn clients(&self) -> Vec<Client> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn next(&self) -> usize {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Client::default());
        all.len() - 1
    }

    fn with(&self, index: usize, change: impl FnOnce(&mut Client)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)[index]);
    }
}

/// A TLS server that echoes.
#[derive(Debug)]
pub struct TlsEcho {
    connection: ServerConnection,
    seen: Seen,
    index: usize,
    /// Says goodbye and closes when it has got so many bytes.
    close_after: usize,
    received: usize,
    over: bool,
}

impl TlsEcho {
    /// A server for one connection.
    ///
    /// # Panics
    ///
    /// When the configuration makes no sense.
    pub fn new(config: Arc<ServerConfig>, seen: &Seen) -> Self {
        let connection = ServerConnection::new(config).expect("the configuration is complete");
        let (seen, index) = (seen.clone(), seen.next());
        TlsEcho { connection, seen, index, close_after: usize::MAX, received: 0, over: false }
    }

    /// Says goodbye and closes when it has got so many bytes.
    #[must_use]
    pub fn close_after(mut self, bytes: usize) -> Self {
        self.close_after = bytes;
        self
    }

    fn take(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() && !self.over {
            let read = self.connection.read_tls(&mut rest);
            let Ok(state) =
                read.map_err(drop).and_then(|_| self.connection.process_new_packets().map_err(drop))
            else {
                self.over = true;
                return;
            };
            let mut plain = vec![0; state.plaintext_bytes_to_read()];
            if !plain.is_empty() && self.connection.reader().read_exact(&mut plain).is_ok() {
                self.received += plain.len();
                // The buffer of the library has room for all that one record brings.
                let _ = self.connection.writer().write_all(&plain);
            }
            let sni = self.connection.server_name().map(str::to_owned);
            let certificate = self.connection.peer_certificates().and_then(|c| c.first()).map(|c| c.to_vec());
            let closed = state.peer_has_closed();
            self.seen.with(self.index, |client| {
                (client.sni, client.certificate, client.closed) = (sni, certificate, closed);
                client.received.extend(plain);
            });
            self.over |= closed;
        }
        if self.received >= self.close_after {
            self.connection.send_close_notify();
            self.over = true;
        }
    }

    fn give(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        while self.connection.wants_write() {
            // A vector takes everything.
            let _ = self.connection.write_tls(&mut out);
        }
        out
    }
}

impl Service for TlsEcho {
    fn received(&mut self, _now: Duration, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.take(bytes);
        let out = self.give();
        if out.is_empty() { Vec::new() } else { vec![out] }
    }

    fn is_over(&self) -> bool {
        self.over
    }
}

/// Starts a TLS server that echoes at a port of 127.0.0.1; it runs until the program ends.
///
/// # Errors
///
/// When there is no port to be had.
pub fn spawn_tls_echo(config: Arc<ServerConfig>, seen: &Seen) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let seen = seen.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut echo = TlsEcho::new(Arc::clone(&config), &seen);
            thread::spawn(move || serve(stream, &mut echo));
        }
    });
    Ok(address)
}

fn serve(mut stream: std::net::TcpStream, echo: &mut TlsEcho) -> io::Result<()> {
    let mut buffer = [0; 4096];
    while !echo.over {
        let n = stream.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        echo.take(&buffer[..n]);
        stream.write_all(&echo.give())?;
    }
    Ok(())
}

/// What a DTLS server knows its clients by.
#[derive(Clone, Debug)]
pub enum DtlsServer {
    /// It has a certificate.
    Certificate(Identity),
    /// It has a certificate and wants one of the client, of any authority.
    Mutual(Identity),
    /// It has the key of one identity.
    SharedKey(Vec<u8>),
}

/// A DTLS server that echoes, or answers.
pub struct DtlsEcho {
    endpoint: Endpoint,
    zero: Instant,
    answer: Answer,
}

/// What a server makes of a datagram: an answer, or nothing.
pub type Answer = Box<dyn FnMut(&[u8]) -> Option<Vec<u8>> + Send>;

impl std::fmt::Debug for DtlsEcho {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DtlsEcho").finish_non_exhaustive()
    }
}

fn dtls_config(server: DtlsServer) -> HandshakeConfig {
    let provider = default_provider().expect("ring is built in");
    let builder =
        ConfigBuilder::default().with_crypto_provider(Arc::clone(&provider)).with_insecure_skip_verify(true);
    let with = |builder: ConfigBuilder, identity: Identity| {
        let key = KeyPair::from_pem(&identity.key).expect("it was made here");
        let private_key = CryptoPrivateKey::from_key_pair(&key, provider.crypto()).expect("it is ECDSA");
        builder.with_certificates(vec![Certificate { certificate: identity.chain(), private_key }])
    };
    let builder = match server {
        DtlsServer::Certificate(identity) => with(builder, identity),
        DtlsServer::Mutual(identity) => {
            with(builder, identity).with_client_auth(ClientAuthType::RequireAnyClientCert)
        }
        DtlsServer::SharedKey(key) => builder
            .with_psk(Some(Arc::new(move |_| Ok(key.clone()))))
            .with_psk_identity_hint(Some(b"hint".to_vec()))
            // TLS_PSK_WITH_AES_128_GCM_SHA256 and TLS_PSK_WITH_AES_128_CCM_8.
            .with_cipher_suites([0x00a8, 0xc0a8].map(CipherSuiteId::from).to_vec()),
    };
    builder.build(false, None).expect("the configuration is complete")
}

impl DtlsEcho {
    /// A server for one client.
    ///
    /// # Panics
    ///
    /// When the identity is not one of an [`Authority`].
    pub fn new(server: DtlsServer) -> Self {
        let local = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 1);
        let config = Some(Arc::new(dtls_config(server)));
        let endpoint = Endpoint::new(local, TransportProtocol::UDP, config);
        DtlsEcho { endpoint, zero: Instant::now(), answer: Box::new(|bytes| Some(bytes.to_vec())) }
    }

    /// Answers each datagram so, if at all, instead of sending it back.
    #[must_use]
    pub fn answering(self, answer: Answer) -> Self {
        DtlsEcho { answer, ..self }
    }
}

impl Service for DtlsEcho {
    fn received(&mut self, now: Duration, bytes: &[u8]) -> Vec<Vec<u8>> {
        let peer = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 2);
        let at = self.zero + now;
        for event in self.endpoint.read(at, peer, None, BytesMut::from(bytes)).unwrap_or_default() {
            if let EndpointEvent::ApplicationData(data) = event
                && let Some(answer) = (self.answer)(&data)
            {
                // A datagram may be lost anywhere.
                let _ = self.endpoint.write(at, peer, &answer);
            }
        }
        std::iter::from_fn(|| self.endpoint.poll_transmit().map(|datagram| datagram.message.to_vec()))
            .collect()
    }
}
