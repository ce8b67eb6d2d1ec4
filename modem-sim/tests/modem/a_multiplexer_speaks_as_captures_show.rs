//! Frames of opening and closing, to the byte (3GPP TS 27.010 §5.2, §5.4).

use crate::common;

use common::{Rig, running};
use modem_sim::{Model, MuxFlags, Options};

fn exchange(rig: &mut Rig, sent: &[u8], expected: &[u8]) {
    rig.send(sent);
    rig.pass_ms(5);
    let got = std::mem::take(&mut rig.got);
    assert_eq!(got.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

fn started(options: Options) -> Rig {
    let mut rig = Rig::new(Model::SaraR5, options);
    assert_eq!(rig.command("AT+CMUX=0"), "\r\nOK\r\n");
    rig
}

#[test]
fn a_channel_opens_carries_a_command_and_closes() {
    let mut rig = started(running());
    exchange(&mut rig, b"\xf9\x03\x3f\x01\x1c\xf9", b"\xf9\x03\x73\x01\xd7\xf9");
    // UA, and then the signals of the channel: DSR and CTS, no carrier.
    let ua = b"\xf9\x07\x73\x01\x15\xf9";
    let msc = b"\xf9\x01\xef\x09\xe3\x05\x07\x0d\x9a\xf9";
    exchange(&mut rig, b"\xf9\x07\x3f\x01\xde\xf9", &[ua, &msc[..]].concat());
    exchange(&mut rig, b"\xf9\x03\xef\x09\xe1\x05\x07\x0d\xfb\xf9", b"");
    // "AT" and CR, echoed and answered.
    rig.pass_ms(25);
    exchange(
        &mut rig,
        b"\xf9\x07\xef\x07AT\r\xd3\xf9",
        b"\xf9\x05\xef\x07AT\r\xb2\xf9\xf9\x05\xef\r\r\nOK\r\n\x5f\xf9",
    );
    exchange(&mut rig, b"\xf9\x07\x53\x01\x3f\xf9", ua);
    exchange(&mut rig, b"\xf9\x03\xef\x05\xc3\x01\xf2\xf9", b"\xf9\x01\xef\x05\xc1\x01\x93\xf9");
    rig.ok("AT");
    assert_eq!(rig.modem.breaches(), []);
}

#[test]
fn flags_may_be_shared_or_many_in_both_directions() {
    let flags = |flags| started(Options { mux_flags: flags, ..running() });
    let mut rig = flags(MuxFlags::Shared);
    exchange(&mut rig, b"\xf9\x03\x3f\x01\x1c\xf9", b"\xf9\x03\x73\x01\xd7\xf9");
    // The flag that has closed the last frame opens this one.
    exchange(&mut rig, b"\x03\xef\x09\x23\x05ab\xfb\xf9", b"\x01\xef\x09\x21\x05ab\x9a\xf9");
    let mut rig = flags(MuxFlags::Many(2));
    exchange(&mut rig, b"\xf9\xf9\xf9\x03\x3f\x01\x1c\xf9\xf9\xf9\xf9", b"\xf9\xf9\x03\x73\x01\xd7\xf9\xf9");
    assert_eq!(rig.modem.breaches(), []);
}

#[test]
fn data_of_the_modem_can_have_the_wrong_direction() {
    let mut rig = started(Options { mux_wrong_way: true, ..running() });
    exchange(&mut rig, b"\xf9\x03\x3f\x01\x1c\xf9", b"\xf9\x03\x73\x01\xd7\xf9");
    rig.send(b"\xf9\x07\x3f\x01\xde\xf9");
    rig.pass_ms(25);
    rig.got.clear();
    rig.send(b"\xf9\x07\xef\x07AT\r\xd3\xf9");
    assert_eq!(rig.got, b"\xf9\x07\xef\x07AT\r\xd3\xf9");
}

#[test]
fn a_channel_that_the_modem_has_not_is_refused() {
    let mut rig = started(running());
    exchange(&mut rig, b"\xf9\x03\x3f\x01\x1c\xf9", b"\xf9\x03\x73\x01\xd7\xf9");
    exchange(&mut rig, &common::mux::frame(9, common::mux::SABM, b""), b"\xf9\x27\x1f\x01\x21\xf9");
    assert_eq!(rig.modem.breaches(), []);
}
