//! Host names: the one that is asked for, and those before it with their addresses.

use core::cell::Cell;
use core::net::IpAddr;

/// A host name has 253 characters at most (RFC 1035 §2.3.4, without the root's dot).
pub(super) const NAME: usize = 253;

/// What stands in front of a name: its length, and that of its address; 0 while there is none.
const HEAD: usize = 2;

/// A host name.
///
/// Behind it are older ones, the last first, as many as there is room for: TLS wants to know the name of
/// an address that was resolved before. They cost nothing but the room that the longest name needs.
#[derive(Clone)]
pub struct Name {
    bytes: [u8; HEAD + NAME],
    used: u8,
}

impl Name {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; HEAD + NAME], used: HEAD as u8 }
    }

    /// Keeps `text`, or its beginning where it is too long, and nothing else.
    pub(crate) fn set(&mut self, text: &[u8]) {
        let text = text.get(..NAME).unwrap_or(text);
        if let Some(to) = self.bytes.get_mut(HEAD..HEAD + text.len()) {
            to.copy_from_slice(text);
        }
        let [len, address, ..] = &mut self.bytes;
        (*len, *address) = (text.len() as u8, 0);
        self.used = (HEAD + text.len()) as u8;
    }

    /// Keeps `text`, or its beginning where it is too long. The name before it is kept behind it when its
    /// address is known.
    pub(super) fn push(&mut self, text: &[u8]) {
        let text = text.get(..NAME).unwrap_or(text);
        let [len, address, ..] = self.bytes;
        let over = if address == 0 { HEAD + usize::from(len) } else { 0 };
        self.replace(0, over, HEAD + text.len());
        if let Some(to) = self.bytes.get_mut(HEAD..HEAD + text.len()) {
            to.copy_from_slice(text);
        }
        let [len, address, ..] = &mut self.bytes;
        (*len, *address) = (text.len() as u8, 0);
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        let [len, ..] = self.bytes;
        self.bytes.get(HEAD..HEAD + usize::from(len)).unwrap_or_default()
    }

    /// The address of the name is known. Nothing is kept of a name that has no room for it.
    pub(crate) fn resolved(&mut self, ip: IpAddr) {
        self.forget(ip);
        let (v4, v6);
        let octets: &[u8] = match ip {
            IpAddr::V4(ip) => {
                v4 = ip.octets();
                &v4
            }
            IpAddr::V6(ip) => {
                v6 = ip.octets();
                &v6
            }
        };
        let [len, address, ..] = self.bytes;
        let at = HEAD + usize::from(len);
        let fits = at + octets.len() <= self.bytes.len();
        if !fits || address != 0 {
            return;
        }
        self.replace(at, 0, octets.len());
        if let Some(to) = self.bytes.get_mut(at..at + octets.len()) {
            to.copy_from_slice(octets);
        }
        let [_, address, ..] = &mut self.bytes;
        *address = octets.len() as u8;
    }

    /// The name that was last resolved to `ip`.
    pub(crate) fn of(&self, ip: IpAddr) -> Option<&[u8]> {
        let (at, len) = self.find(ip)?;
        self.bytes.get(at + HEAD..at + HEAD + len)
    }

    /// An older name with the same address is not the last one any more.
    fn forget(&mut self, ip: IpAddr) {
        while let Some((at, len)) = self.find(ip) {
            let size = if ip.is_ipv4() { 4 } else { 16 };
            if at == 0 {
                // The name at the front is in use; it loses its address.
                self.replace(HEAD + len, size, 0);
                let [_, address, ..] = &mut self.bytes;
                *address = 0;
            } else {
                self.replace(at, HEAD + len + size, 0);
            }
        }
    }

    /// Place and length of the name of `ip`.
    fn find(&self, ip: IpAddr) -> Option<(usize, usize)> {
        let mut at = 0;
        loop {
            let rest = self.bytes.get(at..self.used.into())?;
            let (&[len, address], text) = rest.split_first_chunk()?;
            let (len, size) = (usize::from(len), usize::from(address));
            let octets = text.get(len..len + size)?;
            let same = match ip {
                IpAddr::V4(ip) => octets == ip.octets(),
                IpAddr::V6(ip) => octets == ip.octets(),
            };
            if same {
                return Some((at, len));
            }
            at += HEAD + len + size;
        }
    }

    /// Makes `over` bytes at `at` into `with` others; what does not fit any more at the end is lost. A
    /// name that is cut so is not found: its address is not there.
    fn replace(&mut self, at: usize, over: usize, with: usize) {
        let (used, room) = (usize::from(self.used), self.bytes.len());
        let tail = used.saturating_sub(at + over).min(room.saturating_sub(at + with));
        // Plain loops: `copy_within` would bring a panic along, and `memmove`.
        let cells = Cell::from_mut(self.bytes.as_mut_slice()).as_slice_of_cells();
        let from = cells.get(at + over..at + over + tail);
        let to = cells.get(at + with..at + with + tail);
        if let (Some(from), Some(to)) = (from, to) {
            let moves = to.iter().zip(from);
            let copy = |(to, from): (&Cell<u8>, &Cell<u8>)| to.set(from.get());
            if with < over {
                moves.for_each(copy)
            } else {
                moves.rev().for_each(copy)
            }
            self.used = (at + with + tail) as u8;
        }
    }
}

