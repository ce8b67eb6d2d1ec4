//! Certificates and keys as the modem's memory holds them: PEM or DER.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

/// Smallest RSA key (SARA/LEXI internet applications §3.1, LENA-R8 application development §9.1.1).
const RSA_BITS: usize = 2048;
/// Smallest ECDSA key.
const EC_BITS: usize = 192;

/// Why something is no certificate or no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Neither PEM nor DER, cut, or with bytes too many.
    Format,
    /// The key is smaller than the documents allow.
    TooSmall,
    /// A key behind a password.
    Encrypted,
}

/// What the list shows of a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) common_name: String,
    /// `/C=GB/O=Mosquitto/CN=mosquitto.org`.
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) serial: Vec<u8>,
    /// Seconds since 1970.
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
    /// `sha256RSA`.
    pub(crate) signature: &'static str,
    pub(crate) public_key: Vec<u8>,
    /// Of the file.
    pub(crate) sha1: Vec<u8>,
}

/// Begins with a BEGIN line and ends with an END line, nothing before and at most one line end after.
pub(crate) fn is_pem(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    let last = text.rsplit('\n').next().unwrap_or_default();
    text.starts_with("-----BEGIN ") && last.starts_with("-----END ") && last.ends_with("-----")
}

/// The certificates in DER.
pub(crate) fn chain(data: &[u8]) -> Result<Vec<CertificateDer<'static>>, Flaw> {
    let all = if is_pem(data) {
        CertificateDer::pem_slice_iter(data).collect::<Result<Vec<_>, _>>().map_err(|_| Flaw::Format)?
    } else {
        vec![CertificateDer::from(data.to_vec())]
    };
    if all.is_empty() {
        return Err(Flaw::Format);
    }
    for one in &all {
        let (rest, parsed) = X509Certificate::from_der(one).map_err(|_| Flaw::Format)?;
        if !rest.is_empty() {
            return Err(Flaw::Format);
        }
        match parsed.public_key().parsed() {
            Ok(PublicKey::RSA(key)) if key.key_size() < RSA_BITS => return Err(Flaw::TooSmall),
            Ok(PublicKey::EC(point)) if point.key_size() < EC_BITS => return Err(Flaw::TooSmall),
            _ => {}
        }
    }
    Ok(all)
}

/// The key in DER.
pub(crate) fn key(data: &[u8]) -> Result<PrivateKeyDer<'static>, Flaw> {
    let encrypted = |word: &str| data.windows(word.len()).any(|w| w == word.as_bytes());
    if encrypted("BEGIN ENCRYPTED PRIVATE KEY") || encrypted("Proc-Type: 4,ENCRYPTED") {
        return Err(Flaw::Encrypted);
    }
    let key = if is_pem(data) {
        PrivateKeyDer::from_pem_slice(data).map_err(|_| Flaw::Format)?
    } else {
        PrivateKeyDer::try_from(data.to_vec()).map_err(|_| Flaw::Format)?
    };
    // RSA keys are read from 2048 bits on; smaller curves than P-256 are not read at all.
    match rustls::crypto::ring::sign::any_supported_type(&key) {
        Ok(_) => Ok(key),
        Err(error) if format!("{error:?}").contains("TooSmall") => Err(Flaw::TooSmall),
        Err(_) => Err(Flaw::Format),
    }
}

/// What is to be known about the first certificate.
pub(crate) fn facts(data: &[u8]) -> Option<Facts> {
    let first = chain(data).ok()?.into_iter().next()?;
    let (_, parsed) = X509Certificate::from_der(&first).ok()?;
    let name = |name: &x509_parser::x509::X509Name<'_>| {
        let mut text = String::new();
        for attribute in name.iter_attributes() {
            let registry = x509_parser::objects::oid_registry();
            let word = x509_parser::objects::oid2abbrev(attribute.attr_type(), registry)
                .map_or_else(|_| attribute.attr_type().to_id_string(), str::to_owned);
            text.push_str(&format!("/{word}={}", attribute.as_str().unwrap_or_default()));
        }
        text
    };
    let common_name = parsed.subject().iter_common_name().next().and_then(|n| n.as_str().ok());
    // The one in RYZ014 use cases §3.2.3 is that of the 1078 bytes of the certificate in §3.2.2, PEM with a line
    // end behind it; that of its DER is another one.
    let sha1 = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, data);
    Some(Facts {
        common_name: common_name.unwrap_or_default().to_owned(),
        subject: name(parsed.subject()),
        issuer: name(parsed.issuer()),
        serial: parsed.raw_serial().to_vec(),
        not_before: parsed.validity().not_before.timestamp(),
        not_after: parsed.validity().not_after.timestamp(),
        signature: signature_name(&parsed.signature_algorithm.algorithm.to_id_string()),
        public_key: parsed.public_key().subject_public_key.data.to_vec(),
        sha1: sha1.as_ref().to_vec(),
    })
}

