//! By what a stored credential is told apart.
//!
//! 64 bits of its digest. They stand where other procedures have counts of bytes, so that nothing
//! grows for those who store no credentials.

use super::Found;
use crate::at::hexadecimal;

/// FNV-1a. What it tells apart are two keys of the same owner, not a key and a forgery.
pub(crate) const KEY_SEED: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

/// Adds a line of a PEM file to the digest of what it holds; lines around it and white space do not
/// count.
pub(crate) fn add_pem(digest: u64, line: &[u8]) -> u64 {
    if line.starts_with(b"-----") || line.starts_with(b"\"-----") {
        return digest;
    }
    let counts = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    line.iter().filter(counts).fold(digest, |digest, &byte| (digest ^ u64::from(byte)).wrapping_mul(PRIME))
}

/// The first 64 bits of a digest in hexadecimal digits.
fn parse(digits: &[u8]) -> Option<u64> {
    let head = digits.get(..16)?;
    head.iter().try_fold(0, |value, &b| Some(value << 4 | u64::from(hexadecimal(b)?)))
}

impl Found {
    pub(crate) fn set_digest(&mut self, digits: &[u8]) {
        if let Some(digest) = parse(digits) {
            self.put(digest);
        }
    }

    /// A key follows in lines.
    pub(crate) fn begin_key(&mut self) {
        self.put(KEY_SEED);
        self.open = Some(true);
    }

    pub(crate) fn is_key(&self) -> bool {
        self.open == Some(true)
    }

    pub(crate) fn add_key(&mut self, line: &[u8]) {
        if let Some(digest) = self.digest() {
            self.put(add_pem(digest, line));
        }
    }

    /// The digest, where one was read.
    pub(crate) fn digest(&self) -> Option<u64> {
        Some(u64::from(self.total?) << 32 | u64::from(self.received?))
    }

    fn put(&mut self, digest: u64) {
        (self.total, self.received) = (Some((digest >> 32) as u32), Some(digest as u32));
    }
}
