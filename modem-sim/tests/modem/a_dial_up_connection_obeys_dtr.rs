//! DTR that goes off while a dial-up connection is in data mode, and `&D`.

use crate::common;

use std::time::Duration;

use common::dialup::Host;
use common::mux::MuxRig;
use common::{Rig, SERVER, running};
use modem_sim::{DialupOptions, Happening, Model, Options, Peer};

/// A host that has dialled with this `&D`.
fn dialled(model: Model, setting: &str) -> Host {
    let mut host = Host::new(model, running());
    // LENA-R8 resumes only what +CGACT has activated.
    host.rig.command("AT+CGDCONT=1,\"IP\",\"internet\"");
    host.rig.command("AT+CGACT=1,1");
    if !setting.is_empty() {
        host.rig.ok(&format!("AT{setting}"));
    }
    host.connect();
    host
}

fn set(host: &mut Host, on: bool) {
    let now = host.rig.now;
    host.rig.modem.set_dtr(now, on);
}

/// Off for a tenth of a second.
fn pulse(host: &mut Host) {
    set(host, false);
    host.rig.pass_ms(100);
    set(host, true);
}

#[test]
fn with_0_it_is_ignored() {
    for &model in Model::KNOWN {
        for setting in ["&D0", "&D"] {
            let mut host = dialled(model, setting);
            host.rig.net.on(SERVER, 7, Peer::Echo);
            pulse(&mut host);
            let socket = host.open(4096, (SERVER, 7), 50_000);
            host.wait(|host| host.tcp(socket).may_send());
            assert!(host.rig.modem.is_dialed(), "{model}");
        }
    }
}

#[test]
fn with_1_commands_are_taken_and_the_connection_goes_on() {
    for &model in Model::KNOWN {
        let mut host = dialled(model, "&D1");
        host.rig.net.on(SERVER, 7, Peer::Echo);
        let socket = host.open(4096, (SERVER, 7), 50_000);
        host.wait(|host| host.tcp(socket).may_send());
        host.rig.printed();
        pulse(&mut host);
        host.rig.wait_for(b"\r\nOK\r\n");
        host.rig.ok("AT");
        assert!(host.rig.modem.is_dialed(), "{model}");
        host.rig.pass_ms(25);
        host.rig.send(b"ATO\r");
        assert!(host.answer().starts_with("CONNECT"), "{model}");
        host.tcp(socket).send_slice(b"again").unwrap();
        host.wait(|host| host.tcp(socket).recv_queue() == 5);
        assert_eq!(host.rig.rules(), [], "{model}");
    }
}

#[test]
fn with_2_the_connection_ends() {
    for &model in Model::KNOWN {
        let mut host = dialled(model, "&D2");
        host.rig.net.on(SERVER, 7, Peer::Echo);
        let socket = host.open(4096, (SERVER, 7), 50_000);
        host.wait(|host| host.tcp(socket).may_send());
        set(&mut host, false);
        assert!(!host.rig.modem.is_dialed(), "{model}");
        host.rig.wait_for(b"\r\nNO CARRIER\r\n");
        assert!(host.rig.net.connections()[0].reset_by_modem, "{model}");
        set(&mut host, true);
        assert!(host.rig.command("ATO").contains("NO CARRIER"), "{model}");
        host.rig.pass_ms(25);
        assert!(host.dial().starts_with("CONNECT"), "{model}");
    }
}

#[test]
fn ublox_modules_are_left_where_nothing_was_set() {
    for &model in Model::KNOWN {
        let mut host = dialled(model, "");
        host.rig.printed();
        pulse(&mut host);
        host.rig.pass_ms(1000);
        let printed = host.rig.printed();
        assert_eq!(printed.ends_with("\r\nOK\r\n"), model.is_ublox(), "{model}: {printed:?}");
        assert!(host.rig.modem.is_dialed(), "{model}");
    }
}

#[test]
fn a_connection_that_was_left_ends_too() {
    let mut host = dialled(Model::SaraR5, "&D1");
    pulse(&mut host);
    host.rig.wait_for(b"\r\nOK\r\n");
    host.rig.ok("AT&D2");
    host.rig.pass_ms(25);
    pulse(&mut host);
    host.rig.wait_for(b"\r\nNO CARRIER\r\n");
    assert!(!host.rig.modem.is_dialed());
}

#[test]
fn dtr_that_goes_on_changes_nothing() {
    let mut host = Host::new(Model::SaraR5, running());
    host.rig.ok("AT&D2");
    // It goes off before there is a connection.
    set(&mut host, false);
    host.connect();
    set(&mut host, true);
    host.pass(Duration::from_secs(1));
    assert!(host.rig.modem.is_dialed());
}

#[test]
fn the_escape_sequence_as_an_end_does_not_make_dtr_one() {
    let dialup = DialupOptions { escape_ends: true, ..Default::default() };
    let mut host = Host::up(Model::SaraR5, Options { dialup, ..running() });
    pulse(&mut host);
    host.rig.wait_for(b"\r\nOK\r\n");
    assert!(host.rig.modem.is_dialed());
}

#[test]
fn the_setting_is_forgotten_with_a_restart_and_a_reset_of_the_profile() {
    for forget in ["ATZ", "AT+CFUN=16"] {
        let mut host = Host::new(Model::SaraR5, running());
        host.rig.ok("AT&D2");
        host.rig.ok(forget);
        host.rig.pass_ms(15_000);
        host.rig.command("ATE0");
        host.connect();
        pulse(&mut host);
        host.rig.wait_for(b"\r\nOK\r\n");
        assert!(host.rig.modem.is_dialed(), "{forget}");
    }
}

#[test]
fn other_values_are_refused() {
    for &model in Model::KNOWN {
        let mut rig = Rig::new(model, running());
        assert!(rig.command("AT&D3").contains("ERROR"), "{model}");
        assert!(rig.command("AT&D?").contains("ERROR"), "{model}");
    }
}

#[test]
fn a_scenario_pulls_the_pin() {
    let scenario = vec![(Duration::from_secs(60), Happening::Dtr(false))];
    let mut host = Host::new(Model::SaraR5, Options { scenario, ..running() });
    host.rig.ok("AT&D2");
    host.connect();
    host.pass(Duration::from_secs(61) - host.rig.now);
    assert!(!host.rig.modem.is_dialed());
}

#[test]
fn the_pin_is_nothing_to_channels_of_a_multiplexer() {
    let mut muxed = MuxRig::opened(Model::SaraR5, running(), 127, &[1, 2]);
    muxed.ok(1, "AT+CGDCONT=1,\"IP\",\"internet\"");
    muxed.ok(1, "AT+UAUTHREQ=1,1,\"name\",\"password\"");
    muxed.ok(2, "AT&D2");
    muxed.pass_ms(25);
    muxed.write(2, b"ATD*99***1#\r");
    muxed.wait_for(2, b"CONNECT\r\n");
    let now = muxed.rig.now;
    muxed.rig.modem.set_dtr(now, false);
    muxed.pass_ms(1000);
    assert!(muxed.rig.modem.is_dialed());
    assert!(!muxed.printed(2).contains("NO CARRIER"));
}
