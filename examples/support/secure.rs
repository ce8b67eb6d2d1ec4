//! The options of a secure connection, and what they make of modem and server.

use std::fs;

use cellular_nal::asynch::Control;
use cellular_nal::dialect::{Credential, CredentialKind};
use cellular_nal::{SecurityProfile, Validation};

use crate::support::Failure;
use crate::support::options::{Mode, Options, Own};

pub(crate) const CA: Own = Own {
    name: "ca",
    value: "FILE",
    check: is_file,
    purpose: "certificate of the authority, PEM or DER (default: that of the own server)",
};
pub(crate) const CERT: Own =
    Own { name: "cert", value: "FILE", check: is_file, purpose: "certificate of this client, with --key" };
pub(crate) const KEY: Own =
    Own { name: "key", value: "FILE", check: is_file, purpose: "private key of this client, with --cert" };
pub(crate) const PSK: Own =
    Own { name: "psk", value: "HEX", check: is_hex, purpose: "pre-shared key, with --psk-id" };
pub(crate) const PSK_ID: Own =
    Own { name: "psk-id", value: "ID", check: anything, purpose: "identity of the pre-shared key" };
pub(crate) const SERVER_NAME: Own = Own {
    name: "server-name",
    value: "NAME",
    check: anything,
    purpose: "name that the server must have (default: the one that is connected to)",
};
pub(crate) const INSECURE: Own =
    Own { name: "insecure", value: "", check: anything, purpose: "the server is not validated at all" };

/// Where the files are kept in the modem.
const AUTHORITY: u8 = 8;
const CLIENT: u8 = 9;

fn anything(_: &str) -> Result<(), &'static str> {
    Ok(())
}

fn is_file(path: &str) -> Result<(), &'static str> {
    fs::metadata(path).is_ok_and(|file| file.is_file()).then_some(()).ok_or("is no file")
}

/// The key itself is a secret, so that no message repeats it.
fn is_hex(digits: &str) -> Result<(), &'static str> {
    unhex(digits).map(drop).ok_or("is not in hexadecimal digits")
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| Some((value(*pair.first()?)? << 4 | value(*pair.get(1)?)?) as u8)).collect()
}

/// Why there is no secure socket.
pub(crate) const OUT_OF_REACH: &str =
    "--mode ppp: no TLS by the modem while its line carries PPP; embedded_tls makes it here instead";

/// What is wrong with the options.
pub(crate) fn by_the_modem(options: &Options) -> Result<(), &'static str> {
    let both = |one, other| options.own(one).is_some() == options.own(other).is_some();
    match options.mode {
        Mode::Ppp => Err(OUT_OF_REACH),
        _ if !both("cert", "key") => Err("--cert and --key go together"),
        _ if !both("psk", "psk-id") => Err("--psk and --psk-id go together"),
        Mode::Sockets | Mode::Cmux => Ok(()),
    }
}

/// What the options ask for.
pub(crate) struct Secure {
    pub(crate) profile: &'static SecurityProfile,
    files: Vec<(Credential, Vec<u8>)>,
}

impl Secure {
    /// `own` is the authority of the server that the example has started, if it has.
    pub(crate) fn new(options: &Options, own: Option<&str>) -> Result<Self, Failure> {
        let mut profile = SecurityProfile::new();
        let mut files = Vec::new();
        let mut file = |kind, slot, path: &str| {
            let bytes = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
            files.push((Credential { kind, slot }, bytes));
            Ok::<_, Failure>(())
        };
        if let Some(path) = options.own("ca") {
            file(CredentialKind::Authority, AUTHORITY, path)?;
            profile = profile.authority(AUTHORITY);
        }
        if let (Some(certificate), Some(key)) = (options.own("cert"), options.own("key")) {
            file(CredentialKind::Certificate, CLIENT, certificate)?;
            file(CredentialKind::PrivateKey, CLIENT, key)?;
            profile = profile.client(CLIENT, CLIENT);
        }
        if let (None, Some(own)) = (options.own("ca"), own) {
            files.push((
                Credential { kind: CredentialKind::Authority, slot: AUTHORITY },
                own.as_bytes().to_vec(),
            ));
            profile = profile.authority(AUTHORITY);
        }
        if let (Some(key), Some(identity)) = (options.own("psk"), options.own("psk-id")) {
            let key = unhex(key).unwrap_or_default();
            // A profile lives as long as the program.
            profile = profile.psk(key.leak(), identity.to_owned().leak());
        }
        if let Some(name) = options.own("server-name") {
            profile = profile.server_name(name.to_owned().leak());
        }
        if options.own("insecure").is_some() {
            eprintln!("security: whoever is on the way can read and change everything");
            profile = profile.validation(Validation::None);
        }
        Ok(Self { profile: Box::leak(Box::new(profile)), files })
    }

    /// Puts the certificates and keys into the modem, where they are not there already.
    pub(crate) async fn provision(&self, control: Control<'_>) -> Result<(), Failure> {
        for (credential, file) in &self.files {
            let Credential { kind, slot } = *credential;
            let written = control.provision(*credential, file).await;
            match written.map_err(|error| format!("{kind:?}: {error}"))? {
                true => eprintln!("modem: {kind:?} is stored in slot {slot}"),
                false => eprintln!("modem: {kind:?} was in slot {slot} already"),
            }
        }
        Ok(())
    }
}
