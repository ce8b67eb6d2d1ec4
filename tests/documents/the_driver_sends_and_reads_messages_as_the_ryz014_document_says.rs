//! Chapter 7 of "AT command use cases", to the letter but for what is noted in the conversations. A test is named
//! after its section.
use crate::common;

use cellular_nal::Error;
use cellular_nal::control::Time;
use cellular_nal::control::sms::{Message, Sent, Sms, SmsFormat, State, Store, Usage};
use common::golden::{self, Golden};
use common::script::Desk;
use modem_sim::Model;

fn up(name: &str) -> (Desk<Golden>, Sms<'static>) {
    let desk = golden::up(Model::Ryz014a, name);
    let sms = desk.control.sms();
    (desk, sms)
}

fn text(name: &str) -> (Desk<Golden>, Sms<'static>) {
    let (desk, sms) = up(name);
    (desk, sms.with_format(SmsFormat::Text))
}

#[test]
fn section_7_1_2_1_read_sms() {
    let (mut desk, sms) = text("ryz014_7_1_2_1_read_sms");
    let mut message = Message::new();
    assert_eq!(desk.run(10, sms.read(0, &mut message)), Ok(true), "{}", desk.tail());
    assert_eq!((message.state, message.text()), (State::Unsent, Some("How are you?")));
    assert_eq!((message.number.as_str(), message.time), ("+114848484844", None));
    desk.over();
}

#[test]
fn section_7_1_2_2_send_sms() {
    let (mut desk, sms) = text("ryz014_7_1_2_2_send_sms");
    assert_eq!(desk.run(10, sms.service_center()).as_deref(), Ok("+886932400851"));
    assert_eq!(desk.run(10, sms.set_service_center("0932400851")), Ok(()));
    let sent = desk.run(10, sms.send("+886932123456", "This is my test message"));
    assert!(matches!(sent, Ok(Sent { parts: 1, reference: None, .. })), "{sent:?}: {}", desk.tail());
    desk.over();
}

#[test]
fn section_7_1_2_3_korean_characters() {
    let (mut desk, sms) = text("ryz014_7_1_2_3_korean_characters");
    let korean = "서울에서 따뜻합니다. 언제 우리를 방문하러 올 것입니까?";
    let sent = desk.run(10, sms.send("+886932123456", korean));
    assert!(matches!(sent, Ok(Sent { parts: 1, reference: Some(1), .. })), "{sent:?}: {}", desk.tail());
    desk.over();
}

#[test]
fn section_7_2_2_1_send_pdu() {
    let (mut desk, sms) = up("ryz014_7_2_2_1_send_pdu");
    assert_eq!(desk.run(10, sms.service_center()).as_deref(), Ok(""));
    assert_eq!(desk.run(10, sms.set_service_center("+13123149810")), Ok(()));
    let pdu = b"\x07\x91\x84\x05\x21\x00\x77\xF7\x04\x14\xD1\xEC\xB6\xFB\x0D\x8F\xCB\xE7\xF4\xBA\x1D\
        \x00\x00\x90\x10\x31\x80\x94\x92\x40\x10\x61\x36\x1C\x1D\x76\xD7\xDB\x65\x79\x7A\x0C\x9A\x36\xA7";
    assert_eq!(desk.run(10, sms.send_pdu(pdu)), Ok(Some(0)), "{}", desk.tail());
    desk.over();
    // The document has made it of a message that came in.
    let mut message = Message::new();
    message.decode(pdu);
    assert_eq!((message.number.as_str(), message.text()), ("lmnopqrstuv", Some("alphanumeric SMS")));
}

#[test]
fn section_7_2_2_2_receive_pdu() {
    let (mut desk, sms) = up("ryz014_7_2_2_2_receive_pdu");
    let mut message = Message::new();
    assert_eq!(desk.run(10, sms.read(0, &mut message)), Ok(true), "{}", desk.tail());
    assert_eq!((message.state, message.number.as_str(), message.time), (State::Read, "11233", None));
    assert_eq!(message.text(), Some("Hello 1"));
    desk.over();
}

#[test]
fn section_7_3_2_1_number_of_messages() {
    let (mut desk, sms) = up("ryz014_7_3_2_1_number_of_messages");
    assert_eq!(desk.run(10, sms.store()), Ok(Usage { used: 0, total: 10 }), "{}", desk.tail());
    assert_eq!(desk.run(10, sms.store()), Err(Error::NoSim), "{}", desk.tail());
    desk.over();
}

#[test]
fn section_7_3_2_2_messages_in_the_sim() {
    let (mut desk, sms) = text("ryz014_7_3_2_2_messages_in_the_sim");
    let me = "+11000000151";
    assert_eq!(desk.try_run(1, sms.wait()), None, "nothing is there yet");
    let sent = desk.run(10, sms.send(me, "aaaaa")).expect("it is sent");
    assert_eq!(sent.reference, Some(3));
    assert_eq!(desk.run(10, sms.wait()), Ok(()), "{}", desk.tail());
    assert_eq!(desk.run(10, sms.store()), Ok(Usage { used: 1, total: 10 }));
    assert_eq!(desk.run(10, sms.use_store(Store::Sim)), Ok(Usage { used: 0, total: 20 }));
    let sent = desk.run(10, sms.send(me, "bbbb")).expect("it is sent");
    assert_eq!(sent.reference, Some(4));
    assert_eq!(desk.run(10, sms.wait()), Ok(()), "{}", desk.tail());
    let mut message = Message::new();
    assert_eq!(desk.run(10, sms.next(0, &mut message)), Ok(Some(1)), "{}", desk.tail());
    let time = Time { year: 2018, month: 12, day: 29, hour: 14, minute: 24, second: 42, zone: 32 };
    assert_eq!((message.text(), message.time), (Some("bbbb"), Some(time)));
    desk.over();
}

#[test]
fn section_7_3_2_2_one_store_in_another_store_out() {
    let (mut desk, sms) = up("ryz014_7_3_2_2_one_store_in_another_store_out");
    assert_eq!(desk.run(10, sms.wait()), Ok(()), "{}", desk.tail());
    desk.over();
}

#[test]
fn section_7_3_2_3_delete_sms() {
    let (mut desk, sms) = text("ryz014_7_3_2_3_delete_sms");
    assert_eq!(desk.run(10, sms.store()), Ok(Usage { used: 1, total: 10 }));
    assert_eq!(desk.run(10, sms.delete(1)), Ok(()));
    assert_eq!(desk.run(10, sms.store()), Ok(Usage { used: 0, total: 10 }));
    assert_eq!(desk.run(10, sms.use_store(Store::Sim)), Ok(Usage { used: 19, total: 20 }));
    let mut message = Message::new();
    assert_eq!(desk.run(10, sms.read(2, &mut message)), Ok(true), "{}", desk.tail());
    assert_eq!((message.number.as_str(), message.text()), ("Amarisoft", Some("hello")));
    assert_eq!(desk.run(10, sms.delete(2)), Ok(()));
    assert_eq!(desk.run(10, sms.store()), Ok(Usage { used: 18, total: 20 }), "{}", desk.tail());
    desk.over();
}
