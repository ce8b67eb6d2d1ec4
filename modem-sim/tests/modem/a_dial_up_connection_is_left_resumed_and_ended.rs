//! `+++`, `ATO`, `ATH`, LCP Terminate, and the ends that the host does not want.

use crate::common;

use std::time::Duration;

use common::dialup::{Host, control, framed};
use common::{SERVER, running};
use modem_sim::{DialupEnd, DialupOptions, Direction, Model, Options, Peer, Registration};

const LCP: u16 = 0xc021;

fn dialup(dialup: DialupOptions) -> Options {
    Options { dialup, ..running() }
}

/// The guard time of the model, and some more.
fn guard(model: Model) -> u64 {
    if model == Model::LenaR8 { 2050 } else { 1050 }
}

fn escape(host: &mut Host, model: Model) {
    host.pass(Duration::from_millis(guard(model)));
    host.rig.line.push(Direction::ToModem, host.rig.now, b"+++");
    host.rig.wait_for(b"\r\nOK\r\n");
}

#[test]
fn it_stands_still_while_commands_are_given() {
    for &model in Model::KNOWN {
        let mut host = Host::new(model, running());
        host.rig.net.on(SERVER, 7, Peer::Echo);
        // LENA-R8 resumes only what +CGACT has activated.
        host.rig.command("AT+CGDCONT=1,\"IP\",\"internet\"");
        host.rig.command("AT+CGACT=1,1");
        host.connect();
        let socket = host.open(4096, (SERVER, 7), 50_000);
        host.wait(|host| host.tcp(socket).may_send());
        escape(&mut host, model);
        host.rig.ok("AT");
        let conn = host.rig.net.connections()[0].id;
        host.rig.net.send(conn, b"waits");
        host.rig.pass_ms(5000);
        assert_eq!(host.rig.printed(), "", "{model}");
        host.rig.pass_ms(25);
        host.rig.send(b"ATO\r");
        assert!(host.answer().starts_with("CONNECT"), "{model}");
        host.wait(|host| host.tcp(socket).recv_queue() == 5);
        assert_eq!(host.rig.rules(), [], "{model}");
    }
}

#[test]
fn hanging_up_ends_it() {
    for &model in Model::KNOWN {
        let mut host = Host::up(model, running());
        escape(&mut host, model);
        let stubborn = matches!(model, Model::SaraR42 | Model::LexiR422 | Model::LenaR8);
        host.rig.ok("ATH");
        assert_eq!(host.rig.modem.is_dialed(), stubborn, "{model}");
        host.rig.ok("AT+CVHU=0");
        host.rig.ok("ATH");
        assert!(!host.rig.modem.is_dialed());
        assert!(host.rig.command("ATO").contains("NO CARRIER"));
        host.rig.pass_ms(25);
        assert!(host.dial().starts_with("CONNECT"), "{model}");
    }
}

#[test]
fn the_host_terminates_ppp() {
    for &model in Model::KNOWN {
        let mut host = Host::up(model, running());
        host.rig.net.on(SERVER, 7, Peer::Echo);
        let socket = host.open(4096, (SERVER, 7), 50_000);
        host.wait(|host| host.tcp(socket).may_send());
        host.control.clear();
        host.say(LCP, &control(5, 99, b"bye"));
        host.pass(Duration::from_millis(500));
        assert_eq!(host.control, [(LCP, control(6, 99, &[]))], "{model}");
        assert!(!host.rig.modem.is_dialed());
        assert!(host.rig.net.connections()[0].reset_by_modem);
        host.rig.ok("AT");
    }
}

#[test]
fn no_carrier_follows_the_acknowledgement() {
    let mut host = Host::up(Model::SaraR5, running());
    host.rig.line.push(Direction::ToModem, host.rig.now, &framed(LCP, &control(5, 9, &[])));
    host.rig.pass_ms(500);
    let got = host.rig.got.clone();
    assert_eq!(got.last_chunk(), Some(b"\x7e\r\nNO CARRIER\r\n"), "{}", got.escape_ascii());
}

#[test]
fn the_network_ends_it_as_the_option_says() {
    for end in [DialupEnd::Terminate, DialupEnd::NoCarrier, DialupEnd::Silent] {
        for never in [true, false] {
            let mut host = Host::up(Model::SaraR5, dialup(DialupOptions { end, ..Default::default() }));
            host.control.clear();
            let why = if never { Registration::Never } else { Registration::Denied };
            host.rig.modem.set_registration(host.rig.now, why);
            if end == DialupEnd::Terminate {
                host.wait(|host| host.control.iter().any(|(p, data)| (*p, data[0]) == (LCP, 5)));
                host.rig.wait_for(b"\r\nNO CARRIER\r\n");
            } else {
                host.rig.pass_ms(100);
                let printed = host.rig.printed();
                assert_eq!(printed.contains("NO CARRIER"), end == DialupEnd::NoCarrier, "{printed:?}");
            }
            assert!(!host.rig.modem.is_dialed());
            host.rig.ok("AT");
        }
    }
}

#[test]
fn a_host_that_does_not_answer_the_termination_waits_for_its_end() {
    let mut host = Host::up(Model::SaraR5, running());
    host.wishes.mute = true;
    host.rig.modem.set_registration(host.rig.now, Registration::Denied);
    host.pass(Duration::from_secs(7));
    assert!(!host.rig.modem.is_dialed());
}

#[test]
fn a_detach_in_command_mode_is_told() {
    let mut host = Host::up(Model::SaraR5, running());
    escape(&mut host, Model::SaraR5);
    host.rig.pass_ms(25);
    host.rig.send(b"AT+CGATT=0\r");
    host.rig.wait_for(b"\r\nOK\r\n");
    host.rig.wait_for(b"\r\nNO CARRIER\r\n");
    assert!(!host.rig.modem.is_dialed());
}

#[test]
fn a_reboot_ends_it_without_a_word() {
    let mut host = Host::up(Model::SaraR5, running());
    host.rig.modem.reboot(host.rig.now);
    assert!(!host.rig.modem.is_dialed());
    host.rig.pass_ms(10_000);
    assert_eq!(host.rig.printed(), "");
    host.rig.command("ATE0");
    assert!(host.dial().starts_with("CONNECT"));
}

#[test]
fn the_escape_sequence_can_be_an_end() {
    let options = dialup(DialupOptions { escape_ends: true, ..Default::default() });
    let mut host = Host::up(Model::SaraR5, options);
    host.pass(Duration::from_millis(1050));
    host.rig.line.push(Direction::ToModem, host.rig.now, b"+++");
    host.rig.wait_for(b"\r\nNO CARRIER\r\n");
    assert!(!host.rig.modem.is_dialed());
}

#[test]
fn silence_may_fall_at_any_time() {
    let options = dialup(DialupOptions { silent_after: Some(Duration::from_secs(60)), ..Default::default() });
    let mut host = Host::up(Model::SaraR5, options);
    host.pass(Duration::from_secs(70));
    host.control.clear();
    host.say(LCP, &control(9, 1, &[9, 9, 9, 9]));
    host.pass(Duration::from_secs(10));
    assert_eq!(host.control, []);
    escape(&mut host, Model::SaraR5);
}
