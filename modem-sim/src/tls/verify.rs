//! Looking at the server's certificate, as far as the profile wants it.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{Pin, Profile};

/// The rules of one profile.
#[derive(Clone, Debug)]
struct Rules {
    chain: bool,
    dates: bool,
    name: Option<String>,
    roots: Vec<CertificateDer<'static>>,
    pin: Option<Pin>,
}

/// Follows the rules of a profile.
///
/// The library resumes a session only with the verifier that the session began with, so that the rules
/// can change.
#[derive(Debug)]
pub(super) struct Verifier {
    rules: Mutex<Rules>,
    provider: Arc<CryptoProvider>,
}

impl Rules {
    fn of(profile: &Profile) -> Self {
        Rules {
            chain: profile.chain,
            dates: profile.dates,
            name: profile.name.clone(),
            roots: profile.roots.clone(),
            pin: profile.pin.clone(),
        }
    }
}

impl Verifier {
    pub(super) fn new(profile: &Profile, provider: Arc<CryptoProvider>) -> Self {
        Verifier { rules: Mutex::new(Rules::of(profile)), provider }
    }

    /// From now on these rules.
    pub(super) fn follow(&self, profile: &Profile) {
        *self.rules.lock().unwrap_or_else(PoisonError::into_inner) = Rules::of(profile);
    }

    /// All certificates are those of the server, its own first.
    pub(super) fn check(&self, chain: &[CertificateDer<'_>], now: UnixTime) -> Result<(), Error> {
        let (own, others) = chain.split_first().ok_or(Error::NoCertificatesPresented)?;
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(pin) = &rules.pin
            && !matches(pin, own)
        {
            return Err(Error::General("the server's certificate is not the pinned one".to_owned()));
        }
        if rules.chain {
            // Without dates: a moment at which all of them were new enough.
            let now = if rules.dates { now } else { youngest(chain).unwrap_or(now) };
            self.check_chain(&rules.roots, own, others, now)?;
        }
        match &rules.name {
            None => Ok(()),
            Some(name) => {
                let name = ServerName::try_from(name.as_str())
                    .map_err(|_| Error::General(format!("'{name}' is neither a name nor an address")))?;
                verify_server_name(&ParsedCertificate::try_from(own)?, &name)
            }
        }
    }

    fn check_chain(
        &self,
        trusted: &[CertificateDer<'static>],
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        if trusted.iter().any(|root| root.as_ref() == own.as_ref()) {
            // The very certificate was put into the modem; it need not be that of an authority.
            return if within(own, now) { Ok(()) } else { Err(CertificateError::Expired.into()) };
        }
        let mut roots = RootCertStore::empty();
        for root in trusted {
            roots.add(root.clone())?;
        }
        let algorithms = self.provider.signature_verification_algorithms.all;
        let own = ParsedCertificate::try_from(own)?;
        verify_server_cert_signed_by_trust_anchor(&own, &roots, others, now, algorithms)
    }
}

fn matches(pin: &Pin, own: &CertificateDer<'_>) -> bool {
    let key = |der: &CertificateDer<'_>| {
        let parsed = X509Certificate::from_der(der).ok()?.1;
        Some(parsed.public_key().raw.to_vec())
    };
    if pin.key_only {
        key(own).is_some() && key(own) == key(&pin.certificate)
    } else {
        own.as_ref() == pin.certificate.as_ref()
    }
}

fn validity(der: &CertificateDer<'_>) -> Option<(u64, u64)> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    let moment = |time: x509_parser::time::ASN1Time| u64::try_from(time.timestamp()).unwrap_or(0);
    Some((moment(parsed.validity().not_before), moment(parsed.validity().not_after)))
}

fn within(der: &CertificateDer<'_>, now: UnixTime) -> bool {
    validity(der).is_some_and(|(from, until)| (from..=until).contains(&now.as_secs()))
}

fn youngest(chain: &[CertificateDer<'_>]) -> Option<UnixTime> {
    let from = chain.iter().filter_map(validity).map(|(from, _)| from).max()?;
    Some(UnixTime::since_unix_epoch(Duration::from_secs(from)))
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain: Vec<_> = std::iter::once(end_entity).chain(intermediates).cloned().collect();
        self.check(&chain, now).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
