//! Control packets and their options (RFC 1661 §5, §6), to be read and to be written.

use super::fifo::Fifo;

/// What the data link layer carries (RFC 1661 §2; numbers of the Assigned Numbers).
pub(super) mod protocol {
    pub(in crate::ppp) const IPV4: u16 = 0x0021;
    pub(in crate::ppp) const IPV6: u16 = 0x0057;
    pub(in crate::ppp) const IPCP: u16 = 0x8021;
    pub(in crate::ppp) const IPV6CP: u16 = 0x8057;
    pub(in crate::ppp) const LCP: u16 = 0xC021;
    pub(in crate::ppp) const PAP: u16 = 0xC023;
    pub(in crate::ppp) const CHAP: u16 = 0xC223;
}

/// Codes of control packets (RFC 1661 §5; 12 and 13: RFC 1570 §2).
pub(super) mod code {
    pub(in crate::ppp) const CONFIGURE_REQUEST: u8 = 1;
    pub(in crate::ppp) const CONFIGURE_ACK: u8 = 2;
    pub(in crate::ppp) const CONFIGURE_NAK: u8 = 3;
    pub(in crate::ppp) const CONFIGURE_REJECT: u8 = 4;
    pub(in crate::ppp) const TERMINATE_REQUEST: u8 = 5;
    pub(in crate::ppp) const TERMINATE_ACK: u8 = 6;
    pub(in crate::ppp) const CODE_REJECT: u8 = 7;
    pub(in crate::ppp) const PROTOCOL_REJECT: u8 = 8;
    pub(in crate::ppp) const ECHO_REQUEST: u8 = 9;
    pub(in crate::ppp) const ECHO_REPLY: u8 = 10;
    pub(in crate::ppp) const DISCARD_REQUEST: u8 = 11;
    pub(in crate::ppp) const IDENTIFICATION: u8 = 12;
    pub(in crate::ppp) const TIME_REMAINING: u8 = 13;
}

/// Splits a frame into its protocol and how many bytes stand in front of the information. Address
/// and control fields may be missing, and the protocol may be compressed, whatever was negotiated
/// (RFC 1661 §6.5, §6.6: a receiver has to accept both).
pub(super) fn header(frame: &[u8]) -> Option<(u16, usize)> {
    let (offset, rest) = match frame {
        [0xFF, 0x03, rest @ ..] => (2, rest),
        rest => (0, rest),
    };
    match *rest {
        [low, ..] if low & 1 == 1 => Some((u16::from(low), offset + 1)),
        [high, low, ..] if low & 1 == 1 => Some((u16::from_be_bytes([high, low]), offset + 2)),
        // No protocol has such a number (RFC 1661 §2).
        _ => None,
    }
}

/// A control packet.
#[derive(Clone, Copy)]
pub(super) struct Packet<'p> {
    pub(super) code: u8,
    pub(super) id: u8,
    pub(super) data: &'p [u8],
    /// All of it, without padding.
    pub(super) whole: &'p [u8],
}

impl<'p> Packet<'p> {
    /// Reads a packet. What is behind its length is padding.
    pub(super) fn parse(bytes: &'p [u8]) -> Option<Self> {
        let (&[code, id, high, low], _) = bytes.split_first_chunk()?;
        let whole = bytes.get(..usize::from(u16::from_be_bytes([high, low])))?;
        Some(Self { code, id, data: whole.get(4..)?, whole })
    }
}

/// A configuration option.
#[derive(Clone, Copy)]
pub(super) struct Opt<'p> {
    pub(super) kind: u8,
    pub(super) data: &'p [u8],
    /// All of it.
    pub(super) whole: &'p [u8],
}

impl Opt<'_> {
    /// The value, if it has `N` bytes.
    pub(super) fn value<const N: usize>(&self) -> Option<[u8; N]> {
        self.data.try_into().ok()
    }
}

/// The options in a packet; ends early where one is malformed.
#[derive(Clone)]
pub(super) struct Options<'p>(pub(super) &'p [u8]);

