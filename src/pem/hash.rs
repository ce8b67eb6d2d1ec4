//! MD5 (RFC 1321) and SHA-1 (RFC 3174): modems tell by them what they have stored.
//!
//! Nothing is secured by them here.

/// The first 64 bits of the MD5 of some bytes.
pub(super) fn md5(bytes: impl Iterator<Item = u8>) -> u64 {
    let [a, b, ..] = run(bytes, [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476], false, md5_block);
    u64::from(a.swap_bytes()) << 32 | u64::from(b.swap_bytes())
}

/// The first 64 bits of the SHA-1 of some bytes.
pub(super) fn sha1(bytes: impl Iterator<Item = u8>) -> u64 {
    let start = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    let [a, b, ..] = run(bytes, start, true, sha1_block);
    u64::from(a) << 32 | u64::from(b)
}

/// Cuts the bytes into blocks of sixteen words, the last ones padded and with the length.
fn run<const N: usize>(
    mut bytes: impl Iterator<Item = u8>,
    mut state: [u32; N],
    big_endian: bool,
    compress: fn(&mut [u32; N], &[u32; 16]),
) -> [u32; N] {
    let mut count: u64 = 0;
    let mut ended = false;
    loop {
        let mut block = [0u8; 64];
        let mut room = false;
        for (index, place) in block.iter_mut().enumerate() {
            match bytes.next() {
                Some(byte) if !ended => {
                    *place = byte;
                    count += 1;
                }
                _ if !ended => {
                    *place = 0x80;
                    ended = true;
                    room = index < 56;
                }
                _ => {
                    // The end was in the block before, or it is in this one.
                    room |= index == 0;
                    break;
                }
            }
        }
        let (head, tail) = block.split_at_mut(56);
        if ended && room {
            let bits = count.wrapping_mul(8);
            tail.copy_from_slice(&if big_endian { bits.to_be_bytes() } else { bits.to_le_bytes() });
        }
        let mut words = [0; 16];
        for (word, bytes) in words.iter_mut().zip(head.chunks(4).chain(tail.chunks(4))) {
            let bytes = bytes.try_into().unwrap_or_default();
            *word = if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
        }
        compress(&mut state, &words);
        if ended && room {
            return state;
        }
    }
}

const SINES: [u32; 64] = [
    0xd76a_a478,
    0xe8c7_b756,
    0x2420_70db,
    0xc1bd_ceee,
    0xf57c_0faf,
    0x4787_c62a,
    0xa830_4613,
    0xfd46_9501,
    0x6980_98d8,
    0x8b44_f7af,
    0xffff_5bb1,
    0x895c_d7be,
    0x6b90_1122,
    0xfd98_7193,
    0xa679_438e,
    0x49b4_0821,
    0xf61e_2562,
    0xc040_b340,
    0x265e_5a51,
    0xe9b6_c7aa,
    0xd62f_105d,
    0x0244_1453,
    0xd8a1_e681,
    0xe7d3_fbc8,
    0x21e1_cde6,
    0xc337_07d6,
    0xf4d5_0d87,
    0x455a_14ed,
    0xa9e3_e905,
    0xfcef_a3f8,
    0x676f_02d9,
    0x8d2a_4c8a,
    0xfffa_3942,
    0x8771_f681,
    0x6d9d_6122,
    0xfde5_380c,
    0xa4be_ea44,
    0x4bde_cfa9,
    0xf6bb_4b60,
    0xbebf_bc70,
    0x289b_7ec6,
    0xeaa1_27fa,
    0xd4ef_3085,
    0x0488_1d05,
    0xd9d4_d039,
    0xe6db_99e5,
    0x1fa2_7cf8,
    0xc4ac_5665,
    0xf429_2244,
    0x432a_ff97,
    0xab94_23a7,
    0xfc93_a039,
    0x655b_59c3,
    0x8f0c_cc92,
    0xffef_f47d,
    0x8584_5dd1,
    0x6fa8_7e4f,
    0xfe2c_e6e0,
    0xa301_4314,
    0x4e08_11a1,
    0xf753_7e82,
    0xbd3a_f235,
    0x2ad7_d2bb,
    0xeb86_d391,
];

const SHIFTS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

fn md5_block(state: &mut [u32; 4], words: &[u32; 16]) {
    let [mut a, mut b, mut c, mut d] = *state;
    for (step, sine) in SINES.iter().enumerate() {
        let (mix, word) = match step / 16 {
            0 => (b & c | !b & d, step),
            1 => (d & b | !d & c, 5 * step + 1),
            2 => (b ^ c ^ d, 3 * step + 5),
            _ => (c ^ (b | !d), 7 * step),
        };
        let word = words.get(word % 16).copied().unwrap_or_default();
        let shift = SHIFTS.get(step / 16).and_then(|row| row.get(step % 4)).copied().unwrap_or_default();
        let sum = a.wrapping_add(mix).wrapping_add(*sine).wrapping_add(word);
        (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(shift)));
    }
    add(state, [a, b, c, d]);
}

fn sha1_block(state: &mut [u32; 5], words: &[u32; 16]) {
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    let mut words = *words;
    for step in 0..80 {
        let (mix, constant) = match step / 20 {
            0 => (b & c | !b & d, 0x5a82_7999),
            1 => (b ^ c ^ d, 0x6ed9_eba1),
            2 => (b & c | b & d | c & d, 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6u32),
        };
        let at = |back: usize| words.get((step + back) % 16).copied().unwrap_or_default();
        let word = at(0);
        let next = (at(13) ^ at(8) ^ at(2) ^ word).rotate_left(1);
        if let Some(place) = words.get_mut(step % 16) {
            *place = next;
        }
        let sum =
            a.rotate_left(5).wrapping_add(mix).wrapping_add(e).wrapping_add(constant).wrapping_add(word);
        (e, d, c, b, a) = (d, c, b.rotate_left(30), a, sum);
    }
    add(state, [a, b, c, d, e]);
}

fn add<const N: usize>(state: &mut [u32; N], by: [u32; N]) {
    state.iter_mut().zip(by).for_each(|(state, by)| *state = state.wrapping_add(by));
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

    #[test]
    fn padding_is_right_at_every_length() {
        // Of lengths around the end of a block, found with another implementation.
        let of = |len: usize| (md5(core::iter::repeat_n(b'a', len)), sha1(core::iter::repeat_n(b'a', len)));
        assert_eq!(of(55), (0xef17_72b6_dff9_a122, 0xc1c8_bbdc_2279_6e28));
        assert_eq!(of(56), (0x3b0c_8ac7_03f8_28b0, 0xc2db_330f_6083_854c));
        assert_eq!(of(57), (0x652b_906d_60af_9684, 0xf08f_2490_8d68_2555));
        assert_eq!(of(63), (0xb065_21f3_9153_d618, 0x03f0_9f5b_158a_7a8c));
        assert_eq!(of(64), (0x0148_42d4_80b5_7149, 0x0098_ba82_4b5c_1642));
        assert_eq!(of(65), (0xc743_a45e_0d2e_6a95, 0x1165_5326_c708_d703));
        assert_eq!(of(119), (0x8a7b_d073_2ed6_a28c, 0xee97_1065_aaa0_17e0));
        assert_eq!(of(120), (0x5f61_c0cc_ad4c_ac44, 0xf34c_1488_3853_46a5));
        assert_eq!(of(128), (0xe510_683b_3f5f_fe40, 0xad5b_3fdb_cb52_6778));
    }
}
