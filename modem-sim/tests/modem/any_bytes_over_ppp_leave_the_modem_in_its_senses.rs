//! Noise on the line, frames of noise, packets of noise; and a connection that gets through damage.

use crate::common;

use std::time::Duration;

use common::dialup::{Host, control, framed, ip};
use common::{SERVER, running};
use modem_sim::line::{Faults, Line};
use modem_sim::{DialupOptions, Direction, Model, Options, Peer, Prng};

fn options() -> Options {
    Options { dialup: DialupOptions { ipv6: true, ..Default::default() }, ..running() }
}

#[test]
fn frames_of_noise() {
    for seed in 0..300 {
        let mut prng = Prng::new(seed);
        let mut host = Host::new(Model::SaraR5, options());
        assert_eq!(host.dial(), "CONNECT");
        host.wishes.mute = true;
        let protocols = [0xc021_u16, 0xc023, 0xc223, 0x8021, 0x8057, 0x21, 0x57, 0x80fd];
        for round in 0..40 {
            if round == 10 {
                host.wishes.mute = false;
                host.negotiate();
                host.pass(Duration::from_secs(4));
            }
            let protocol = protocols[prng.below(8) as usize];
            let len = prng.below(60) as usize;
            let mut data = prng.bytes(len);
            if prng.below(4) > 0 && data.len() >= 4 {
                let length = data.len() as u8;
                data[..4].copy_from_slice(&[prng.below(12) as u8, prng.below(4) as u8, 0, length]);
            }
            match prng.below(8) {
                0 => host.rig.line.push(Direction::ToModem, host.rig.now, &data),
                _ => host.say(protocol, &data),
            }
            host.pass(Duration::from_millis(prng.below(2000)));
        }
    }
}

#[test]
fn packets_of_noise() {
    let mut host = Host::new(Model::SaraR42, options());
    host.rig.net.on(SERVER, 7, Peer::Echo);
    assert!(host.dial().starts_with("CONNECT"));
    host.negotiate();
    host.wait(|host| host.is_up());
    let from = host.address.unwrap();
    let mut prng = Prng::new(5);
    for _ in 0..5000 {
        let protocol = [1, 6, 17, 58, 99][prng.below(5) as usize];
        let len = prng.below(80) as usize;
        let mut body = prng.bytes(len);
        if body.len() >= 20 && protocol == 6 {
            // Few ports and all flags, with a right checksum: connections come and go.
            body[..4].copy_from_slice(&[0x10, prng.below(3) as u8, 0, 7]);
            body[12] = [0x50, 0x60, 0x00, 0xf0][prng.below(4) as usize];
            body[13] &= 0x1f;
            body[16..18].copy_from_slice(&[0, 0]);
            let mut summed = [from.octets(), SERVER.octets()].concat();
            summed.extend([0, 6, 0, body.len() as u8]);
            summed.extend(&body);
            let sum = common::dialup::checksum(&summed);
            body[16..18].copy_from_slice(&sum.to_be_bytes());
        }
        let mut packet = ip(from, SERVER, protocol, &body);
        if prng.below(10) == 0 {
            packet = prng.bytes(40);
        }
        host.say(0x21, &packet);
        host.pass(Duration::from_millis(prng.below(100)));
    }
    host.packets.clear();
    host.control.clear();
    host.say(0xc021, &control(9, 1, &[9, 9, 9, 9]));
    host.pass(Duration::from_secs(1));
    assert_eq!(host.control.len(), 1);
}

#[test]
fn every_byte_arrives_over_a_bad_line() {
    for seed in 0..8 {
        let mut host = Host::new(Model::SaraR5, running());
        host.rig.line = Line::new(seed);
        host.rig.net.on(SERVER, 7, Peer::Echo);
        host.connect();
        for direction in [Direction::ToModem, Direction::ToHost] {
            let faults = Faults { lose_per_million: 20, flip_per_million: 20, ..Faults::paced(115_200) };
            host.rig.line.set_faults(direction, faults);
        }
        let socket = host.open(8192, (SERVER, 7), 50_000);
        host.wait(|host| host.tcp(socket).may_send());
        let data = Prng::new(seed).bytes(100_000);
        let (mut sent, mut got) = (0, Vec::new());
        host.wait(|host| {
            sent += host.tcp(socket).send_slice(&data[sent..]).unwrap();
            let _ = host.tcp(socket).recv(|bytes| {
                got.extend_from_slice(bytes);
                (bytes.len(), ())
            });
            got.len() == data.len()
        });
        assert_eq!(got, data);
        let counters = [Direction::ToModem, Direction::ToHost].map(|d| host.rig.line.counters(d));
        assert!(counters.iter().any(|c| c.lost + c.flipped > 0));
    }
}

#[test]
fn an_endless_frame_ends_at_its_flag() {
    let mut host = Host::up(Model::SaraR5, running());
    host.rig.line.push(Direction::ToModem, host.rig.now, &vec![b'x'; 100_000]);
    host.rig.line.push(Direction::ToModem, host.rig.now, &framed(0xc021, &control(9, 1, &[9, 9, 9, 9])));
    host.control.clear();
    host.pass(Duration::from_secs(1));
    assert_eq!(host.control.len(), 1);
}