/// In the words of RYZ014 use cases §3.2.1.
fn signature_name(oid: &str) -> &'static str {
    match oid {
        "1.2.840.113549.1.1.5" => "sha1RSA",
        "1.2.840.113549.1.1.11" => "sha256RSA",
        "1.2.840.113549.1.1.12" => "sha384RSA",
        "1.2.840.113549.1.1.13" => "sha512RSA",
        "1.2.840.10045.4.3.2" => "sha256ECDSA",
        "1.2.840.10045.4.3.3" => "sha384ECDSA",
        "1.2.840.10045.4.3.4" => "sha512ECDSA",
        _ => "unknown",
    }
}

/// Year, month, day, hour, minute and second of a moment, in UTC.
pub(crate) fn calendar(seconds: i64) -> (i64, u32, u32, u32, u32, u32) {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400) as u32);
    // Days since 1 March 0000; the year begins with March, so that February ends it.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day, rest / 3600, rest / 60 % 60, rest % 60)
}

/// Seconds since 1970 of `yy/MM/dd,hh:mm:ss±zz`, with the zone in quarters of an hour (3GPP TS 27.007 §8.15).
pub(crate) fn moment(text: &str) -> Option<u64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..2)?, number(3..5)?, number(6..8)?);
    let year = if year < 70 { 2000 + year } else { 1900 + year };
    let (hour, minute, second) = (number(9..11)?, number(12..14)?, number(15..17)?);
    let zone = if text.len() > 17 { number(17..text.len())? } else { 0 };
    let in_range = (1..=12).contains(&month) && (1..=31).contains(&day);
    if !in_range || hour > 23 || minute > 59 || second > 59 || zone.abs() > 96 {
        return None;
    }
    // Days since 1 March 0000, see `calendar`.
    let (shifted, of) = if month > 2 { (month - 3, year) } else { (month + 9, year - 1) };
    let days = of * 365 + of / 4 - of / 100 + of / 400 + (153 * shifted + 2) / 5 + day - 1 - 719_468;
    u64::try_from(days * 86_400 + hour * 3600 + minute * 60 + second - zone * 900).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_dates() {
        assert_eq!(calendar(0), (1970, 1, 1, 0, 0, 0));
        assert_eq!(calendar(951_827_696), (2000, 2, 29, 12, 34, 56));
        assert_eq!(calendar(1_767_268_800), (2026, 1, 1, 12, 0, 0));
        assert_eq!(calendar(-1), (1969, 12, 31, 23, 59, 59));
        assert_eq!(moment("26/01/01,12:00:00+00"), Some(1_767_268_800));
        assert_eq!(moment("26/01/01,14:00:00+08"), Some(1_767_268_800));
        assert_eq!(moment("00/02/29,12:34:56"), Some(951_827_696));
        assert_eq!(moment("70/01/01,00:00:10+00"), Some(10));
        assert_eq!(moment("26/13/01,12:00:00"), None);
        assert_eq!(calendar(4_107_542_399), (2100, 2, 28, 23, 59, 59));
    }

    #[test]
    fn what_is_neither_pem_nor_der_is_refused() {
        assert_eq!(chain(b"hello"), Err(Flaw::Format));
        assert_eq!(key(b"hello").err(), Some(Flaw::Format));
        assert!(!is_pem(b"-----BEGIN CERTIFICATE-----\nMIID"));
    }
}
