//! The frame check sequence of 16 bits (RFC 1662 Appendix C.2).
//!
//! Without a table: the polynomial x^16 + x^12 + x^5 + 1 has so few terms that four bytes are divided by it in a dozen
//! instructions on a Cortex-M4. With a table of 512 bytes that many are enough for three.

/// Before the first byte.
pub(super) const INITIAL: u16 = 0xFFFF;
/// After a frame and its check sequence, when all is well.
pub(super) const GOOD: u16 = 0xF0B8;

/// Goes on with these bytes.
pub(super) fn update(fcs: u16, bytes: &[u8]) -> u16 {
    let (words, rest) = bytes.as_chunks();
    let fcs = words.iter().fold(fcs, |fcs, word| divide(u32::from(fcs) ^ u32::from_le_bytes(*word)));
    rest.iter().fold(fcs, |fcs, &byte| (fcs >> 8) ^ divide((u32::from(byte) ^ u32::from(fcs) & 0xFF) << 24))
}

/// The remainder of 32 bits, of which the lowest is the first on the line.
///
/// In that order the polynomial is P = 1 + z^4 + z^11 + z^16. Modulo z^32 its inverse is P (1 + z^8 + z^22) (1 + z^16),
/// because P^2 = 1 + z^8 + z^22 + z^32: the quotient needs no loop.
#[inline(always)]
const fn divide(bits: u32) -> u16 {
    let part = bits ^ (bits << 16);
    let part = part ^ (part << 8) ^ (part << 22);
    let quotient = part ^ (part << 4) ^ (part << 11) ^ (part << 16);
    ((quotient >> 28) ^ (quotient >> 21) ^ (quotient >> 16)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As RFC 1662 Appendix C.1 defines it, bit by bit.
    fn by_bits(fcs: u16, bytes: &[u8]) -> u16 {
        bytes.iter().fold(fcs, |mut fcs, &byte| {
            fcs ^= u16::from(byte);
            for _ in 0..8 {
                fcs = if fcs & 1 == 1 { (fcs >> 1) ^ 0x8408 } else { fcs >> 1 };
            }
            fcs
        })
    }

    #[test]
    fn bytes_at_once_are_their_bits() {
        let mut state = 1_u32;
        let bytes = [(); 9].map(|()| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        for fcs in 0..=0xFFFF {
            for len in 0..=bytes.len() {
                assert_eq!(update(fcs, &bytes[..len]), by_bits(fcs, &bytes[..len]), "{fcs:x} {len}");
            }
        }
        for bit in 0..32 {
            let word = (1_u32 << bit).to_le_bytes();
            assert_eq!(update(0, &word), by_bits(0, &word), "{bit}");
        }
        for byte in 0..=255 {
            assert_eq!(update(INITIAL, &[byte]), by_bits(INITIAL, &[byte]));
        }
    }

    #[test]
    fn the_usual_check_value_comes_out() {
        assert_eq!(update(INITIAL, b"123456789") ^ 0xFFFF, 0x906E);
    }
}
