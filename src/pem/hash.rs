//! MD5 and SHA-1: modems tell by them what they have stored. Nothing is secured by them here.

use md5::Md5;
use sha1::Sha1;
use sha1::digest::Digest;

/// The first 64 bits of the MD5 of some bytes.
pub(super) fn md5(bytes: impl Iterator<Item = u8>) -> u64 {
    head::<Md5>(bytes)
}

/// The first 64 bits of the SHA-1 of some bytes.
pub(super) fn sha1(bytes: impl Iterator<Item = u8>) -> u64 {
    head::<Sha1>(bytes)
}

fn head<D: Digest>(bytes: impl Iterator<Item = u8>) -> u64 {
    let mut digest = D::new();
    bytes.for_each(|byte| digest.update([byte]));
    digest.finalize().iter().take(8).fold(0, |head, &byte| head << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standards() {
        let digests = |text: &[u8]| (md5(text.iter().copied()), sha1(text.iter().copied()));
        assert_eq!(digests(b""), (0xd41d_8cd9_8f00_b204, 0xda39_a3ee_5e6b_4b0d));
        assert_eq!(digests(b"abc"), (0x9001_5098_3cd2_4fb0, 0xa999_3e36_4706_816a));
        let digits = b"1234567890".repeat(8);
        assert_eq!(digests(&digits), (0x57ed_f4a2_2be3_c955, 0x50ab_f570_6a15_0990));
    }
}
