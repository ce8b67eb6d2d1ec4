//! Dialling strings, `+CGDATA`, and what they need.

use crate::common;

use common::dialup::Host;
use common::{Rig, running};
use modem_sim::{DialFailure, DialupOptions, Model, Options, Registration};

fn open() -> Options {
    Options { dialup: DialupOptions { needs_credentials: Some(false), ..Default::default() }, ..running() }
}

#[test]
fn every_form_of_the_dialling_string_is_understood() {
    let forms =
        ["ATD*99***1#", "ATD*99#", "atdt*99***1#", "ATD*99**PPP*1#", "ATD*99*1.2.3.4*1*1#", "ATD *99#"];
    for form in forms.into_iter().chain(["AT+CGDATA=\"PPP\",1", "AT+CGDATA=\"PPP\""]) {
        let mut rig = Rig::new(Model::SaraR5, open());
        rig.send(format!("{form}\r").as_bytes());
        rig.wait_for(b"\r\nCONNECT\r\n");
        assert!(rig.modem.is_dialed(), "{form}");
    }
}

#[test]
fn others_are_not() {
    for form in ["ATD5551234;", "ATD*98#", "ATD*99***9#", "ATD*99***x#", "ATD*99**X*1#", "ATD*99***1", "ATD"]
    {
        let mut rig = Rig::new(Model::SaraR5, open());
        assert_eq!(rig.command(form), "\r\nNO CARRIER\r\n", "{form}");
    }
    let mut rig = Rig::new(Model::SaraR5, open());
    rig.ok("AT+CMEE=1");
    assert_eq!(rig.command("AT+CGDATA=\"M-PPP\",1"), "\r\n+CME ERROR: 50\r\n");
    assert_eq!(rig.command("AT+CGDATA=\"PPP\",9"), "\r\n+CME ERROR: 3\r\n");
    assert_eq!(rig.ok("AT+CGDATA=?"), "\r\n+CGDATA: (\"PPP\")\r\n\r\nOK\r\n");
}

#[test]
fn without_a_network_there_is_none() {
    let mut rig = Rig::new(Model::SaraR5, Options { registration: Registration::Denied, ..open() });
    assert_eq!(rig.command("ATD*99#"), "\r\nNO CARRIER\r\n");
    let dialup = DialupOptions { failure: DialFailure::Error, ..Default::default() };
    let mut rig =
        Rig::new(Model::SaraR5, Options { registration: Registration::Denied, dialup, ..running() });
    assert_eq!(rig.command("ATD*99#"), "\r\nERROR\r\n");
}

#[test]
fn sara_r5_and_lexi_r520_want_a_name_and_a_password() {
    for &model in Model::KNOWN {
        let mut rig = Rig::new(model, running());
        rig.ok("AT+CGDCONT=1,\"IP\",\"internet\"");
        let strict = matches!(model, Model::SaraR5 | Model::SaraR500b | Model::SaraR501b | Model::LexiR520);
        rig.pass_ms(25);
        rig.send(b"ATD*99***1#\r");
        rig.pass_ms(100);
        assert_eq!(rig.modem.is_dialed(), !strict, "{model}");
        if strict {
            assert_eq!(rig.printed(), "\r\nNO CARRIER\r\n");
            rig.ok("AT+UAUTHREQ=1,2,\"dummy\",\"dummy\"");
            rig.send(b"ATD*99***1#\r");
            rig.wait_for(b"\r\nCONNECT\r\n");
        }
    }
}

#[test]
fn lena_r8_needs_a_context_of_its_own() {
    let mut rig = Rig::new(Model::LenaR8, running());
    assert_eq!(rig.command("ATD*99***1#"), "\r\nNO CARRIER\r\n");
    assert_eq!(rig.command("ATD*99***0#"), "\r\nNO CARRIER\r\n");
    let mut host = Host::new(Model::LenaR8, running());
    host.connect();
}

#[test]
fn the_context_is_activated_for_it_and_deactivated_after_it() {
    let mut rig = Rig::new(Model::LenaR8, running());
    rig.ok("AT+CGDCONT=2,\"IP\",\"internet\"");
    rig.pass_ms(25);
    rig.send(b"ATD*99***2#\r");
    rig.wait_for(b"\r\nCONNECT\r\n");
    rig.pass_ms(2100);
    rig.send(b"+++");
    rig.wait_for(b"\r\nOK\r\n");
    assert!(rig.ok("AT+CGACT?").contains("+CGACT: 2,1"));
    // What the dial has activated is not resumed.
    assert_eq!(rig.command("ATO"), "\r\nNO CARRIER\r\n");
    assert!(!rig.ok("AT+CGACT?").contains("+CGACT: 2,1"));
}

#[test]
fn sara_r42_tells_a_speed() {
    let mut host = Host::new(Model::SaraR42, running());
    assert_eq!(host.dial(), "CONNECT 150000000");
    let dialup = DialupOptions { connect_text: Some(String::new()), ..Default::default() };
    let mut host = Host::new(Model::SaraR42, Options { dialup, ..running() });
    assert_eq!(host.dial(), "CONNECT");
}
