//! `+UPING` is answered at once, and each echo or its absence is told afterwards.

use crate::common;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Options, Peer, Registration};

const LOST: &str = "192.0.2.77";

/// Sockets can be used.
fn rig(model: Model) -> Rig {
    let mut rig = Rig::new(model, Options { stale_packet_data: true, ..running() });
    rig.net.host("one.example", &[SERVER.into()]);
    rig.pass_ms(1000);
    rig
}

fn ublox() -> impl Iterator<Item = Model> {
    Model::KNOWN.iter().copied().filter(|model| model.is_ublox())
}

#[test]
fn a_name_is_asked_four_times_with_32_bytes() {
    for model in ublox() {
        let mut rig = rig(model);
        assert_eq!(rig.command("AT+UPING=\"one.example\""), "\r\nOK\r\n", "{model}");
        rig.pass_ms(5 * 60 + 20);
        let each = |n| format!("\r\n+UUPING: {n},32,\"one.example\",\"192.0.2.1\",55,60\r\n");
        assert_eq!(rig.printed(), (1..=4).map(each).collect::<String>(), "{model}");
        rig.pass_ms(60_000);
        assert_eq!(rig.printed(), "", "{model}");
        assert_eq!(rig.rules(), [], "{model}");
    }
}

#[test]
fn count_and_size_are_those_of_the_command() {
    let mut rig = rig(Model::SaraR5);
    rig.net.on(SERVER, 7, Peer::Echo);
    rig.net.set_rtt(std::time::Duration::from_millis(700));
    rig.ok("AT+UPING=\"192.0.2.1\",2,1472,5000,64");
    rig.pass_ms(1500);
    let each = |n| format!("\r\n+UUPING: {n},1472,\"192.0.2.1\",\"192.0.2.1\",55,700\r\n");
    assert_eq!(rig.printed(), each(1) + &each(2));
}

#[test]
fn nobody_answers_at_an_address_that_nobody_has() {
    let mut rig = rig(Model::SaraR5);
    rig.ok(&format!("AT+UPING=\"{LOST}\",2,32,3000,32"));
    rig.pass_ms(2990);
    assert_eq!(rig.printed(), "");
    rig.pass_ms(20);
    assert_eq!(rig.printed(), format!("\r\n+UUPING: 1,32,\"{LOST}\",\"{LOST}\",32,-1\r\n"));
    rig.pass_ms(3000);
    assert_eq!(rig.printed(), format!("\r\n+UUPING: 2,32,\"{LOST}\",\"{LOST}\",32,-1\r\n"));
}

#[test]
fn an_echo_that_is_later_than_the_timeout_counts_as_none() {
    let mut rig = rig(Model::LenaR8);
    rig.ok("AT+UPING=\"one.example\",1,32,50");
    rig.pass_ms(200);
    assert_eq!(rig.printed(), "\r\n+UUPING: 1,32,\"one.example\",\"192.0.2.1\",32,-1\r\n");
}

#[test]
fn a_request_with_too_low_a_ttl_expires_on_its_way() {
    let mut rig = rig(Model::SaraR42);
    // Answers come with 55 of 64: there are nine gateways.
    rig.ok("AT+UPING=\"one.example\",1,32,5000,9");
    rig.pass_ms(200);
    assert_eq!(rig.printed(), "\r\n+UUPING: 1,32,\"one.example\",\"192.0.2.1\",9,-2\r\n");
    rig.ok("AT+UPING=\"one.example\",1,32,5000,10");
    rig.pass_ms(200);
    assert_eq!(rig.printed(), "\r\n+UUPING: 1,32,\"one.example\",\"192.0.2.1\",55,60\r\n");
}

#[test]
fn what_cannot_be_asked_is_an_error_afterwards() {
    let mut rig = rig(Model::SaraR5);
    rig.net.host("six.example", &["2001:db8::1".parse().unwrap()]);
    rig.net.host("both.example", &["2001:db8::1".parse().unwrap(), SERVER.into()]);
    rig.net.silent_host("silent.example");
    for (name, time, printed) in [
        ("nowhere.example", 200, "\r\n+UUPINGER: 8\r\n"),
        ("six.example", 200, "\r\n+UUPINGER: 9\r\n"),
        ("2001:db8::1", 200, "\r\n+UUPINGER: 9\r\n"),
        ("silent.example", 71_000, "\r\n+UUPINGER: 8\r\n"),
        ("both.example", 200, "\r\n+UUPING: 1,32,\"both.example\",\"192.0.2.1\",55,60\r\n"),
    ] {
        rig.pass_ms(25);
        rig.send(format!("AT+UPING=\"{name}\",1\r").as_bytes());
        rig.pass_ms(time);
        assert_eq!(rig.printed(), format!("\r\nOK\r\n{printed}"), "{name}");
    }
}

#[test]
fn without_packet_data_there_is_an_error_afterwards() {
    let mut rig = rig(Model::SaraR5);
    let now = rig.now;
    rig.modem.set_registration(now, Registration::Denied);
    rig.pass_ms(25);
    rig.send(b"AT+UPING=\"one.example\"\r");
    rig.wait_for(b"\r\nOK\r\n");
    rig.wait_for(b"\r\n+UUPINGER: 17\r\n");
    // Neither is there in a context that is not the registration's, before it is active.
    let mut rig = Rig::new(Model::LenaR8, running());
    rig.send(b"AT+UPING=\"one.example\"\r");
    rig.wait_for(b"\r\nOK\r\n");
    rig.wait_for(b"\r\n+UUPINGER: 17\r\n");
}

#[test]
fn values_out_of_range_are_refused_at_once() {
    let mut rig = rig(Model::SaraR5);
    for bad in ["0", "4,3", "4,1473", "4,32,9", "4,32,60001", "4,32,5000,0", "4,32,5000,256"] {
        let answer = rig.command(&format!("AT+UPING=\"one.example\",{bad}"));
        assert!(answer.contains("ERROR"), "{bad}: {answer}");
    }
    assert!(rig.command("AT+UPING=one.example").contains("ERROR"));
    rig.pass_ms(1000);
    assert_eq!(rig.printed(), "");
}

#[test]
fn commands_go_on_while_a_ping_waits() {
    let mut rig = rig(Model::SaraR5);
    rig.ok(&format!("AT+UPING=\"{LOST}\",1,32,1000"));
    for _ in 0..5 {
        assert_eq!(rig.command("AT"), "\r\nOK\r\n");
    }
    rig.wait_for(b",-1\r\n");
    assert_eq!(rig.rules(), []);
}
