//! The alphabets of short messages (3GPP TS 23.038 §6.2.1) and character sets of the line (3GPP TS 27.007 §5.5).

use crate::command::{hex, unhex};

/// The default alphabet by its codes; 0x1B leads to [`EXTENSION`].
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                     ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const ESCAPE: u8 = 0x1b;
const EXTENSION: &[(u8, char)] = &[
    (0x0a, '\u{c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2f, '\\'),
    (0x3c, '['),
    (0x3d, '~'),
    (0x3e, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// The codes of a text; `None` when a character has none.
pub(super) fn septets(text: &str) -> Option<Vec<u8>> {
    let mut codes = Vec::new();
    for c in text.chars() {
        if let Some(code) = BASIC.chars().position(|known| known == c && c != '\u{1b}') {
            codes.push(code as u8);
        } else {
            let (code, _) = EXTENSION.iter().find(|(_, known)| *known == c)?;
            codes.extend([ESCAPE, *code]);
        }
    }
    Some(codes)
}

/// The text of codes.
pub(super) fn text(codes: &[u8]) -> String {
    let mut text = String::new();
    let mut escaped = false;
    for &code in codes {
        if code == ESCAPE && !escaped {
            escaped = true;
            continue;
        }
        let extended = EXTENSION.iter().find(|(known, _)| escaped && *known == code).map(|(_, c)| *c);
        let basic = BASIC.chars().nth(usize::from(code & 0x7f));
        text.extend(extended.or(basic));
        escaped = false;
    }
    text
}

/// Packs codes into octets, after so many bits that are left free (3GPP TS 23.040 §9.2.3.16, §9.2.3.24).
pub(super) fn pack(codes: &[u8], skip: usize) -> Vec<u8> {
    let mut octets = vec![0; (skip + 7 * codes.len()).div_ceil(8)];
    for (i, code) in codes.iter().enumerate() {
        for bit in 0..7 {
            let at = skip + 7 * i + bit;
            octets[at / 8] |= (code >> bit & 1) << (at % 8);
        }
    }
    octets
}

/// The other way round.
pub(super) fn unpack(octets: &[u8], skip: usize, count: usize) -> Vec<u8> {
    let bit = |at: usize| octets.get(at / 8).map_or(0, |octet| octet >> (at % 8) & 1);
    (0..count).map(|i| (0..7).fold(0, |code, b| code | bit(skip + 7 * i + b) << b)).collect()
}

/// A character set of the line (`+CSCS`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    Ira,
    Gsm,
    Ucs2,
    Utf8,
    Hex,
}

impl Charset {
    pub(super) const ALL: [(&str, Charset); 5] = [
        ("IRA", Charset::Ira),
        ("GSM", Charset::Gsm),
        ("UCS2", Charset::Ucs2),
        ("UTF-8", Charset::Utf8),
        ("HEX", Charset::Hex),
    ];

    pub(super) fn name(self) -> &'static str {
        Charset::ALL.iter().find(|(_, set)| *set == self).map_or("IRA", |(name, _)| name)
    }

    /// What was typed.
    pub(super) fn read(self, bytes: &[u8]) -> Option<String> {
        match self {
            Charset::Ira | Charset::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Charset::Gsm => Some(text(bytes)),
            Charset::Hex => Some(text(&unhex(bytes)?)),
            Charset::Ucs2 => from_ucs2(&unhex(bytes)?),
        }
    }

    /// What is printed.
    pub(super) fn write(self, text: &str) -> Vec<u8> {
        match self {
            Charset::Utf8 => text.as_bytes().to_vec(),
            Charset::Ira => text.chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' }).collect(),
            Charset::Gsm => {
                text.chars().flat_map(|c| septets(&c.to_string()).unwrap_or_else(|| vec![b'?'])).collect()
            }
            Charset::Hex => hex(&septets(text).unwrap_or_default()).into_bytes(),
            Charset::Ucs2 => hex(&ucs2(text)).into_bytes(),
        }
    }
}

pub(super) fn ucs2(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

pub(super) fn from_ucs2(octets: &[u8]) -> Option<String> {
    let units: Vec<u16> =
        octets.chunks(2).map(|two| two.iter().fold(0, |n, o| n << 8 | u16::from(*o))).collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_has_128_codes_and_text_survives_it() {
        assert_eq!(BASIC.chars().count(), 128);
        // 3GPP TS 23.038 §6.1.2.1.1: this is how "hellohello" is packed everywhere.
        let codes = septets("hellohello").unwrap_or_default();
        assert_eq!(hex(&pack(&codes, 0)), "E8329BFD4697D9EC37");
        for sample in ["@ Straße {1} €", "", "ÄÖ~^"] {
            let codes = septets(sample).unwrap_or_default();
            for skip in 0..7 {
                assert_eq!(text(&unpack(&pack(&codes, skip), skip, codes.len())), sample);
            }
        }
        assert_eq!(septets("서울"), None);
        assert_eq!(from_ucs2(&ucs2("서울")).as_deref(), Some("서울"));
    }
}
