//! A modem that still waits for the text of a message, because the end of that or its prompt got lost, or the host has
//! started anew, takes every command for text. ESC gets it out of that, and nothing is sent.

use crate::common;

use std::time::Duration;

use cellular_nal::control::sms::SmsFormat;
use cellular_nal::{Config, Error};
use common::dialect;
use common::script::{Desk, Far};
use modem_sim::Model;

/// Takes everything for text, until ESC or Ctrl-Z comes; otherwise it answers each command with what is usual.
#[derive(Default)]
struct Typing {
    line: Vec<u8>,
    /// The text so far, where it waits for one.
    text: Option<Vec<u8>>,
    sent: Vec<Vec<u8>>,
    said: Vec<u8>,
    /// The prompt is not printed.
    mute: bool,
}

impl Typing {
    fn command(&mut self, command: &str) {
        let text = match command {
            "" => return,
            "AT+CMEE?" => "+CMEE: 1",
            "AT+CPIN?" => "+CPIN: READY",
            "AT+CEREG?" => "+CEREG: 2,1",
            "AT+CGPADDR=1" => "+CGPADDR: 1,\"10.0.0.1\"",
            "AT+CSCA?" => "+CSCA: \"+13123149810\",145",
            _ if command.starts_with("AT+CMGS=") => {
                self.text = Some(Vec::new());
                if !self.mute {
                    self.said.extend_from_slice(b"\r\n> ");
                }
                return;
            }
            _ => "",
        };
        if !text.is_empty() {
            self.said.extend_from_slice(format!("\r\n{text}\r\n").as_bytes());
        }
        self.said.extend_from_slice(b"\r\nOK\r\n");
    }
}

impl Far for Typing {
    fn hear(&mut self, _: Duration, bytes: &[u8]) {
        for &byte in bytes {
            match (&mut self.text, byte) {
                (Some(_), 0x1B) => {
                    self.text = None;
                    self.said.extend_from_slice(b"\r\nOK\r\n");
                }
                (Some(text), 0x1A) => {
                    self.sent.push(std::mem::take(text));
                    self.text = None;
                    self.said.extend_from_slice(b"\r\n+CMGS: 1\r\n\r\nOK\r\n");
                }
                (Some(text), byte) => text.push(byte),
                (None, b'\r') => {
                    let line = std::mem::take(&mut self.line);
                    self.command(String::from_utf8_lossy(&line).trim_start_matches(|c: char| c < ' '));
                }
                (None, byte) => self.line.push(byte),
            }
        }
    }

    fn due(&self) -> Option<Duration> {
        None
    }

    fn say(&mut self, _: Duration) -> Option<Vec<u8>> {
        (!self.said.is_empty()).then(|| std::mem::take(&mut self.said))
    }
}

#[test]
fn a_modem_that_has_lost_its_prompt_is_called_back() {
    for format in [SmsFormat::Pdu, SmsFormat::Text] {
        let mut desk = Desk::new(Model::Ryz014a, Config::new(), Typing::default());
        let control = desk.control;
        assert_eq!(desk.run(60, control.connect()), Ok(()), "{}", desk.tail());
        desk.far.mute = true;
        let sms = control.sms().with_format(format);
        let sent = desk.run(30, sms.send("123", "never")).map(drop);
        assert_eq!(sent, Err(Error::Timeout), "{}", desk.tail());
        assert_eq!(desk.run(60, sms.service_center()).as_deref(), Ok("+13123149810"), "{}", desk.tail());
        assert!(desk.far.sent.is_empty(), "{:?}", desk.far.sent);
    }
}

#[test]
fn a_modem_that_waits_for_a_text_at_the_start_is_called_back() {
    let far = Typing { text: Some(b"half a text".to_vec()), ..Typing::default() };
    let mut desk = Desk::speaking(dialect(Model::Ryz014a), Config::new(), far);
    let control = desk.control;
    assert_eq!(desk.run(60, control.connect()), Ok(()), "{}", desk.tail());
    assert!(desk.far.sent.is_empty(), "{:?}", desk.far.sent);
}
