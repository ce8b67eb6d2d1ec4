//! Reads the parameters behind a prefix: numbers, quoted and bare texts, addresses.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The comma-separated parameters of an information text, taken from left to right.
///
/// Anything that does not fit gives `None`; nothing panics, whatever the bytes are.
#[derive(Clone, Debug)]
pub struct Params<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Params<'a> {
    /// Parameters in `text`, which is what follows the prefix and its colon.
    pub const fn new(text: &'a [u8]) -> Self {
        Self { rest: Some(text) }
    }

    /// The next parameter as it stands, without white space around it, with its quotes.
    pub fn raw(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let mut quoted = false;
        let end = rest.iter().position(|&b| {
            quoted ^= b == b'"';
            b == b',' && !quoted
        });
        let (param, tail) = match end {
            Some(end) => (rest.get(..end)?, rest.get(end + 1..)),
            None => (rest, None),
        };
        self.rest = tail;
        Some(param.trim_ascii())
    }

    /// All that is left, as it stands.
    pub const fn rest(&self) -> &'a [u8] {
        match self.rest {
            Some(rest) => rest,
            None => &[],
        }
    }

    /// The next parameter without its quotes.
    pub fn text(&mut self) -> Option<&'a [u8]> {
        let raw = self.raw()?;
        Some(unquote(raw).unwrap_or(raw))
    }

    /// The next parameter as an unsigned decimal number without quotes.
    pub fn number(&mut self) -> Option<u32> {
        decimal(self.raw()?)
    }

    /// The next parameter as a number that fits in one byte.
    // Two dozen calls: out of line, this and `word` save 200 bytes.
    #[inline(never)]
    pub fn byte(&mut self) -> Option<u8> {
        u8::try_from(self.number()?).ok()
    }

    /// The next parameter as a number that fits in two bytes.
    #[inline(never)]
    pub fn word(&mut self) -> Option<u16> {
        u16::try_from(self.number()?).ok()
    }

    /// The next parameter as an IP address, quoted or not.
    pub fn address(&mut self) -> Option<IpAddr> {
        parse_address(self.text()?)
    }
}

fn unquote(raw: &[u8]) -> Option<&[u8]> {
    raw.strip_prefix(b"\"")?.strip_suffix(b"\"")
}

fn decimal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u32, |value, &b| {
        let digit = b.is_ascii_digit().then(|| u32::from(b - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// An address in one of the forms that modems print: dotted IPv4, IPv6 as sixteen dotted decimals
/// (3GPP TS 27.007 §10.1.1, `+CGPIAF=0`) or IPv6 with colons.
pub fn parse_address(text: &[u8]) -> Option<IpAddr> {
    dotted(text).or_else(|| colons(text).map(IpAddr::V6))
}

/// Four or sixteen decimals.
fn dotted(text: &[u8]) -> Option<IpAddr> {
    let mut octets = [0u8; 16];
    let mut places = octets.iter_mut();
    for part in text.split(|&b| b == b'.') {
        if part.len() > 3 {
            return None;
        }
        *places.next()? = u8::try_from(decimal(part)?).ok()?;
    }
    match places.len() {
        12 => octets.first_chunk::<4>().map(|&v4| Ipv4Addr::from(v4).into()),
        0 => Some(Ipv6Addr::from(octets).into()),
        _ => None,
    }
}

/// Groups of hexadecimal digits; `::` stands once for as many groups of zero as are missing.
fn colons(text: &[u8]) -> Option<Ipv6Addr> {
    let mut groups = [0u16; 8];
    let mut count = 0;
    let mut gap = None;
    let (mut value, mut digits) = (0u16, 0);
    let mut colon_before = false;
    for (index, &b) in text.iter().enumerate() {
        if b == b':' {
            if colon_before {
                if gap.replace(count).is_some() {
                    return None;
                }
            } else if digits > 0 {
                *groups.get_mut(count)? = value;
                count += 1;
            } else if text.get(index + 1) != Some(&b':') {
                // Only a double colon may stand in front.
                return None;
            }
            (value, digits, colon_before) = (0, 0, true);
        } else {
            digits += 1;
            if digits > 4 {
                return None;
            }
            value = value << 4 | u16::from(hexadecimal(b)?);
            colon_before = false;
        }
    }
    if digits > 0 {
        *groups.get_mut(count)? = value;
        count += 1;
    } else if gap != Some(count) {
        // Only a double colon may stand at the end.
        return None;
    }
    match gap {
        None => (count == 8).then(|| groups.into()),
        Some(gap) => {
            // Groups behind the gap move to the end.
            let missing = 8usize.checked_sub(count).filter(|&missing| missing > 0)?;
            for index in (gap..count).rev() {
                *groups.get_mut(index + missing)? = core::mem::take(groups.get_mut(index)?);
            }
            Some(groups.into())
        }
    }
}

/// The value of a hexadecimal digit.
pub(crate) fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_protect_commas() {
        let mut params = Params::new(b" 1,\"IP\",\"a,b\",,7 ");
        assert_eq!(params.number(), Some(1));
        assert_eq!(params.text(), Some(&b"IP"[..]));
        assert_eq!(params.text(), Some(&b"a,b"[..]));
        assert_eq!(params.number(), None);
        assert_eq!(params.byte(), Some(7));
        assert_eq!(params.raw(), None);
    }

    #[test]
    fn addresses_come_in_three_forms() {
        assert_eq!(parse_address(b"10.0.0.255"), Some(IpAddr::from([10, 0, 0, 255])));
        assert_eq!(parse_address(b"10.0.0.256"), None);
        assert_eq!(parse_address(b"10.0.0"), None);
        let v6 = IpAddr::from([0x20, 1, 4, 0x68, 0x30, 6, 0, 3, 3, 0x20, 1, 4, 0x68, 0x30, 6, 0]);
        assert_eq!(parse_address(b"32.1.4.104.48.6.0.3.3.32.1.4.104.48.6.0"), Some(v6));
        assert_eq!(parse_address(b"2001:468:3006:3:320:104:6830:600"), Some(v6));
        let texts = [
            "",
            "::",
            "::1",
            "1::",
            "fe80::1",
            "1:2:3:4:5:6:7:8",
            "1::8",
            "2001:db8::8:800:200c:417a",
            ":1",
            "1:",
            ":::",
            "1::2::3",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "12345::",
            "g::",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "1::2:",
            ":",
            ":1::",
        ];
        for text in texts {
            let expected = text.parse().ok().map(IpAddr::V6);
            assert_eq!(parse_address(text.as_bytes()), expected, "{text}");
        }
    }
}
