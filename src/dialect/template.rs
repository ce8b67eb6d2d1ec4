//! Commands and information texts as they stand in the vendors' manuals, with names in braces
//! where a value belongs.
//!
//! One reader and one writer serve all tables, so that a step costs the bytes of its text.

use core::net::{IpAddr, SocketAddr};
use core::str::Bytes;

use super::{Args, CredentialKind, Reading, SimState, SocketOption, cellular};
use crate::at::{CommandWriter, Params};
use crate::error::Error;
use crate::link::{PowerSaving, family};

/// Writes a command. An unknown name fails it.
pub(crate) fn write(template: &str, args: &Args<'_>, w: &mut CommandWriter<'_>) {
    let mut bytes = template.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'{' {
            w.byte(byte);
            continue;
        }
        value(bytes.next(), &mut bytes, args, w);
        if !bytes.any(|byte| byte == b'}') {
            w.fail();
        }
    }
}

/// Names differ in their first letters, and those decide: comparing whole names would cost more
/// than all tables.
fn value(letter: Option<u8>, rest: &mut Bytes<'_>, args: &Args<'_>, w: &mut CommandWriter<'_>) {
    let call = args.call;
    let number = match letter {
        // {id}, {length}, {port}, {own port}, {cid}, {slot}, {type}, {value}, {release}
        Some(b'i') => call.id.into(),
        Some(b'l') => call.len.into(),
        Some(b'p') => call.remote.port().into(),
        Some(b'o') => call.local_port.into(),
        Some(b'c') => args.config.cid.into(),
        Some(b's') => call.credential.slot.into(),
        Some(b't') => call.credential.kind as u32,
        Some(b'v') => match call.option {
            Some(SocketOption::KeepAlive(value) | SocketOption::Linger(value)) => value.into(),
            Some(SocketOption::NoDelay(value)) => value.into(),
            Some(SocketOption::TimeToLive(value)) => value.into(),
            None => 0,
        },
        Some(b'r') => call.release as u32,
        // {baud}
        Some(b'b') => args.config.fixed_baud.unwrap_or(args.config.baud),
        // {Reports}: with the timers of power saving, or without.
        Some(b'R') => 2 + 2 * u32::from(args.config.power_saving.is_some()),
        letter => {
            match letter {
                // {kind}, {address}, {name}, {APN}, {PIN}
                Some(b'k') if call.credential.kind == CredentialKind::PrivateKey => _ = w.text("privatekey"),
                Some(b'k') => _ = w.text("certificate"),
                Some(b'a') => _ = w.address(call.remote.ip()),
                Some(b'n') => _ = w.quoted(args.name),
                Some(b'A') => _ = w.quoted(args.config.apn.as_bytes()),
                Some(b'P') => _ = w.quoted(args.config.pin.as_bytes()),
                // {Update}, {Quiet}: the timers of power saving
                Some(letter @ (b'U' | b'Q')) => {
                    let Some(saving) = args.config.power_saving else { return w.fail() };
                    let [update, active] = saving.bits();
                    _ = w.quoted(if letter == b'U' { &update } else { &active });
                }
                // {T…}: see `security::write`.
                _ => match args.secure {
                    Some(secure) => (secure.write)(rest.next(), secure, w),
                    None => w.fail(),
                },
            };
            return;
        }
    };
    w.number(number);
}

