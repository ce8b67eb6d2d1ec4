//! Certificates and keys as modems want them: PEM (RFC 7468) with LF alone at the ends of lines.

mod hash;

/// What begins a PEM file.
const BEGIN: &[u8] = b"-----BEGIN ";

/// Characters of base64 in a line (RFC 7468 §2).
const LINE: usize = 64;

/// A certificate or key as PEM, made from PEM or DER byte by byte: nobody needs room for all of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pem<'a> {
    file: &'a [u8],
    /// What the DER is called as PEM.
    label: Option<&'static [u8]>,
}

impl<'a> Pem<'a> {
    /// `None` when the file is neither PEM nor DER.
    pub(crate) fn new(file: &'a [u8], is_key: bool) -> Option<Self> {
        if file.windows(BEGIN.len()).any(|part| part == BEGIN) {
            return Some(Self { file, label: None });
        }
        let content = sequence(file)?;
        let label: &[u8] = match content {
            _ if !is_key => b"CERTIFICATE",
            // The version, then what tells PKCS #1, PKCS #8 and SEC 1 from each other.
            [2, 1, 1, ..] => b"EC PRIVATE KEY",
            [2, 1, 0, 2, ..] => b"RSA PRIVATE KEY",
            [2, 1, 0, ..] => b"PRIVATE KEY",
            _ => b"ENCRYPTED PRIVATE KEY",
        };
        Some(Self { file, label: Some(label) })
    }

    /// The file.
    pub(crate) const fn bytes(self) -> Bytes<'a> {
        Bytes { pem: self, at: 0 }
    }

    /// Whether this may be the file that a modem has told a digest of: whether it is the MD5 (u-blox:
    /// IADG §3.3) or the SHA-1 (Sequans: RYZ014 use cases §3.2.3) of it, or of the DER in it, or what
    /// this crate computes of a key that is read back.
    pub(crate) fn has_digest(self, digest: u64, of_text: impl Fn(u64, &[u8]) -> u64, seed: u64) -> bool {
        if digest == hash::md5(self.bytes()) || digest == hash::sha1(self.bytes()) {
            return true;
        }
        // Of several certificates in one file a modem shows the first.
        let single =
            self.label.is_some() || self.file.windows(BEGIN.len()).filter(|p| *p == BEGIN).count() == 1;
        if single && (digest == hash::md5(self.der()) || digest == hash::sha1(self.der())) {
            return true;
        }
        let mut line = [0; LINE * 2];
        let mut len = 0;
        let mut text = seed;
        for byte in self.bytes() {
            if byte == b'\n' || len == line.len() {
                text = of_text(text, line.get(..len).unwrap_or_default());
                len = 0;
            }
            if let Some(place) = line.get_mut(len).filter(|_| byte != b'\n') {
                *place = byte;
                len += 1;
            }
        }
        digest == of_text(text, line.get(..len).unwrap_or_default())
    }

    /// What the first PEM block holds.
    fn der(self) -> impl Iterator<Item = u8> {
        let mut in_edge = true;
        let mut edges = 0;
        let mut held = (0u32, 0u8);
        self.bytes().filter_map(move |byte| {
            // Edges begin and end with hyphens, which base64 has not.
            if byte == b'-' {
                edges += u8::from(!in_edge);
                in_edge = true;
            } else if byte == b'\n' {
                in_edge = false;
            }
            let value = decode(byte).filter(|_| !in_edge && edges == 0)?;
            held = (held.0 << 6 | u32::from(value), held.1 + 6);
            (held.1 >= 8).then(|| {
                held.1 -= 8;
                (held.0 >> held.1) as u8
            })
        })
    }
}

/// The bytes of a file as PEM.
#[derive(Clone, Debug)]
pub(crate) struct Bytes<'a> {
    pem: Pem<'a>,
    /// How many bytes have been taken: of the file where that is PEM, of what is made from it where it is DER.
    at: usize,
}

impl Iterator for Bytes<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let at = self.at;
        let file = self.pem.file;
        if let Some(label) = self.pem.label {
            self.at += 1;
            return armoured(file, label, at);
        }
        let &byte = file.get(at)?;
        // LF at the end of each line, whatever ended it before.
        let pair = byte == b'\r' && file.get(at + 1) == Some(&b'\n');
        self.at += 1 + usize::from(pair);
        Some(if byte == b'\r' { b'\n' } else { byte })
    }
}

