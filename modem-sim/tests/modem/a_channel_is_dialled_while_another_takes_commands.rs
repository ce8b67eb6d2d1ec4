//! A dial-up connection on a channel of the multiplexer (SARA/LEXI internet applications §4.1.5, §4.2).

use crate::common;

use common::mux::{DISC, MuxRig, command_channels, frame};
use common::{SERVER, running};
use modem_sim::{Model, Peer};

const DV: u8 = 0x80;

/// FCS of RFC 1662 §C.2, without its table.
fn check(bytes: &[u8]) -> [u8; 2] {
    let mut register = 0xffffu16;
    for byte in bytes {
        register ^= u16::from(*byte);
        for _ in 0..8 {
            register = if register & 1 == 1 { register >> 1 ^ 0x8408 } else { register >> 1 };
        }
    }
    (!register).to_le_bytes()
}

/// An LCP packet in a frame where every byte that may be escaped is.
fn lcp(code: u8, id: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xff, 0x03, 0xc0, 0x21, code, id, 0, data.len() as u8 + 4];
    bytes.extend_from_slice(data);
    bytes.extend(check(&bytes));
    let escape = |b: &u8| if *b < 0x20 || *b == 0x7d || *b == 0x7e { vec![0x7d, b ^ 0x20] } else { vec![*b] };
    [vec![0x7e], bytes.iter().flat_map(escape).collect(), vec![0x7e]].concat()
}

/// LCP packets that have come on a channel, as code, identifier and data.
fn packets(mux: &mut MuxRig, dlci: u8) -> Vec<(u8, u8, Vec<u8>)> {
    let data = mux.data.remove(&dlci).unwrap_or_default();
    let mut found = Vec::new();
    for piece in data.split(|b| *b == 0x7e) {
        let mut bytes = Vec::new();
        let mut octets = piece.iter();
        while let Some(octet) = octets.next() {
            bytes.push(if *octet == 0x7d { octets.next().map_or(0, |o| o ^ 0x20) } else { *octet });
        }
        if let [0xff, 0x03, 0xc0, 0x21, code, id, _, len, rest @ ..] = bytes.as_slice() {
            found.push((*code, *id, rest[..usize::from(*len) - 4].to_vec()));
        }
    }
    found
}

/// A modem whose last channel has been dialled; its other channels take commands.
fn dialled(model: Model) -> (MuxRig, u8) {
    let channels = command_channels(model);
    let data = channels[channels.len() - 1];
    let mut mux = MuxRig::opened(model, running(), 128, channels);
    mux.command(data, "AT+CGDCONT=1,\"IP\",\"internet\"");
    mux.command(data, "AT+UAUTHREQ=1,1,\"user\",\"word\"");
    mux.pass_ms(25);
    mux.write(data, b"ATD*99***1#\r");
    mux.wait_for(data, b"\r\nCONNECT");
    mux.wait_for(data, b"\r\n");
    mux.pass_ms(50);
    assert_eq!(mux.signals[&data], 0x0d | DV, "{model}");
    (mux, data)
}

/// Agrees to what the modem wants, until the link is open.
fn negotiate(mux: &mut MuxRig, data: u8) {
    mux.write(data, &lcp(1, 1, b""));
    let (mut opened, mut agreed) = (false, false);
    for _ in 0..100 {
        mux.pass_ms(100);
        for (code, id, options) in packets(mux, data) {
            match code {
                1 => {
                    mux.write(data, &lcp(2, id, &options));
                    agreed = true;
                }
                2 => opened = true,
                _ => {}
            }
        }
        if opened && agreed {
            return mux.pass_ms(100);
        }
    }
    panic!("the link does not open");
}

#[test]
fn ppp_runs_on_one_channel_and_commands_on_another() {
    for &model in Model::KNOWN {
        let (mut mux, data) = dialled(model);
        let other = command_channels(model)[0];
        negotiate(&mut mux, data);
        mux.ok(other, "AT+CGMM");
        // LCP Echo-Request with the magic number 0.
        mux.printed(data);
        mux.write(data, &lcp(9, 7, &[0; 4]));
        mux.pass_ms(100);
        assert!(packets(&mut mux, data).iter().any(|p| p.0 == 10 && p.1 == 7), "{model}");
        assert!(mux.rig.modem.is_dialed(), "{model}");
        // LCP Terminate-Request: the channel takes commands again.
        mux.write(data, &lcp(5, 9, b""));
        mux.wait_for(data, b"\r\nNO CARRIER\r\n");
        mux.pass_ms(50);
        assert_eq!(mux.signals[&data], 0x0d, "{model}");
        mux.ok(data, "AT");
        mux.assert_no_breach();
    }
}

#[test]
fn sockets_are_used_on_one_channel_while_another_is_dialled() {
    let (mut mux, data) = dialled(Model::SaraR5);
    mux.rig.net.on(SERVER, 7, Peer::Echo);
    negotiate(&mut mux, data);
    mux.ok(1, "ATE0");
    mux.ok(1, "AT+USOCR=6");
    mux.ok(1, "AT+USOCO=0,\"192.0.2.1\",7");
    mux.ok(1, "AT+USOWR=0,5,\"hello\"");
    mux.wait_for(1, b"\r\n+UUSORD: 0,5\r\n");
    assert_eq!(mux.ok(1, "AT+USORD=0,5"), "\r\n+USORD: 0,5,\"hello\"\r\n\r\nOK\r\n");
    assert!(mux.rig.modem.is_dialed());
    mux.assert_no_breach();
}

#[test]
fn dtr_that_goes_off_on_the_channel_ends_it() {
    let (mut mux, data) = dialled(Model::SaraR5);
    let address = data * 4 + 3;
    mux.message(&[0xe3, 0x05, address, 0x0d]);
    assert!(mux.rig.modem.is_dialed());
    mux.message(&[0xe3, 0x05, address, 0x09]);
    mux.wait_for(data, b"\r\nNO CARRIER\r\n");
    assert!(!mux.rig.modem.is_dialed());
    mux.assert_no_breach();
}

#[test]
fn the_end_of_the_channel_or_of_the_network_ends_it() {
    let (mut mux, data) = dialled(Model::SaraR5);
    mux.send(&frame(data, DISC, b""));
    assert!(!mux.rig.modem.is_dialed());

    let (mut mux, data) = dialled(Model::SaraR5);
    negotiate(&mut mux, data);
    // A command on the other channel detaches the modem.
    mux.ok(1, "AT+CFUN=4");
    mux.pass_ms(100);
    let terminated = packets(&mut mux, data);
    assert!(terminated.iter().any(|p| p.0 == 5), "{terminated:?}");
    for (code, id, _) in terminated {
        if code == 5 {
            mux.write(data, &lcp(6, id, b""));
        }
    }
    mux.wait_for(data, b"\r\nNO CARRIER\r\n");
    mux.ok(data, "AT");
    mux.assert_no_breach();
}
