//! In text mode the length that the modem tells is all that tells a message from its results.

use crate::common;

use cellular_nal::Error;
use cellular_nal::control::sms::{Message, SmsFormat, Usage};
use common::script::{self, Act, bytes, lines};
use modem_sim::Model;

/// A modem with this text at index 1, and its details.
fn with(details: &'static str, text: &'static str) -> script::Desk<script::Canned> {
    script::up(Model::SaraR5, move |command| -> Option<Vec<Act>> {
        match command {
            "AT+CMGR=1" => Some(bytes(format!(
                "\r\n+CMGR: \"REC UNREAD\",\"+15551234567\",,\"22/04/26,17:14:55+32\"{details}\r\n{text}\r\n\r\nOK\r\n"
            ))),
            "AT+CPMS?" => Some(lines(&["+CPMS: \"ME\",1,10,\"ME\",1,10,\"ME\",1,10", "OK"])),
            _ => None,
        }
    })
}

#[test]
fn a_message_that_looks_like_a_result_is_a_message() {
    for text in [
        "OK",
        "ERROR",
        "+CMS ERROR: 500",
        "+CMTI: \"ME\",2",
        "NO CARRIER",
        "first\r\nOK\r\nlast",
        "first\nERROR",
        "OK\r\n",
        "+CMGR: \"REC READ\"",
        "AT",
        "> ",
        "서울 OK",
    ] {
        let details = format!(",145,4,0,0,\"+13123149810\",145,{}", text.chars().count()).leak();
        let mut desk = with(details, text);
        let sms = desk.control.sms().with_format(SmsFormat::Text);
        let mut message = Message::new();
        assert_eq!(desk.run(30, sms.read(1, &mut message)), Ok(true), "{text:?}\n{}", desk.tail());
        assert_eq!(message.text().map(str::trim_end), Some(text.trim_end()), "{}", desk.tail());
        assert_eq!(desk.run(30, sms.store()), Ok(Usage { used: 1, total: 10 }), "{text:?}\n{}", desk.tail());
    }
}

#[test]
fn without_a_length_it_is_at_least_no_answer_to_something_else() {
    let mut desk = with("", "OK");
    let sms = desk.control.sms().with_format(SmsFormat::Text);
    let mut message = Message::new();
    let read = desk.run(30, sms.read(1, &mut message));
    assert_eq!(read, Err(Error::UnexpectedAnswer), "{}", desk.tail());
    assert_eq!(desk.run(30, sms.store()), Ok(Usage { used: 1, total: 10 }), "{}", desk.tail());
}
