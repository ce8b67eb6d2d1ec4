//! A modem that stops at any byte of any answer says nothing more until what was chosen brings it back.
use crate::common;

use common::{Rig, running};
use modem_sim::{Hang, Model, Options, Recovery};

const COMMANDS: [&str; 6] = ["AT+CSQ", "AT+COPS?", "AT+CGDCONT?", "AT+CPIN?", "AT+CEREG?", "ATI"];

#[test]
fn the_answer_ends_where_it_was_told_to() {
    for &model in Model::KNOWN {
        for command in COMMANDS {
            let whole = Rig::new(model, running()).ok(command);
            for after in 0..whole.len() {
                let name = command.trim_start_matches("AT").to_owned();
                let hang = Hang { command: name, skip: 1, after, until: Recovery::Command };
                let mut rig = Rig::new(model, Options { hangs: vec![hang], ..running() });
                assert_eq!(rig.ok(command), whole);
                rig.pass_ms(30);
                rig.send(format!("{command}\r").as_bytes());
                rig.pass_ms(60_000);
                assert_eq!(rig.printed(), whole[..after], "{model}: {command}");
                assert_eq!(rig.ok(command), whole);
            }
        }
    }
}

#[test]
fn only_what_is_strong_enough_helps() {
    for &model in Model::KNOWN {
        let hang = Hang { command: String::new(), skip: 0, after: 0, until: Recovery::Radio };
        let mut rig = Rig::new(model, Options { hangs: vec![hang], ..running() });
        for command in ["AT", "AT", "AT+CSQ", "ATZ"] {
            rig.send(format!("{command}\r").as_bytes());
            rig.pass_ms(1000);
            assert_eq!(rig.printed(), "", "{model}: {command}");
        }
        rig.ok("AT+CFUN=0");
        rig.ok("AT");
    }
}