impl Options<'_> {
    /// Whether all of them can be read.
    pub(super) fn are_well_formed(mut self) -> bool {
        while self.next().is_some() {}
        self.0.is_empty()
    }
}

impl<'p> Iterator for Options<'p> {
    type Item = Opt<'p>;

    // Called from many places.
    #[inline(never)]
    fn next(&mut self) -> Option<Opt<'p>> {
        let &[kind, len, ..] = self.0 else { return None };
        let (whole, rest) = self.0.split_at_checked(usize::from(len))?;
        let data = whole.get(2..)?;
        self.0 = rest;
        Some(Opt { kind, data, whole })
    }
}

/// Writes bytes, as many as fit.
pub(super) struct Writer<'w> {
    to: &'w mut [u8],
    len: usize,
}

impl<'w> Writer<'w> {
    pub(super) const fn new(to: &'w mut [u8]) -> Self {
        Self { to, len: 0 }
    }

    /// Appends all of `bytes`, or nothing.
    // Called from many places.
    #[inline(never)]
    pub(super) fn put(&mut self, bytes: &[u8]) -> bool {
        match self.to.get_mut(self.len..).and_then(|room| room.get_mut(..bytes.len())) {
            Some(to) => {
                to.copy_from_slice(bytes);
                self.len += bytes.len();
                true
            }
            None => false,
        }
    }

    /// Appends as much of `bytes` as fits.
    pub(super) fn put_some(&mut self, bytes: &[u8]) {
        let room = self.to.len().saturating_sub(self.len);
        self.put(bytes.get(..room).unwrap_or(bytes));
    }

    pub(super) fn option(&mut self, kind: u8, value: &[u8]) {
        if self.to.len().saturating_sub(self.len) >= value.len() + 2 {
            self.put(&[kind, value.len() as u8 + 2]);
            self.put(value);
        }
    }

    pub(super) fn written(&self) -> &[u8] {
        self.to.get(..self.len).unwrap_or_default()
    }
}

/// How many bytes of control packets can wait to be sent.
///
/// One packet with the longest option fits.
const CONTROL: usize = 264;
/// The longest data that one packet can have.
pub(super) const LONGEST: usize = CONTROL - super::fifo::OVERHEAD - BEFORE;
/// In front of the data: protocol, code, identifier, length.
const BEFORE: usize = 6;

/// Control packets on their way out. One that finds no room is lost, as on the line.
#[derive(Debug)]
pub(super) struct Outbox {
    pub(super) fifo: Fifo,
    pub(super) store: [u8; CONTROL],
}

impl Outbox {
    pub(super) const fn new() -> Self {
        Self { fifo: Fifo::new(), store: [0; CONTROL] }
    }

    /// Appends a packet whose data `fill` writes. Gives whether there was room for `least` bytes of
    /// them.
    pub(super) fn post(
        &mut self,
        protocol: u16,
        code: u8,
        id: u8,
        least: usize,
        fill: &mut dyn FnMut(&mut Writer<'_>),
    ) -> bool {
        if !self.fifo.make_room(&mut self.store, BEFORE + least) {
            return false;
        }
        let room = self.fifo.room(&mut self.store);
        let mut writer = Writer::new(&mut *room);
        let [high, low] = protocol.to_be_bytes();
        writer.put(&[high, low, code, id, 0, 0]);
        fill(&mut writer);
        let len = writer.len;
        let [high, low] = (len as u16 - 2).to_be_bytes();
        if let Some(to) = room.get_mut(4..BEFORE) {
            to.copy_from_slice(&[high, low]);
        }
        self.fifo.push(&mut self.store, len);
        true
    }

    /// Appends a packet with this data; what no packet can hold is cut off.
    // Called from many places.
    #[inline(never)]
    pub(super) fn post_data(&mut self, protocol: u16, code: u8, id: u8, data: &[u8]) {
        let least = data.len().min(LONGEST);
        self.post(protocol, code, id, least, &mut |to| to.put_some(data));
    }
}