/// Reads an information text. `None` when it does not fit, or is about another socket.
pub(crate) fn read(template: &[u8], reading: &mut Reading<'_>, mut params: Params<'_>) -> Option<()> {
    let Reading { config, call, status, name } = reading;
    let found = &mut call.found;
    for field in template.split(|&b| b == b',') {
        let [b'{', letter, ..] = field else {
            // Without braces it stands for itself.
            if params.raw()? != field {
                return None;
            }
            continue;
        };
        match letter {
            // {*}
            b'*' => _ = params.raw()?,
            // {id}
            b'i' => {
                if params.byte()? != call.id {
                    return None;
                }
            }
            // {cid}: a text about another context is an answer, too, and says nothing.
            b'c' => {
                if params.byte()? != config.cid {
                    return Some(());
                }
            }
            // {new id}
            b'n' => {
                call.id = params.byte()?;
                found.id = Some(call.id);
            }
            // {bytes}
            b'b' => found.count = Some(params.word()?),
            // {unread}
            b'u' => {
                found.count = Some(params.word()?);
                found.open = Some(true);
            }
            // {total}
            b't' => found.total = Some(params.number()?),
            // {got}
            b'g' => found.received = params.number(),
            // {state}
            b's' => {
                let state = params.byte()?;
                found.state = Some(state);
                found.open = Some(state != 0);
            }
            // {Ends}: address and port of this end and of the other, where there are such.
            b'E' => {
                params.raw();
                params.raw();
                if let (Some(ip), Some(port)) = (params.address(), params.word()) {
                    call.remote = SocketAddr::new(ip, port);
                }
                return Some(());
            }
            // {TCP state}: 4 is established.
            b'T' => {
                let state = params.byte()?;
                found.state = Some(state);
                found.open = Some(state == 4);
            }
            // {Up}: 1, or a word for it.
            b'U' => {
                let text = params.text()?;
                found.active = Some(text == b"1" || text.starts_with(b"enable"));
            }
            // {addresses}: the first that fits.
            b'a' => {
                while let Some(text) = params.text() {
                    let fits = |address: &IpAddr| {
                        !address.is_unspecified() && call.ipv6.is_none_or(|ipv6| ipv6 == address.is_ipv6())
                    };
                    let address = crate::at::parse_address(text).filter(fits);
                    if let Some(address) = address {
                        status.families |= family(address);
                    }
                    found.address = found.address.or(address);
                }
            }
            // {host}
            b'h' => name.set(params.text()?),
            // {errno}
            b'e' => {
                found.cause = match params.number()? {
                    98 => Some(Error::PortInUse),
                    111 => Some(Error::Refused),
                    101 | 110 | 113 => Some(Error::Timeout),
                    _ => None,
                };
            }
            // {functionality}
            b'f' => found.functionality = Some(params.byte()?),
            // {Defined}: the configured context is.
            b'D' => {
                if params.byte()? != config.cid {
                    return Some(());
                }
                found.context = true;
            }
            // {APN}
            b'A' => found.apn_is_set = params.text()?.eq_ignore_ascii_case(config.apn.as_bytes()),
            // {registration}
            b'r' => {
                found.registration = Some(cellular::registration(params)?);
                return Some(());
            }
            // {mode}
            b'm' => found.operator_mode = params.byte(),
            // {operator}
            b'o' => {
                params.raw();
                status.set_operator(params.text().unwrap_or_default());
            }
            // {Generation}: the access technology, where it is given. Those below E-UTRAN are known by
            // nothing else.
            b'G' => {
                if let (Some(0..=3), Some(registration)) = (params.byte(), &mut found.registration) {
                    *registration = 1;
                }
            }
            // {dBm}, as `+CSQ` codes it
            b'd' => status.set_signal(params.byte()?),
            // {Which}: only the tries of the PIN matter.
            b'W' => {
                if params.text()? != b"SIM PIN" {
                    return Some(());
                }
            }
            // {Power saving}: on, with the timers that are configured
            b'P' => {
                let on = params.byte()? == 1;
                _ = (params.raw(), params.raw());
                let now =
                    PowerSaving::parse(params.text().unwrap_or_default(), params.text().unwrap_or_default());
                found.active = Some(on && now == config.power_saving);
            }
            // {wait}: the timers of power saving
            b'w' => {
                if let Some(granted) = cellular::granted(params) {
                    status.granted = granted;
                }
                return Some(());
            }
            // {left}
            b'l' => found.tries = Some(params.byte()?),
            // {SIM}
            b'S' => {
                found.sim = Some(SimState::parse(params.text()?));
            }
            _ => return None,
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{Call, Procedure};
    use crate::{Config, Status};

    #[test]
    fn every_command_of_every_table_can_be_written() {
        let second = crate::Duration::from_secs(1);
        let saving = crate::PowerSaving::new(second, second).unwrap();
        let config = Config::new().apn("iot").unwrap().pin("1234").unwrap().power_saving(saving);
        let call = Call { remote: ([10, 0, 0, 7], 7).into(), ..Call::new() };
        let args = Args { config: &config, name: b"host", call: &call, secure: None };
        for dialect in crate::dialect::detect::MODELS {
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
        assert_eq!(found("{id},{bytes}", "3,20").unwrap().found.count, Some(20));
        assert!(found("{id},{bytes}", "4,20").is_none());
        assert!(found("{id},{bytes}", "3,2x").is_none());
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
