//! Echo, error format and the executing command belong to the channel; card, registration and sockets to
//! the modem.

use crate::common;

use common::mux::MuxRig;
use common::{SERVER, running};
use modem_sim::{Model, Options, Peer};

#[test]
fn echo_and_error_format_are_set_for_one_channel() {
    let mut mux = MuxRig::opened(Model::SaraR5, running(), 64, &[1, 2]);
    assert_eq!(mux.command(1, "ATE0"), "ATE0\r\r\nOK\r\n");
    assert_eq!(mux.command(1, "AT+CMEE=2"), "\r\nOK\r\n");
    assert_eq!(mux.command(1, "AT+USORD=0,4"), "\r\n+CME ERROR: operation not allowed\r\n");
    assert_eq!(mux.command(2, "AT+USORD=0,4"), "AT+USORD=0,4\r\r\nERROR\r\n");
    mux.assert_no_breach();
}

#[test]
fn commands_execute_side_by_side() {
    let options = Options { dns_timeout: std::time::Duration::from_secs(3), ..running() };
    let mut mux = MuxRig::opened(Model::SaraR5, options, 64, &[1, 2]);
    mux.ok(1, "ATE0");
    mux.pass_ms(25);
    // Nobody knows this name, so the command lasts.
    mux.write(1, b"AT+UDNSRN=0,\"nobody.example\"\r");
    assert_eq!(mux.ok(2, "AT+CGATT?"), "AT+CGATT?\r\r\n+CGATT: 1\r\n\r\nOK\r\n");
    assert_eq!(mux.printed(1), "");
    assert_eq!(mux.wait_for(1, b"ERROR\r\n"), b"\r\nERROR\r\n");
    mux.assert_no_breach();
}

#[test]
fn a_socket_that_was_made_on_one_channel_is_used_on_another() {
    let mut mux = MuxRig::opened(Model::SaraR5, running(), 64, &[1, 2]);
    mux.rig.net.on(SERVER, 7, Peer::Echo);
    mux.ok(1, "ATE0");
    mux.ok(2, "ATE0");
    assert_eq!(mux.ok(2, "AT+USOCR=6"), "\r\n+USOCR: 0\r\n\r\nOK\r\n");
    mux.ok(2, "AT+USOCO=0,\"192.0.2.1\",7");
    assert_eq!(mux.ok(1, "AT+USOWR=0,5,\"hello\""), "\r\n+USOWR: 0,5\r\n\r\nOK\r\n");
    // The report comes on the first channel.
    mux.wait_for(1, b"\r\n+UUSORD: 0,5\r\n");
    assert_eq!(mux.ok(2, "AT+USORD=0,9"), "\r\n+USORD: 0,5,\"hello\"\r\n\r\nOK\r\n");
    mux.assert_no_breach();
}

#[test]
fn a_payload_goes_over_the_channel_of_its_prompt() {
    let mut mux = MuxRig::opened(Model::Gm02s, running(), 31, &[2, 3]);
    mux.rig.net.on(SERVER, 7, Peer::Echo);
    mux.ok(2, "ATE0");
    mux.ok(2, "AT+SQNSCFG=1,1,300,0,600,50");
    mux.ok(2, "AT+SQNSD=1,0,7,\"192.0.2.1\",0,0,1");
    mux.write(2, b"AT+SQNSSENDEXT=1,100\r");
    mux.wait_for(2, b"\r\n> ");
    let all = mux.ok(3, "AT+SQNSS?");
    assert!(all.contains("+SQNSS: 1,2,"), "{all}");
    // 100 bytes in frames of 31, flags among them.
    mux.write(2, &[0xf9; 100]);
    mux.wait_for(2, b"\r\nOK\r\n");
    mux.wait_for(2, b"\r\n+SQNSRING: 1,100\r\n");
    mux.pass_ms(25);
    mux.write(2, b"AT+SQNSRECV=1,1500\r");
    let head = b"\r\n+SQNSRECV: 1,100\r\n";
    assert_eq!(mux.wait_for(2, b"\r\n\r\nOK\r\n"), [&head[..], &[0xf9; 100], b"\r\n\r\nOK\r\n"].concat());
    mux.assert_no_breach();
}
