//! Packets of LCP and of the protocols that look like it (RFC 1661 §5, §6).

pub(super) const CONFIGURE_REQUEST: u8 = 1;
pub(super) const CONFIGURE_ACK: u8 = 2;
pub(super) const CONFIGURE_NAK: u8 = 3;
pub(super) const CONFIGURE_REJECT: u8 = 4;
pub(super) const TERMINATE_REQUEST: u8 = 5;
pub(super) const TERMINATE_ACK: u8 = 6;
pub(super) const CODE_REJECT: u8 = 7;
pub(super) const PROTOCOL_REJECT: u8 = 8;
pub(super) const ECHO_REQUEST: u8 = 9;
pub(super) const ECHO_REPLY: u8 = 10;
pub(super) const DISCARD_REQUEST: u8 = 11;

/// A configuration option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Opt {
    pub(super) kind: u8,
    pub(super) value: Vec<u8>,
}

impl Opt {
    pub(super) fn new(kind: u8, value: impl Into<Vec<u8>>) -> Self {
        Opt { kind, value: value.into() }
    }
}

/// The value of the first option of this kind and length.
pub(super) fn value<const N: usize>(options: &[Opt], kind: u8) -> Option<[u8; N]> {
    options.iter().find(|o| o.kind == kind)?.value.as_slice().try_into().ok()
}

/// Options one after the other; `None` when their lengths make no sense.
pub(super) fn options(mut data: &[u8]) -> Option<Vec<Opt>> {
    let mut all = Vec::new();
    while let [kind, length, ..] = *data {
        let length = usize::from(length);
        all.push(Opt::new(kind, data.get(2..length)?));
        data = &data[length..];
    }
    data.is_empty().then_some(all)
}

pub(super) fn encode(options: &[Opt]) -> Vec<u8> {
    let mut out = Vec::new();
    for option in options {
        out.extend([option.kind, (option.value.len() + 2) as u8]);
        out.extend(&option.value);
    }
    out
}

/// Code, identifier, length, data.
pub(super) fn build(code: u8, id: u8, data: &[u8]) -> Vec<u8> {
    let length = (data.len() + 4) as u16;
    let mut out = vec![code, id];
    out.extend(length.to_be_bytes());
    out.extend(data);
    out
}

/// Code, identifier and data; what comes after the length is padding (RFC 1661 §5).
pub(super) fn parse(packet: &[u8]) -> Option<(u8, u8, &[u8])> {
    let [code, id, high, low, ..] = *packet else {
        return None;
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    Some((code, id, packet.get(4..length)?))
}
