//! Where lines come that nobody has asked for.

use crate::common;

use std::time::Duration;

use common::mux::{MuxRig, command_channels};
use common::running;
use modem_sim::{Model, Options, Peer, Registration, ScriptStep};

fn lose_network(mux: &mut MuxRig) {
    let now = mux.rig.now;
    mux.rig.modem.set_registration(now, Registration::Never);
    mux.pass_ms(50);
}

#[test]
fn they_come_on_the_first_channel_for_commands() {
    for &model in Model::KNOWN {
        let channels = command_channels(model);
        let mut mux = MuxRig::opened(model, running(), 31, channels);
        // Whoever asks for them.
        mux.ok(channels[1], "AT+CEREG=1");
        lose_network(&mut mux);
        assert!(mux.printed(channels[0]).ends_with("\r\n+CEREG: 2\r\n"), "{model}");
        assert!(channels[1..].iter().all(|dlci| mux.printed(*dlci).is_empty()), "{model}");
        mux.assert_no_breach();
    }
}

#[test]
fn they_come_on_the_next_while_the_first_is_in_data_mode() {
    let mut mux = MuxRig::opened(Model::SaraR5, running(), 31, &[1, 2]);
    mux.rig.net.on(common::SERVER, 7, Peer::Echo);
    mux.ok(2, "AT+CEREG=1");
    mux.ok(1, "AT+USOCR=6");
    mux.ok(1, "AT+USOCO=0,\"192.0.2.1\",7");
    mux.command(1, "AT+USODL=0");
    lose_network(&mut mux);
    assert_eq!(mux.printed(2), "\r\n+CEREG: 2\r\n");
    assert_eq!(mux.printed(1), "");
}

#[test]
fn they_can_come_on_all_channels() {
    let options = Options { urcs_on_all_channels: true, ..running() };
    let mut mux = MuxRig::opened(Model::SaraR5, options, 31, &[1, 2]);
    let pause = ScriptStep::Pause(Duration::from_millis(300));
    let script = vec![pause, ScriptStep::Send(b"hello".to_vec()), ScriptStep::Close];
    mux.rig.net.on(common::SERVER, 7, Peer::Scripted(script));
    mux.ok(1, "ATE0");
    mux.ok(2, "ATE0");
    mux.ok(2, "AT+USOCR=6");
    mux.ok(2, "AT+USOCO=0,\"192.0.2.1\",7");
    mux.pass_ms(500);
    for dlci in [1, 2] {
        assert_eq!(mux.printed(dlci), "\r\n+UUSORD: 0,5\r\n", "channel {dlci}");
    }
    mux.write(1, b"AT+USORD=0,5\r");
    mux.wait_for(1, b"\r\nOK\r\n");
    mux.pass_ms(50);
    for dlci in [1, 2] {
        assert_eq!(mux.printed(dlci), "\r\n+UUSOCL: 0\r\n", "channel {dlci}");
    }
    mux.assert_no_breach();
}

#[test]
fn they_wait_until_there_is_a_channel() {
    let mut mux = MuxRig::new(Model::SaraR5, running(), 31);
    let now = mux.rig.now;
    mux.rig.modem.inject(now, "+WAITED: 1");
    mux.pass_ms(500);
    mux.open(0);
    mux.open(2);
    mux.pass_ms(5);
    assert_eq!(mux.printed(2), "\r\n+WAITED: 1\r\n");
    mux.assert_no_breach();
}