/// The byte at `at` of DER as PEM: an edge, lines of base64, an edge (RFC 7468 §2).
fn armoured(der: &[u8], label: &'static [u8], at: usize) -> Option<u8> {
    let edge = |word: &'static [u8]| [b"-----", word, b" ", label, b"-----\n"].into_iter().flatten().copied();
    let above = label.len() + b"-----BEGIN -----\n".len();
    let Some(at) = at.checked_sub(above) else { return edge(b"BEGIN").nth(at) };
    let lines = der.len().div_ceil(LINE / 4 * 3);
    let body = der.len().div_ceil(3) * 4 + lines;
    if let Some(at) = at.checked_sub(body) {
        return edge(b"END").nth(at);
    }
    let (line, column) = (at / (LINE + 1), at % (LINE + 1));
    if column == LINE || at + 1 == body {
        return Some(b'\n');
    }
    let group = der.get(line * (LINE / 4 * 3) + column / 4 * 3..)?;
    encode(group.get(..3).unwrap_or(group)).get(column % 4).copied()
}

/// The content of an ASN.1 SEQUENCE (X.690 §8.1) that is as long as it says.
fn sequence(der: &[u8]) -> Option<&[u8]> {
    let (&[tag, first], rest) = der.split_first_chunk()?;
    let (length, content) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 | 0x82 => {
            let (digits, content) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit)), content)
        }
        _ => return None,
    };
    (tag == 0x30 && content.len() == length).then_some(content)
}

/// Up to three bytes in base64 (RFC 4648 §4).
fn encode(group: &[u8]) -> [u8; 4] {
    let bits = (0..3).fold(0u32, |bits, at| bits << 8 | u32::from(group.get(at).copied().unwrap_or(0)));
    core::array::from_fn(|at| {
        if at > group.len() {
            return b'=';
        }
        match (bits >> (18 - 6 * at) & 0x3f) as u8 {
            value @ 0..=25 => b'A' + value,
            value @ 26..=51 => b'a' + value - 26,
            value @ 52..=61 => b'0' + value - 52,
            62 => b'+',
            _ => b'/',
        }
    })
}

fn decode(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(file: &[u8], is_key: bool) -> Option<String> {
        Pem::new(file, is_key).map(|pem| String::from_utf8(pem.bytes().collect()).unwrap())
    }

    #[test]
    fn line_ends_of_any_kind_become_lf() {
        let pem = "-----BEGIN X-----\nQUJD\n-----END X-----\n";
        for end in ["\r\n", "\r", "\n"] {
            assert_eq!(text(pem.replace('\n', end).as_bytes(), false).as_deref(), Some(pem));
        }
    }

    #[test]
    fn der_becomes_pem_and_is_found_in_it_again() {
        for len in 0..200 {
            let mut der = if len < 128 { vec![0x30, len] } else { vec![0x30, 0x81, len] };
            der.extend((0..len).map(|byte: u8| byte.wrapping_mul(7)));
            let text = text(&der, false).unwrap();
            assert!(text.starts_with("-----BEGIN CERTIFICATE-----\n"));
            assert!(text.ends_with("\n-----END CERTIFICATE-----\n") && text.lines().all(|l| l.len() <= LINE));
            let pem = Pem::new(text.as_bytes(), false).unwrap();
            assert_eq!(pem.der().collect::<Vec<_>>(), der, "{text}");
        }
        assert_eq!(text(b"\x30\x03ABC", true).unwrap().lines().nth(1), Some("MANBQkM="));
    }

    #[test]
    fn keys_are_called_what_they_are() {
        for (content, label) in [
            (&[2, 1, 0, 2, 0][..], "RSA PRIVATE KEY"),
            (&[2, 1, 0, 0x30, 0], "PRIVATE KEY"),
            (&[2, 1, 1, 4, 0], "EC PRIVATE KEY"),
            (&[0x30, 0, 4, 0], "ENCRYPTED PRIVATE KEY"),
        ] {
            let der = [&[0x30, content.len() as u8], content].concat();
            assert!(text(&der, true).unwrap().starts_with(&format!("-----BEGIN {label}-----\n")));
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for file in [&b""[..], b"hello", b"\x30\x05abc", b"\x31\x03abc", b"\x30\x80abc"] {
            assert!(text(file, false).is_none(), "{file:?}");
        }
    }

    #[test]
    fn a_file_is_known_by_each_digest_that_modems_give() {
        let file = b"-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n";
        let pem = Pem::new(file, false).unwrap();
        let text = |seed: u64, line: &[u8]| seed + line.len() as u64;
        let known = |digest| pem.has_digest(digest, text, 1);
        // MD5 of "ABC", SHA-1 of the file.
        assert!(known(0x902f_bdd2_b1df_0c4f));
        assert!(known(hash::sha1(file.iter().copied())) && known(hash::md5(file.iter().copied())));
        assert!(known(1 + 27 + 4 + 25) && !known(7));
        // The second one of two decides, too.
        let two = [&file[..], file].concat();
        assert!(!Pem::new(&two, false).unwrap().has_digest(0x902f_bdd2_b1df_0c4f, text, 1));
    }
}
