//! Commands and information texts as they stand in the vendors' manuals, with names in braces
//! where a value belongs.
//!
//! One reader and one writer serve all tables, so that a step costs the bytes of its text.

use super::{Args, CredentialKind, Reading, SimState, cellular};
use crate::at::{CommandWriter, Params};
use crate::error::Error;

/// Writes a command. An unknown name fails it.
pub(crate) fn write(template: &str, args: &Args<'_>, w: &mut CommandWriter<'_>) {
    let mut rest = template;
    while let Some((text, tail)) = rest.split_once('{') {
        w.text(text);
        let Some((name, tail)) = tail.split_once('}') else { return w.fail() };
        value(name.as_bytes(), args, w);
        rest = tail;
    }
    w.text(rest);
}

fn value(name: &[u8], args: &Args<'_>, w: &mut CommandWriter<'_>) {
    let call = args.call;
    let number = match name {
        b"id" => call.id.into(),
        b"len" => call.len.into(),
        b"port" => call.remote.port().into(),
        b"local" => call.local_port.into(),
        b"cid" => args.config.cid.into(),
        b"slot" => call.credential.slot.into(),
        b"type" => call.credential.kind as u32,
        b"kind" => {
            let key = call.credential.kind == CredentialKind::PrivateKey;
            w.text(if key { "privatekey" } else { "certificate" });
            return;
        }
        b"ip" => return done(w.address(call.remote.ip())),
        b"name" => return done(w.quoted(args.name)),
        b"apn" => return done(w.quoted(args.config.apn.as_bytes())),
        b"pin" => return done(w.quoted(args.config.pin.as_bytes())),
        _ => return w.fail(),
    };
    w.number(number);
}

fn done(_: &mut CommandWriter<'_>) {}

/// Reads an information text. `None` when it does not fit, or is about another socket.
pub(crate) fn read(template: &[u8], reading: &mut Reading<'_>, mut params: Params<'_>) -> Option<()> {
    let Reading { config, call, status, name } = reading;
    for field in template.split(|&b| b == b',') {
        match field {
            b"{*}" => _ = params.raw()?,
            b"{id}" if params.byte()? != call.id => return None,
            b"{id}" => {}
            // A text about another context is an answer, too, and says nothing.
            b"{cid}" if params.byte()? != config.cid => return Some(()),
            b"{cid}" => {}
            b"{new id}" => {
                call.id = params.byte()?;
                call.found.id = Some(call.id);
            }
            b"{count}" => call.found.count = Some(params.word()?),
            b"{unread}" => {
                call.found.count = Some(params.word()?);
                call.found.open = Some(true);
            }
            b"{total}" => call.found.total = Some(params.number()?),
            b"{state}" => call.found.open = Some(params.byte()? != 0),
            // TCP state 4 is established.
            b"{TCP state}" => call.found.open = Some(params.byte()? == 4),
            b"{address}" => call.found.address = Some(params.address()?),
            b"{addresses}" => {
                while let Some(text) = params.text() {
                    let address = crate::at::parse_address(text).filter(|address| {
                        !address.is_unspecified() && call.ipv6.is_none_or(|ipv6| ipv6 == address.is_ipv6())
                    });
                    call.found.address = call.found.address.or(address);
                }
            }
            b"{name}" => name.set(params.text()?),
            b"{errno}" => {
                call.found.cause = match params.number()? {
                    111 => Some(Error::Refused),
                    101 | 110 | 113 => Some(Error::Timeout),
                    _ => None,
                };
            }
            b"{fun}" => call.found.functionality = Some(params.byte()?),
            b"{apn}" => call.found.apn_is_set = params.text()?.eq_ignore_ascii_case(config.apn.as_bytes()),
            b"{stat}" => {
                call.found.registration = Some(cellular::registration(params)?);
                return Some(());
            }
            b"{mode}" => call.found.operator_mode = params.byte(),
            b"{operator}" => {
                params.raw();
                status.set_operator(params.text().unwrap_or_default());
            }
            b"{rssi}" => status.set_signal(params.byte()?),
            b"{SIM}" => {
                call.found.sim = Some(match params.text()? {
                    b"READY" => SimState::Ready,
                    b"SIM PIN" => SimState::Pin,
                    b"SIM PUK" => SimState::Puk,
                    _ => SimState::Locked,
                });
            }
            // Anything else stands for itself.
            literal if params.raw()? == literal => {}
            _ => return None,
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{Call, Dialect, Procedure, sequans, ublox};
    use crate::{Config, Status};

    #[test]
    fn every_command_of_every_table_can_be_written() {
        let config = Config::new().apn("iot").unwrap().pin("1234").unwrap();
        let call = Call { remote: ([10, 0, 0, 7], 7).into(), ..Call::new() };
        let args = Args { config: &config, name: b"host", call: &call };
        let dialects: [&dyn Dialect; 2] = [&ublox::SARA_R5, &sequans::RYZ014A];
        for dialect in dialects {
            for step in Procedure::ALL.iter().flat_map(|&procedure| dialect.steps(procedure)) {
                let mut buffer = [0; 280];
                let mut writer = CommandWriter::new(&mut buffer);
                write(step.command, &args, &mut writer);
                let len = writer.finish().unwrap_or_else(|| panic!("{}", step.command));
                assert!(!buffer[..len].contains(&b'{'), "{}", step.command);
            }
        }
    }

    fn found(template: &str, text: &str) -> Option<Call> {
        let mut call = Call { id: 3, ..Call::new() };
        let (mut status, mut name) = (Status::new(), crate::Name::new());
        let config = Config::new();
        let mut reading = Reading { config: &config, call: &mut call, status: &mut status, name: &mut name };
        read(template.as_bytes(), &mut reading, Params::new(text.as_bytes()))?;
        Some(call)
    }

    #[test]
    fn a_text_about_another_socket_is_not_taken() {
        assert_eq!(found("{id},{count}", "3,20").unwrap().found.count, Some(20));
        assert!(found("{id},{count}", "4,20").is_none());
        assert!(found("{id},{count}", "3,2x").is_none());
        assert!(found("{id},10,{TCP state}", "3,11,4").is_none());
    }

    #[test]
    fn the_first_address_that_fits_is_taken() {
        let call = found("{cid},{addresses}", "1,\"0.0.0.0\",\"10.1.2.3\"").unwrap();
        assert_eq!(call.found.address, Some([10, 1, 2, 3].into()));
        assert_eq!(found("{cid},{addresses}", "1").unwrap().found.address, None);
        assert_eq!(found("{cid},{addresses}", "2,\"10.1.2.3\"").unwrap().found.address, None);
    }
}
