//! Messages on the control channel (3GPP TS 27.010 §5.4.6.3).

/// Type octets with EA, without C/R.
pub(super) const PN: u8 = 0x81;
pub(super) const PSC: u8 = 0x41;
pub(super) const CLD: u8 = 0xc1;
pub(super) const TEST: u8 = 0x21;
pub(super) const FCON: u8 = 0xa1;
pub(super) const FCOFF: u8 = 0x61;
pub(super) const MSC: u8 = 0xe1;
pub(super) const NSC: u8 = 0x11;
pub(super) const RPN: u8 = 0x91;
pub(super) const RLS: u8 = 0x51;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) kind: u8,
    /// A command; otherwise an answer to one.
    pub(super) command: bool,
    pub(super) value: Vec<u8>,
}

impl Message {
    pub(super) fn command(kind: u8, value: Vec<u8>) -> Self {
        Message { kind, command: true, value }
    }

    pub(super) fn answer(kind: u8, value: Vec<u8>) -> Self {
        Message { kind, command: false, value }
    }

    /// The type octet on the line.
    pub(super) fn octet(&self) -> u8 {
        self.kind | u8::from(self.command) << 1
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.octet()];
        let len = self.value.len();
        match u8::try_from(len) {
            Ok(len) if len < 0x80 => bytes.push(len << 1 | 1),
            _ => bytes.extend([(len & 0x7f) as u8 * 2, (len >> 7 << 1 | 1) as u8]),
        }
        bytes.extend_from_slice(&self.value);
        bytes
    }

    /// All messages of an information field; the flag tells that something is wrong with the last one.
    pub(super) fn all(mut info: &[u8]) -> (Vec<Message>, bool) {
        let mut messages = Vec::new();
        while let Some((&octet, tail)) = info.split_first() {
            let (kind, command) = (octet & !2, octet & 2 != 0);
            // Nothing that is in use has a type of two octets.
            let Some((len, tail)) = length(tail).filter(|_| octet & 1 == 1) else {
                // A close down that has no length is one all the same.
                messages.extend((kind == CLD).then(|| Message { kind, command, value: Vec::new() }));
                return (messages, true);
            };
            let Some((value, tail)) = tail.split_at_checked(len) else {
                return (messages, true);
            };
            messages.push(Message { kind, command, value: value.to_vec() });
            info = tail;
        }
        (messages, false)
    }
}

/// Length octets as far as their EA bits go.
fn length(mut bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (mut len, mut shift) = (0, 0);
    loop {
        let (&octet, tail) = bytes.split_first()?;
        len |= usize::from(octet >> 1) << shift;
        shift += 7;
        bytes = tail;
        if octet & 1 == 1 {
            return Some((len, bytes));
        }
        if shift > 14 {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_messages_share_a_frame() {
        let first = Message::command(MSC, vec![0x07, 0x8d]);
        let second = Message::command(TEST, vec![0x55; 200]);
        let bytes = [first.to_bytes(), second.to_bytes()].concat();
        assert_eq!(bytes[..4], [0xe3, 0x05, 0x07, 0x8d]);
        assert_eq!(Message::all(&bytes), (vec![first.clone(), second], false));
        assert_eq!(Message::all(&bytes[..bytes.len() - 1]), (vec![first], true));
    }

    #[test]
    fn a_close_down_without_length_is_understood_and_noticed() {
        assert_eq!(Message::all(&[0xc3]), (vec![Message::command(CLD, Vec::new())], true));
        assert_eq!(Message::all(&[0xc3, 0x01]), (vec![Message::command(CLD, Vec::new())], false));
    }
}
