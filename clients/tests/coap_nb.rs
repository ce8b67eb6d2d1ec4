//! embedded-nal-minimal-coapserver 0.5 on the nb stack.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use clients::coap::Count;
use clients::common::nb::up;
use coap_lite::{CoapRequest, Packet, RequestType};
use embedded_nal::{UdpClientStack, UdpFullStack, nb};
use modem_sim::{Model, Options, Peer};

const PORT: u16 = 5683;

fn request(id: u16) -> Vec<u8> {
    let mut request = CoapRequest::<()>::new();
    request.set_method(RequestType::Get);
    request.set_path("count");
    request.message.header.message_id = id;
    request.message.to_bytes().expect("it fits")
}

/// Strangers reach a UDP socket of u-blox modems only. The server drops a request whose answer cannot be sent at
/// once, that is, while the answer before has not left; so peers have to repeat theirs (RFC 7252, 4.2).
#[test]
fn coap_nb_answers_everybody_who_asks_again() {
    for &model in Model::KNOWN.iter().filter(|model| model.is_ublox()) {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        let net = world.net.clone();
        let mut socket = UdpClientStack::socket(&mut stack).expect("there is a socket");
        stack.bind(&mut socket, PORT).expect("the port is free");
        let strangers: Vec<SocketAddr> = (1..=3).map(|last| ([151, 9, 34, last], 40_000).into()).collect();
        for stranger in &strangers {
            net.on(stranger.ip(), stranger.port(), Peer::Discard);
        }
        world.pass(&mut stack, Duration::from_secs(1));
        let mut count = Count::default();
        let mut answered = BTreeMap::new();
        for _ in 0..strangers.len() {
            for (&stranger, id) in strangers.iter().zip(1..).filter(|(_, id)| !answered.contains_key(id)) {
                net.push_datagram(stranger, PORT, &request(id));
            }
            let until = world.now() + Duration::from_secs(2);
            while world.now() < until {
                match embedded_nal_minimal_coapserver::poll(&mut stack, &mut socket, &mut count) {
                    Ok(()) | Err(nb::Error::WouldBlock) => world.tick(),
                    Err(nb::Error::Other(error)) => panic!("{model}: {error}"),
                }
            }
            for datagram in net.datagrams() {
                let packet = Packet::from_bytes(&datagram.payload).expect("it is a message of CoAP");
                assert!(packet.payload.starts_with(b"answer "), "{model}");
                answered.insert(packet.header.message_id, datagram.to);
            }
        }
        assert!(answered.values().eq(&strangers), "{model}: {answered:?}");
        assert_eq!(net.datagrams().len(), strangers.len(), "{model}: answered twice");
        UdpClientStack::close(&mut stack, socket).expect("closing never fails");
        world.leaves_nothing(&mut stack);
    }
}
