//! PPP over the line of every model, and TCP over PPP.

use crate::common;

use std::net::Ipv4Addr;

use common::dialup::Host;
use common::{SERVER, running};
use modem_sim::{Model, Options, Peer};

fn options() -> Options {
    Options { stale_packet_data: true, ..running() }
}

#[test]
fn on_every_model() {
    for &model in Model::KNOWN {
        let mut host = Host::new(model, options());
        host.rig.net.on(SERVER, 7, Peer::Echo);
        host.connect();
        let private = Ipv4Addr::new(192, 168, 201, 1);
        let bridge = matches!(model, Model::SaraR42 | Model::LexiR422) || !model.is_ublox();
        let address = if bridge { Options::default().address } else { private };
        assert_eq!(host.address, Some(address), "{model}");
        assert_eq!(host.dns, [Some(Ipv4Addr::new(10, 0, 0, 1)), Some(Ipv4Addr::new(10, 0, 0, 2))]);
        let socket = host.open(4096, (SERVER, 7), 50_000);
        host.wait(|host| host.tcp(socket).may_send());
        host.tcp(socket).send_slice(b"hello").unwrap();
        host.wait(|host| host.tcp(socket).recv_queue() == 5);
        let mut got = [0; 5];
        host.tcp(socket).recv_slice(&mut got).unwrap();
        assert_eq!(&got, b"hello");
        assert_eq!(host.rig.rules(), [], "{model}");
    }
}
