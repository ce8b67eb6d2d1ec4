//! What one message does not hold is sent in several, which say what they are part of.

use crate::common;

use cellular_nal::Error;
use cellular_nal::control::sms::{Message, Sent, SmsFormat};
use modem_sim::Model;

fn octets(hex: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("it is hexadecimal");
    (0..hex.len() / 2).map(pair).collect()
}

#[test]
fn a_long_message_goes_in_parts() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let sms = world.control.sms();
        let mut references = Vec::new();
        for (text, parts) in [("0123456789 ".repeat(40), 3), ("서울에서 ".repeat(30), 3)] {
            let before = world.net.messages().len();
            let sent = world.run(600, sms.send("+15557654321", &text)).expect("it is sent");
            assert!(matches!(sent, Sent { parts: count, .. } if count == parts), "{model}: {sent:?}");
            let mut heard = String::new();
            for (index, got) in world.net.messages()[before..].iter().enumerate() {
                let mut message = Message::new();
                message.decode(&octets(&got.pdu));
                let part = message.part.expect("it is a part");
                assert_eq!((part.number, part.count), (index as u8 + 1, parts), "{model}");
                references.push(part.reference);
                heard.push_str(message.text().expect("it is text"));
            }
            assert_eq!(heard, text, "{model}");
        }
        references.dedup();
        assert_eq!(references.len(), 2, "{model}: one number for each message");
        let text = "0123456789 ".repeat(40);
        let in_text_mode = sms.with_format(SmsFormat::Text);
        assert_eq!(world.run(60, in_text_mode.send("123", &text)), Err(Error::Oversized), "{model}");
        world.no_breach();
    }
}
