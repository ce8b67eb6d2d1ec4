//! However a modem says that there is none.

use crate::common;

use cellular_nal::control::sms::{Message, SmsFormat};
use cellular_nal::{CmeCode, Error};
use common::script;
use modem_sim::Model;

const NONE: [&[&str]; 6] = [
    &["+CMS ERROR: 321"],
    &["+CMS ERROR:321"],
    &["+CME ERROR: 21"],
    &["+CME ERROR: 22"],
    &["OK"],
    &["+CMGR: 0,,0", "OK"],
];

#[test]
fn an_index_without_a_message_is_no_error() {
    for answer in NONE {
        for format in [SmsFormat::Pdu, SmsFormat::Text] {
            if format == SmsFormat::Text && answer.len() > 1 {
                continue;
            }
            let mut desk = script::up(Model::Ryz014a, move |command| {
                (command == "AT+CMGR=3" || command == "AT+CMGD=3").then(|| script::lines(answer))
            });
            let sms = desk.control.sms().with_format(format);
            let mut message = Message::new();
            assert_eq!(desk.run(30, sms.read(3, &mut message)), Ok(false), "{answer:?}");
            assert_eq!(desk.run(30, sms.delete(3)), Ok(()), "{answer:?}");
        }
    }
}

#[test]
fn other_errors_are_told() {
    for (answer, error) in [
        ("+CMS ERROR: 310", Error::NoSim),
        ("+CMS ERROR: 311", Error::PinRequired),
        ("+CMS ERROR: 316", Error::PukRequired),
        ("+CMS ERROR: 322", Error::StoreFull),
        ("+CMS ERROR: 331", Error::NotRegistered),
        ("+CMS ERROR: 332", Error::Timeout),
        ("+CMS ERROR: 500", Error::Modem(CmeCode(500))),
        ("ERROR", Error::Modem(CmeCode::UNKNOWN)),
    ] {
        let mut desk = script::up(Model::Ryz014a, move |command| {
            (command.starts_with("AT+CMGR") || command.starts_with("AT+CMGS"))
                .then(|| script::lines(&[answer]))
        });
        let sms = desk.control.sms();
        assert_eq!(desk.run(30, sms.read(3, &mut Message::new())), Err(error), "{answer:?}");
        let sent = desk.run(30, sms.send("123", "too late for the prompt"));
        assert_eq!(sent.map(drop), Err(error), "{answer:?}");
    }
}
