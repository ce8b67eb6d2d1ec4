//! Short messages both ways, on every model and in both formats.

use crate::common;

use cellular_nal::control::sms::{Message, Sent, SmsFormat};
use modem_sim::Model;

const PEER: &str = "+15557654321";

#[test]
fn messages_are_sent_and_come_in() {
    for &model in Model::KNOWN {
        for format in [SmsFormat::Pdu, SmsFormat::Text] {
            let mut world = common::up(model);
            let sms = world.control.sms().with_format(format);
            let context = format!("{model}, {format:?}");
            let sent = world.run(60, sms.send(PEER, "Is anybody there?"));
            assert!(matches!(sent, Ok(Sent { parts: 1, .. })), "{context}: {sent:?}");
            let got: Vec<_> = world.net.messages().into_iter().map(|got| (got.number, got.text)).collect();
            assert_eq!(got, [(PEER.to_owned(), "Is anybody there?".to_owned())], "{context}");
            world.net.deliver_sms(PEER, "Yes, I am.");
            assert_eq!(world.run(60, sms.wait()), Ok(()), "{context}");
            let mut message = Message::new();
            let index = world.run(60, sms.next(0, &mut message)).expect("an answer").expect("a message");
            assert_eq!((message.number.as_str(), message.text()), (PEER, Some("Yes, I am.")), "{context}");
            assert!(message.time.is_some(), "{context}");
            assert_eq!(world.run(60, sms.delete(index)), Ok(()), "{context}");
            assert_eq!(world.run(60, sms.next(0, &mut message)), Ok(None), "{context}");
            assert_eq!(world.run(60, sms.store()).map(|store| store.used), Ok(0), "{context}");
            assert_eq!(world.try_run(60, sms.wait()), None, "{context}: nothing more has come");
            world.no_breach();
        }
    }
}
