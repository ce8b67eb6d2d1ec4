//! The frame check sequence of 16 bits (RFC 1662 Appendix C.2).
//!
//! Without a table: the eight steps of a byte fall together into four shifts, because the
//! polynomial x^16 + x^12 + x^5 + 1 has so few terms. On a Cortex-M4 that is two instructions a
//! byte more than a table of 512 bytes costs, and one load from flash less.

/// Before the first byte.
pub(super) const INITIAL: u16 = 0xFFFF;
/// After a frame and its check sequence, when all is well.
pub(super) const GOOD: u16 = 0xF0B8;

/// Goes on with one byte.
#[inline(always)]
pub(super) const fn update(fcs: u16, byte: u8) -> u16 {
    let mut x = byte ^ fcs as u8;
    x ^= x << 4;
    let x = x as u16;
    (fcs >> 8) ^ (x << 8) ^ (x << 3) ^ (x >> 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As RFC 1662 Appendix C.1 defines it, bit by bit.
    fn by_bits(mut fcs: u16, byte: u8) -> u16 {
        fcs ^= u16::from(byte);
        for _ in 0..8 {
            fcs = if fcs & 1 == 1 { (fcs >> 1) ^ 0x8408 } else { fcs >> 1 };
        }
        fcs
    }

    #[test]
    fn a_byte_at_once_is_its_eight_bits() {
        for fcs in 0..=0xFFFF {
            let byte = (fcs as u8).wrapping_mul(167);
            assert_eq!(update(fcs, byte), by_bits(fcs, byte));
        }
        for byte in 0..=255 {
            assert_eq!(update(INITIAL, byte), by_bits(INITIAL, byte));
        }
    }

    #[test]
    fn the_usual_check_value_comes_out() {
        assert_eq!(b"123456789".iter().fold(INITIAL, |fcs, &byte| update(fcs, byte)) ^ 0xFFFF, 0x906E);
    }
}
