//! A character of a message that is lost on the serial line is noticed.

use crate::common;

use cellular_nal::Error;
use cellular_nal::control::sms::Message;
use common::script::{self, bytes};
use modem_sim::Model;

const PDU: &str = "0791448720003023040B915155214365F7000022406271415523\
                   0AE8329BFD4697D9EC37";

#[test]
fn damaged_messages_are_never_read() {
    for lost in 0..=PDU.len() {
        let mut pdu = PDU.to_owned();
        if lost < PDU.len() {
            pdu.remove(lost);
        }
        let length = (PDU.len() - 16) / 2;
        let mut desk = script::up(Model::SaraR5, move |command| {
            let answer = format!("\r\n+CMGR: 0,,{length}\r\n{pdu}\r\n\r\nOK\r\n");
            (command == "AT+CMGR=1").then(|| bytes(answer))
        });
        let mut message = Message::new();
        let read = desk.run(30, desk.control.sms().read(1, &mut message));
        if lost == PDU.len() {
            assert_eq!((read, message.text()), (Ok(true), Some("hellohello")));
        } else {
            assert_eq!(read, Err(Error::UnexpectedAnswer), "{lost}: {}", desk.tail());
        }
    }
}
