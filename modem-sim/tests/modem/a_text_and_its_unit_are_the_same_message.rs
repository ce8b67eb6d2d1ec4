//! A message that is sent as text or as a protocol data unit is the same, and what comes can be read in both forms.
use crate::common;

use common::{Rig, running};
use modem_sim::{Model, Options};

const TEXTS: [&str; 5] =
    ["", "Hello, world", "@\u{a3}$ {[]} ~|^ \u{20ac}", "0123456789", "serious \u{c4}\u{d6}\u{dc}"];

fn typed(rig: &mut Rig, command: &str, text: &str) -> String {
    rig.pass_ms(30);
    rig.send(format!("{command}\r").as_bytes());
    rig.wait_for(b"> ");
    rig.send(text.as_bytes());
    rig.send(b"\x1a");
    String::from_utf8_lossy(&rig.wait_for(b"OK\r\n")).into_owned()
}

#[test]
fn what_was_written_as_text_is_sent_again_as_its_unit() {
    for &model in Model::KNOWN {
        for text in TEXTS.into_iter().filter(|text| text.is_ascii()) {
            let mut rig = Rig::new(model, running());
            rig.ok("AT+CMGF=1");
            typed(&mut rig, "AT+CMGS=\"+4912345\"", text);
            let first = rig.net.messages()[0].clone();
            assert_eq!((first.number.as_str(), first.text.as_str()), ("+4912345", text), "{model}");
            rig.ok("AT+CMGF=0");
            typed(&mut rig, &format!("AT+CMGS={}", first.pdu.len() / 2 - 1), &first.pdu);
            let second = rig.net.messages()[1].clone();
            assert_eq!((second.number, second.text), (first.number, first.text), "{model}");
        }
    }
}

#[test]
fn long_messages_come_in_parts() {
    let mut rig = Rig::new(Model::Ryz014a, running());
    rig.ok("AT+CMGF=1");
    rig.ok("AT+CNMI=2,1");
    let long = "abcdefghij".repeat(40);
    rig.net.deliver_sms("+4912345", &long);
    rig.wait_for(b"+CMTI: \"ME\",3\r\n");
    let listed = rig.ok("AT+CMGL=\"ALL\"");
    let parts: Vec<_> =
        listed.split("\r\n").filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase())).collect();
    assert_eq!(parts.concat(), long);
}

#[test]
fn what_finds_no_room_comes_later_and_nothing_is_lost_by_a_restart() {
    let mut options = running();
    options.surroundings.message_places = [2, 2];
    let mut rig = Rig::new(Model::SaraR5, Options { ..options });
    rig.ok("AT+CMGF=1");
    for i in 0..5 {
        rig.net.deliver_sms("+4912345", &format!("number {i}"));
    }
    rig.pass_ms(1000);
    assert!(rig.ok("AT+CPMS?").contains("\"ME\",2,2"));
    rig.modem.reboot(rig.now);
    rig.pass_ms(10_000);
    rig.ok("ATE0");
    rig.ok("AT+CMGF=1");
    let mut seen = String::new();
    for _ in 0..5 {
        seen += &rig.ok("AT+CMGL=\"ALL\"");
        rig.ok("AT+CMGD=1,4");
    }
    for i in 0..5 {
        assert!(seen.contains(&format!("number {i}")), "{seen}");
    }
}
