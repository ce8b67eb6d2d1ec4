//! `+PING` prints a line for each request, and its final result comes after the last.

use crate::common;

use common::{Rig, SERVER, running};
use modem_sim::{HostNetwork, Model, Network, Options, PingForm, Registration};
use std::time::Duration;

const SEQUANS: [Model; 3] = [Model::Ryz014a, Model::Cassiopeia, Model::Gm02s];

fn rig(model: Model, ping_form: PingForm) -> Rig {
    let rig = Rig::new(model, Options { ping_form, ..running() });
    rig.net.host("one.example", &[SERVER.into()]);
    rig
}

#[test]
fn a_name_is_asked_four_times() {
    for model in SEQUANS {
        let mut rig = rig(model, PingForm::Bare);
        let answer = rig.command("AT+PING=\"one.example\"");
        let each = |n| format!("\r\n+PING: {n},192.0.2.1,60,55\r\n");
        assert_eq!(answer, (1..=4).map(each).collect::<String>() + "\r\nOK\r\n", "{model}");
        assert_eq!(rig.rules(), [], "{model}");
    }
}

#[test]
fn requests_leave_at_their_interval() {
    let mut rig = rig(Model::Ryz014a, PingForm::Bare);
    let begin = rig.now;
    rig.ok("AT+PING=\"192.0.2.1\",3,32,5,10");
    let took = rig.now - begin;
    assert!(took > Duration::from_secs(10) && took < Duration::from_millis(10_200), "{took:?}");
}

#[test]
fn nobody_answers_at_an_address_that_nobody_has() {
    let mut rig = rig(Model::Gm02s, PingForm::Bare);
    let begin = rig.now;
    let answer = rig.command("AT+PING=\"192.0.2.77\",2,32,1,3");
    assert_eq!(answer, "\r\n+PING: 1,192.0.2.77,-1,-1\r\n\r\n+PING: 2,192.0.2.77,-1,-1\r\n\r\nOK\r\n");
    let took = rig.now - begin;
    assert!(took > Duration::from_secs(6) && took < Duration::from_millis(6100), "{took:?}");
}

#[test]
fn it_may_have_the_form_of_a_related_module() {
    let mut rig = rig(Model::Ryz014a, PingForm::Quoted);
    let answer = rig.command("AT+PING=\"one.example\",1,64,50,128");
    assert_eq!(answer, "\r\n+PING: 1,\"192.0.2.1\",60,55\r\n\r\nOK\r\n");
    // Nine gateways are too many, and the timeout is two seconds.
    let begin = rig.now;
    let answer = rig.command("AT+PING=\"192.0.2.77\",1,64,20,9");
    assert_eq!(answer, "\r\n+PING: 1,\"192.0.2.77\",600,255\r\n\r\nOK\r\n");
    assert!(rig.now - begin > Duration::from_secs(2));
    let answer = rig.command("AT+PING=\"one.example\",1,64,20,9");
    assert_eq!(answer, "\r\n+PING: 1,\"192.0.2.1\",600,255\r\n\r\nOK\r\n");
}

#[test]
fn what_cannot_be_asked_is_an_error() {
    let mut rig = rig(Model::Ryz014a, PingForm::Bare);
    assert!(rig.command("AT+PING=\"nowhere.example\",1").contains("ERROR"));
    for bad in ["0", "4,3", "4,32,0", "4,32,601", "4,32,1,61"] {
        assert!(rig.command(&format!("AT+PING=\"one.example\",{bad}")).contains("ERROR"), "{bad}");
    }
    let now = rig.now;
    rig.modem.set_registration(now, Registration::Denied);
    assert!(rig.command("AT+PING=\"one.example\",1").contains("ERROR"));
}

#[test]
fn an_address_of_ipv6_is_asked_too() {
    let mut rig = rig(Model::Ryz014a, PingForm::Bare);
    rig.net.host("six.example", &["2001:db8::1".parse().unwrap()]);
    let answer = rig.command("AT+PING=\"six.example\",1");
    assert_eq!(answer, "\r\n+PING: 1,2001:db8::1,60,55\r\n\r\nOK\r\n");
}

#[test]
fn a_network_of_this_machine_answers_for_the_names_that_it_was_told() {
    let mut net = HostNetwork::new();
    net.configure([10, 0, 0, 2].into(), Duration::from_millis(80));
    net.host("one.example", SERVER.into());
    assert_eq!(net.echo(SERVER.into()), Some(Duration::from_millis(80)));
    assert_eq!(net.echo([127, 0, 0, 1].into()), Some(Duration::from_millis(80)));
    assert_eq!(net.echo([192, 0, 2, 77].into()), None);
}
