//! The GSM 7 bit default alphabet and its extension (3GPP TS 23.038 §6.2.1).

/// What follows is a character of the extension.
const ESCAPE: u8 = 0x1B;

/// The characters by their numbers. At the place of the escape stands what is shown for it alone.
const DEFAULT: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', ' ', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

const EXTENSION: [(u8, char); 10] = [
    (0x0A, '\x0C'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2F, '\\'),
    (0x3C, '['),
    (0x3D, '~'),
    (0x3E, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// The septets of a character: one, or the escape in front of another. `None` where the alphabet lacks it.
pub(super) fn septets(character: char) -> Option<(bool, u8)> {
    if let Some(&(code, _)) = EXTENSION.iter().find(|&&(_, known)| known == character) {
        return Some((true, code));
    }
    // The escape is no space.
    let is = |&(place, &known): &(usize, &char)| known == character && place != usize::from(ESCAPE);
    let place = DEFAULT.iter().enumerate().find(is)?.0;
    Some((false, place as u8))
}

/// How many septets a character takes; `None` where the alphabet lacks it.
pub(super) fn width(character: char) -> Option<usize> {
    septets(character).map(|(escaped, _)| 1 + usize::from(escaped))
}

/// Whether a character has the same number in this alphabet as in ASCII.
pub(super) fn is_common(character: char) -> bool {
    character.is_ascii() && septets(character) == Some((false, character as u8))
}

/// Packs septets into octets (§6.1.2.1.1), from the octet `from` of `to` on.
pub(super) struct Packer<'a> {
    to: &'a mut [u8],
    /// Bits that are written.
    bits: usize,
}

impl<'a> Packer<'a> {
    /// Begins at the first septet boundary behind so many octets.
    pub(super) const fn behind(octets: usize, to: &'a mut [u8]) -> Self {
        Self { to, bits: (octets * 8).div_ceil(7) * 7 }
    }

    /// False when there is no room or no such character.
    pub(super) fn put(&mut self, character: char) -> bool {
        match septets(character) {
            Some((true, code)) => self.septet(ESCAPE) && self.septet(code),
            Some((false, code)) => self.septet(code),
            None => false,
        }
    }

    /// Octets that are begun.
    pub(super) const fn octets(&self) -> usize {
        self.bits.div_ceil(8)
    }

    /// Septets in all, with those that the octets in front take.
    pub(super) const fn septets(&self) -> usize {
        self.bits / 7
    }

    fn septet(&mut self, value: u8) -> bool {
        let shifted = u16::from(value & 0x7F) << (self.bits % 8);
        let at = self.bits / 8;
        for (octet, part) in [(at, shifted as u8), (at + 1, (shifted >> 8) as u8)] {
            match self.to.get_mut(octet) {
                Some(place) => *place |= part,
                None if part == 0 && octet > at => {}
                None => return false,
            }
        }
        self.bits += 7;
        true
    }
}

/// The characters in septets `from..to` of these octets; less where those end before.
pub(super) fn unpack(octets: &[u8], from: usize, to: usize) -> impl Iterator<Item = char> {
    let mut septets = (from..to).map_while(move |place| {
        let bit = place * 7;
        let low = u16::from(*octets.get(bit / 8)?);
        let high = octets.get(bit / 8 + 1).map_or(0, |&octet| u16::from(octet));
        // The last septet may end with the last octet, but not behind it.
        (bit + 7 <= octets.len() * 8).then_some(((high << 8 | low) >> (bit % 8)) as u8 & 0x7F)
    });
    core::iter::from_fn(move || {
        let septet = septets.next()?;
        if septet != ESCAPE {
            return DEFAULT.get(usize::from(septet)).copied();
        }
        // An escape that leads nowhere is a space; one in front of what the extension lacks, that character.
        let Some(code) = septets.next() else { return Some(' ') };
        let extended = EXTENSION.iter().find(|&&(known, _)| known == code).map(|&(_, character)| character);
        extended.or_else(|| DEFAULT.get(usize::from(code)).copied())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut octets = [0; 140];
        let mut packer = Packer::behind(0, &mut octets);
        assert!(text.chars().all(|character| packer.put(character)));
        let len = packer.octets();
        octets[..len].to_vec()
    }

    #[test]
    fn the_usual_examples_are_packed() {
        assert_eq!(packed("hellohello"), [0xE8, 0x32, 0x9B, 0xFD, 0x46, 0x97, 0xD9, 0xEC, 0x37]);
        assert_eq!(packed("Hello"), [0xC8, 0x32, 0x9B, 0xFD, 0x06]);
        assert_eq!(packed("€"), [0x9B, 0x32]);
    }

    #[test]
    fn every_character_comes_back_at_every_place() {
        for &character in DEFAULT.iter().chain(EXTENSION.iter().map(|(_, character)| character)) {
            for before in 0..9 {
                let text = format!("{}{character}z", "a".repeat(before));
                let octets = packed(&text);
                let count = before + 1 + width(character).unwrap();
                assert_eq!(unpack(&octets, 0, count).collect::<String>(), text);
            }
        }
    }

    #[test]
    fn what_the_alphabet_lacks_has_no_septets() {
        for character in ['ç', 'ა', '한', '`', '\t', '\x1B', '\0', '😀'] {
            assert_eq!(septets(character), None, "{character:?}");
        }
        assert!(is_common('A') && is_common('?') && is_common('\r'));
        assert!(!is_common('@') && !is_common('$') && !is_common('_') && !is_common('[') && !is_common('ä'));
    }

    #[test]
    fn escapes_that_lead_nowhere_are_shown_all_the_same() {
        let septets = |values: &[u8]| {
            let mut octets = [0; 16];
            let mut packer = Packer::behind(0, &mut octets);
            assert!(values.iter().all(|&value| packer.septet(value)));
            unpack(&octets, 0, values.len()).collect::<String>()
        };
        assert_eq!(septets(&[ESCAPE, b'A', b'B']), "AB");
        assert_eq!(septets(&[b'A', ESCAPE]), "A ");
        assert_eq!(septets(&[ESCAPE, ESCAPE, b'A']), " A");
    }

    #[test]
    fn text_may_begin_behind_octets_of_something_else() {
        let mut octets = [0; 140];
        let mut packer = Packer::behind(6, &mut octets);
        assert_eq!(packer.septets(), 7);
        assert!((0..153).all(|_| packer.put('z')));
        assert_eq!((packer.octets(), packer.septets()), (140, 160));
        assert!(!packer.put('z'), "there is no room for another");
        assert_eq!(octets[..6], [0; 6]);
        assert_eq!(unpack(&octets, 7, 160).collect::<String>(), "z".repeat(153));
    }
}
