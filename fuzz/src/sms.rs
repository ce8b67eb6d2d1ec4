//! Short messages: whatever the network or the modem makes of one.

use cellular_nal::control::sms::{Content, Message};

/// The input is a PDU.
pub fn run(input: &[u8]) {
    let mut message = Message::new();
    message.decode(input);
    if let Some(part) = message.part {
        assert!((1..=part.count).contains(&part.number), "{part:?}");
    }
    if message.content == Content::Unknown {
        assert_eq!(message, Message::new(), "nothing is known of it");
        return;
    }
    // Which service centre it came from makes no difference.
    let center = usize::from(input[0]);
    let mut without = vec![0];
    without.extend_from_slice(&input[1 + center..]);
    let mut again = Message::new();
    again.decode(&without);
    assert_eq!(again, message);
    // Nothing of it is behind its end.
    without.push(0xFF);
    again.decode(&without);
    assert_eq!(again, message);
}