impl Default for Name {
    fn default() -> Self {
        Self::new()
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Name {}

impl core::fmt::Debug for Name {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Name({:?})", core::str::from_utf8(self.as_bytes()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    fn known(names: &[(&str, IpAddr)]) -> Name {
        let mut name = Name::new();
        for &(text, ip) in names {
            name.push(text.as_bytes());
            name.resolved(ip);
        }
        name
    }

    #[test]
    fn the_last_name_of_an_address_is_the_one() {
        let v6 = "2001:db8::1".parse().unwrap();
        let name = known(&[("a.example", v4(1)), ("b.example", v6), ("c.example", v4(1)), ("d", v4(4))]);
        assert_eq!(name.as_bytes(), b"d");
        assert_eq!(name.of(v4(1)), Some(&b"c.example"[..]));
        assert_eq!(name.of(v6), Some(&b"b.example"[..]));
        assert_eq!(name.of(v4(4)), Some(&b"d"[..]));
        assert_eq!(name.of(v4(9)), None);
    }

    #[test]
    fn a_name_whose_address_has_moved_is_not_that_of_the_old_one() {
        let name = known(&[("a", v4(1)), ("b", v4(2)), ("c", v4(1)), ("c", v4(2))]);
        assert_eq!(name.of(v4(2)), Some(&b"c"[..]));
        assert_eq!(name.of(v4(1)), Some(&b"c"[..]));
    }

    #[test]
    fn a_question_without_answer_is_not_kept() {
        let mut name = known(&[("a", v4(1))]);
        name.push(b"nowhere");
        name.push(b"b");
        name.resolved(v4(2));
        assert_eq!((name.of(v4(1)), name.of(v4(2))), (Some(&b"a"[..]), Some(&b"b"[..])));
        assert_eq!(usize::from(name.used), 2 * (HEAD + 1 + 4));
    }

    #[test]
    fn old_names_make_room_for_new_ones_of_any_length() {
        for len in 1..=NAME {
            let long = "x".repeat(len);
            let mut name = Name::new();
            for last in 0..20 {
                name.push(format!("host-{last}.example").as_bytes());
                name.resolved(v4(last));
            }
            name.push(long.as_bytes());
            assert_eq!(name.as_bytes(), long.as_bytes());
            name.resolved(v4(200));
            let kept = len + HEAD + 4 <= name.bytes.len();
            assert_eq!(name.of(v4(200)), kept.then_some(long.as_bytes()), "{len}");
            name.push(b"next");
            name.resolved(v4(201));
            assert_eq!(name.of(v4(201)), Some(&b"next"[..]), "{len}");
            assert!(name.of(v4(19)).is_none_or(|name| name == b"host-19.example"));
        }
    }

    #[test]
    fn typical_names_are_known_for_several_servers() {
        let names: Vec<String> = (0..6).map(|last| format!("server-{last}.iot.example.com")).collect();
        let all: Vec<(&str, IpAddr)> =
            names.iter().zip(0..).map(|(name, last)| (&**name, v4(last))).collect();
        let name = known(&all);
        for (text, ip) in all {
            assert_eq!(name.of(ip), Some(text.as_bytes()));
        }
    }
}
