//! Session data that the host keeps and brings back (SARA/LEXI internet applications §3.4).
//!
//! The library does not give its secrets away, so that the two texts of a session are made up here and
//! stand for the session that they were printed with: whoever brings them back, unchanged, gets it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::client::{
    ClientSessionStore, ResolvesClientCert, Tls12ClientSessionValue, Tls13ClientSessionValue,
};
use rustls::pki_types::{CertificateDer, ServerName};

use super::verify::Verifier;

/// What a session began with; the library resumes it with the very same only.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) verifier: Arc<Verifier>,
    pub(super) resolver: Arc<dyn ResolvesClientCert>,
    /// The certificate behind the resolver.
    pub(super) client: Option<CertificateDer<'static>>,
}

/// A session.
#[derive(Clone, Debug)]
struct Saved {
    value: Value,
    parts: Parts,
}

/// What the library remembers of a session.
#[derive(Clone, Debug)]
enum Value {
    Tls12(Tls12ClientSessionValue),
    /// A ticket is good for one handshake.
    Tls13(Arc<Mutex<Option<Tls13ClientSessionValue>>>),
}

/// Session data as the host sees it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Data {
    /// Base64 of the session id.
    pub(crate) id: String,
    /// Base64 of the master secret.
    pub(crate) secret: String,
}

impl Data {
    /// Both in one, as the local encryption makes it; and its size in bytes.
    pub(crate) fn encrypted(&self) -> (String, usize) {
        let mut bytes = STANDARD.decode(&self.id).unwrap_or_default();
        bytes.extend(STANDARD.decode(&self.secret).unwrap_or_default());
        // What it is encrypted with does not matter: it only must not be the plain data.
        let hidden: Vec<u8> = bytes.iter().map(|byte| byte ^ 0x5a).collect();
        (STANDARD.encode(&hidden), hidden.len())
    }

    pub(crate) fn decrypted(text: &str) -> Option<Self> {
        let bytes: Vec<u8> = STANDARD.decode(text).ok()?.into_iter().map(|byte| byte ^ 0x5a).collect();
        if bytes.len() != ID + SECRET {
            return None;
        }
        let (id, secret) = bytes.split_at(ID);
        Some(Data { id: STANDARD.encode(id), secret: STANDARD.encode(secret) })
    }
}

/// Bytes of a session id and of a master secret (RFC 5246 §7.4.1.2, §8.1).
const ID: usize = 32;
const SECRET: usize = 48;

/// Every session whose data was ever printed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sessions(Arc<Mutex<HashMap<Data, Saved>>>);

impl Sessions {
    /// For a connection that may take up the session of `data`, if that is known.
    pub(crate) fn resume(&self, data: Option<Data>, tickets: bool) -> Resume {
        let known = lock(&self.0);
        let offered = data.and_then(|data| Some((known.get(&data)?.clone(), data)));
        drop(known);
        let (saved, offered) = offered.unzip();
        let parts = saved.as_ref().map(|saved| saved.parts.clone());
        let slot = Slot { offered: saved.map(|saved| saved.value), got: Mutex::default() };
        Resume { all: self.clone(), tickets, offered, parts, slot: Arc::new(slot) }
    }

    fn insert(&self, saved: Saved) -> Data {
        let mut all = lock(&self.0);
        let digest = |kind: &str| {
            let seed = format!("{kind} of session {}", all.len());
            ring::digest::digest(&ring::digest::SHA512, seed.as_bytes()).as_ref().to_vec()
        };
        let id = STANDARD.encode(&digest("id")[..ID]);
        let secret = STANDARD.encode(&digest("secret")[..SECRET]);
        let data = Data { id, secret };
        all.insert(data.clone(), saved);
        data
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Resumption for one connection.
#[derive(Debug)]
pub(crate) struct Resume {
    all: Sessions,
    /// Session tickets too, not only session ids (§3.4).
    pub(super) tickets: bool,
    offered: Option<Data>,
    pub(super) parts: Option<Parts>,
    slot: Arc<Slot>,
}

impl Resume {
    pub(super) fn store(&self) -> Arc<dyn ClientSessionStore> {
        Arc::clone(&self.slot) as Arc<dyn ClientSessionStore>
    }

    /// The data of the session that there is now, when there is something new about it.
    pub(super) fn news(&self, resumed: bool) -> Option<Data> {
        let value = lock(&self.slot.got).take()?;
        let got = Saved { value, parts: self.parts.clone()? };
        match &self.offered {
            // "Once the session data of the URC are not equal to the session data already set, it means
            // that the server does not accept the session resumption."
            Some(data) if resumed => {
                lock(&self.all.0).insert(data.clone(), got);
                Some(data.clone())
            }
            _ => Some(self.all.insert(got)),
        }
    }
}

/// What the library sees.
#[derive(Debug)]
struct Slot {
    offered: Option<Value>,
    got: Mutex<Option<Value>>,
}

impl ClientSessionStore for Slot {
    fn set_kx_hint(&self, _: ServerName<'static>, _: rustls::NamedGroup) {}

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<rustls::NamedGroup> {
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, value: Tls12ClientSessionValue) {
        *lock(&self.got) = Some(Value::Tls12(value));
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        match &self.offered {
            Some(Value::Tls12(value)) => Some(value.clone()),
            _ => None,
        }
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, value: Tls13ClientSessionValue) {
        *lock(&self.got) = Some(Value::Tls13(Arc::new(Mutex::new(Some(value)))));
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        match &self.offered {
            Some(Value::Tls13(value)) => lock(value).take(),
            _ => None,
        }
    }
}
