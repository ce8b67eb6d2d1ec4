//! Bytes that tell their place.

/// The byte at a place of the pattern; the same everywhere, for ever.
pub const fn byte(at: u32) -> u8 {
    let mixed = (at ^ (at >> 15)).wrapping_mul(0x2c1b_3c6d);
    let mixed = (mixed ^ (mixed >> 12)).wrapping_mul(0x297a_2d39);
    (mixed ^ (mixed >> 15)) as u8
}

/// Fills a buffer with the pattern from a place on.
pub fn fill(buffer: &mut [u8], from: u32) {
    for (place, at) in buffer.iter_mut().zip(from..) {
        *place = byte(at);
    }
}

/// Whether these bytes are the pattern from a place on.
pub fn matches(bytes: &[u8], from: u32) -> bool {
    bytes.iter().zip(from..).all(|(&found, at)| found == byte(at))
}

/// A digest of a stream, by which two streams of the same length are compared (FNV-1a, 32 bit).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u32);

impl Default for Digest {
    fn default() -> Self {
        Digest::new()
    }
}

impl Digest {
    /// That of nothing.
    pub const fn new() -> Self {
        Digest(0x811c_9dc5)
    }

    /// Goes on with these bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }

    /// The number.
    pub const fn value(self) -> u32 {
        self.0
    }

    /// That of some bytes.
    pub fn of(bytes: &[u8]) -> u32 {
        let mut digest = Digest::new();
        digest.update(bytes);
        digest.0
    }

    /// That of so many bytes of the pattern from its beginning.
    pub fn of_pattern(len: u32) -> u32 {
        let mut digest = Digest::new();
        for at in 0..len {
            digest.update(&[byte(at)]);
        }
        digest.0
    }
}

/// What is no name of a host: some are too long (63 octets are the longest label, 255 with all lengths
/// the longest name, RFC 1035 §2.3.4), in some is what would end or change a command of a modem.
#[cfg(any(feature = "nb", feature = "async", feature = "edge-nal"))]
pub(crate) const ODD: [&str; 12] = [
    "",
    ".",
    "..",
    concat!(
        "an.example.whose.name.is.longer.than.any.name.may.be.and.which.therefore.does.not.exist.at.all.",
        "an.example.whose.name.is.longer.than.any.name.may.be.and.which.therefore.does.not.exist.at.all.",
        "an.example.whose.name.is.longer.than.any.name.may.be.and.which.therefore.does.not.exist.at.all"
    ),
    "a-label-that-has-more-letters-than-the-sixty-three-that-a-label-may-have.example",
    "a\"b.example",
    "a\",\"b.example",
    "a.example\r",
    "a.example\r\nAT\r\n",
    "a.example\0",
    "a b.example",
    "\u{fc}.example",
];
