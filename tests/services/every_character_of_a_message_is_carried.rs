//! The GSM alphabet, its extension, and what neither has, both ways.

use crate::common;

use cellular_nal::control::sms::Message;
use modem_sim::Model;

const TEXTS: [&str; 8] = [
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
    "[]{}\\^~|€\u{c}",
    "서울에서 따뜻합니다.",
    "¿Qué tal? ça va 😀",
    "OK\r\nERROR\r\n+CMTI: \"ME\",1\r\n",
    "> AT+CMGD=1,4\r\x1F",
    "",
];

#[test]
fn every_character_of_a_message_is_carried() {
    for model in [Model::Ryz014a, Model::SaraR5] {
        let mut world = common::up(model);
        let sms = world.control.sms();
        for text in TEXTS {
            world.run(60, sms.send("123", text)).unwrap_or_else(|error| panic!("{text:?}: {error}"));
            let got = world.net.messages().pop().expect("it got there");
            assert_eq!(got.text, text, "{model}");
            world.net.deliver_sms("456", text);
            assert_eq!(world.run(60, sms.wait()), Ok(()), "{model}");
            let mut message = Message::new();
            let index = world.run(60, sms.next(0, &mut message)).expect("an answer").expect("a message");
            assert_eq!(message.text(), Some(text), "{model}");
            assert_eq!(world.run(60, sms.delete(index)), Ok(()));
        }
        world.no_breach();
    }
}
