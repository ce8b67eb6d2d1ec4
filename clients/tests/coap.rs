//! embedded-nal-coap 0.1 on the async stack: a client and a server on one UDP socket without a fixed peer.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use clients::coap::Count;
use clients::common::World;
use clients::{Server, run_for, up};
use coap_lite::{CoapRequest, MessageType, Packet, RequestType, ResponseType};
use coap_message::{Code, MinimalWritableMessage, OptionNumber, ReadableMessage};
use coap_numbers::{code, option};
use coap_request::{Request, Stack as _};
use embassy_futures::select::{Either, select};
use embassy_time::{Timer, with_timeout};
use embedded_nal_async::UdpStack;
use embedded_nal_coap::{CoAPRuntimeClient, CoAPShared};
use modem_sim::{Model, Peer, VirtualNetwork};

const PORT: u16 = 5683;
const ADDRESS: ([u8; 4], u16) = ([10, 0, 0, 56], PORT);
/// Of requests to the modem.
const TOKEN: [u8; 3] = [1, 2, 3];
const STRANGER: ([u8; 4], u16) = ([151, 9, 34, 1], 40_000);

/// A server in the network, and a client that asks the modem.
struct Coap {
    seen: usize,
    /// Requests that are lost.
    lose: usize,
    /// Answers come as messages of their own, to be confirmed (RFC 7252, 5.2.2).
    separate: bool,
    /// Confirmations of them that came.
    confirmed: usize,
    /// Answers of the modem to those who ask it.
    answers: Vec<(u16, String)>,
}

impl Coap {
    fn new(net: &VirtualNetwork) -> Self {
        net.on(ADDRESS.0, ADDRESS.1, Peer::Discard);
        net.on(STRANGER.0, STRANGER.1, Peer::Discard);
        Coap { seen: 0, lose: 0, separate: false, confirmed: 0, answers: Vec::new() }
    }

    fn serve(&mut self, net: &VirtualNetwork, from: SocketAddr, packet: Packet) {
        if packet.header.get_type() == MessageType::Acknowledgement {
            self.confirmed += 1;
            return;
        }
        if self.lose > 0 {
            self.lose -= 1;
            return;
        }
        let id = packet.header.message_id;
        let mut request = CoapRequest::from_packet(packet, ());
        let (method, path) = (*request.get_method(), request.get_path());
        let answer = request.response.as_mut().expect("the request is confirmable");
        match (method, path.as_str()) {
            (RequestType::Get, "weather/today") => answer.message.payload = b"rain".to_vec(),
            (RequestType::Get, "large") => answer.message.payload = vec![b'x'; 900],
            _ => answer.set_status(ResponseType::NotFound),
        }
        let send = |packet: &Packet| {
            net.push_datagram(ADDRESS.into(), from.port(), &packet.to_bytes().expect("it fits"));
        };
        if self.separate {
            let mut empty = Packet::new();
            empty.header.set_type(MessageType::Acknowledgement);
            empty.header.code = coap_lite::MessageClass::Empty;
            empty.header.message_id = id;
            send(&empty);
            answer.message.header.set_type(MessageType::Confirmable);
            answer.message.header.message_id = id.wrapping_add(1000);
        }
        send(&answer.message);
    }
}

/// Somebody asks the modem.
fn ask(net: &VirtualNetwork, from: SocketAddr, id: u16) {
    let mut request = CoapRequest::<()>::new();
    request.set_method(RequestType::Get);
    request.set_path("count");
    request.message.header.message_id = id;
    request.message.set_token(TOKEN.to_vec());
    net.push_datagram(from, PORT, &request.message.to_bytes().expect("it fits"));
}

impl Server for Coap {
    fn attend(&mut self, net: &VirtualNetwork, _: Duration) {
        let all = net.datagrams();
        for datagram in &all[self.seen..] {
            let packet = Packet::from_bytes(&datagram.payload).expect("it is a message of CoAP");
            if packet.get_token() == TOKEN {
                let text = String::from_utf8_lossy(&packet.payload).into_owned();
                self.answers.push((packet.header.message_id, text));
            } else {
                self.serve(net, datagram.from, packet);
            }
        }
        self.seen = all.len();
    }
}

/// A request for what is at a path.
struct Get<'a>(&'a str);

impl<S: coap_request::Stack> Request<S> for Get<'_> {
    type Output = (u8, Vec<u8>);
    type Carry = ();

    async fn build_request(
        &mut self,
        request: &mut S::RequestMessage<'_>,
    ) -> Result<(), S::RequestUnionError> {
        request.set_code(Code::new(code::GET).map_err(S::RequestMessage::convert_code_error)?);
        for segment in self.0.split('/') {
            let number = OptionNumber::new(option::URI_PATH)
                .map_err(S::RequestMessage::convert_option_number_error)?;
            request.add_option_str(number, segment).map_err(S::RequestMessage::convert_add_option_error)?;
        }
        Ok(())
    }

    async fn process_response(&mut self, response: &S::ResponseMessage<'_>, (): ()) -> (u8, Vec<u8>) {
        (response.code().into(), response.payload().to_vec())
    }
}

/// The client counts up from this, so it needs no more than to start somewhere.
struct Seed;

impl rand_core::RngCore for Seed {
    fn next_u32(&mut self) -> u32 {
        0x1234_5678
    }

    fn next_u64(&mut self) -> u64 {
        0x1234_5678
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// Runs client and server on a socket until the application is done.
fn run_coap<T>(
    world: &mut World,
    server: &mut Coap,
    application: impl AsyncFnOnce(CoAPRuntimeClient<'_, 2>) -> T,
) -> T {
    let stack = world.stack;
    let running = async {
        let mut socket = stack.bind_multiple(([0, 0, 0, 0], PORT).into()).await.expect("it binds");
        let shared = CoAPShared::<2>::new();
        let (client, runner) = shared.split();
        let (mut count, mut seed) = (Count::default(), Seed);
        match select(runner.run(&mut socket, &mut count, &mut seed), application(client)).await {
            Either::First(ended) => panic!("the socket has failed: {ended:?}"),
            Either::Second(done) => done,
        }
    };
    let mut running = pin!(running);
    let done = run_for(world, server, Duration::from_secs(120), &mut running.as_mut());
    done.unwrap_or_else(|| panic!("{}: not done\n{}", world.model, world.tail()))
}

#[test]
fn coap_gets_what_is_there_and_what_is_not() {
    for &model in Model::KNOWN {
        let mut world = up::<1>(model);
        let mut server = Coap::new(&world.net);
        for separate in [false, true] {
            server.separate = separate;
            run_coap(&mut world, &mut server, async |client| {
                for (path, status, payload) in [
                    ("weather/today", code::CONTENT, &b"rain"[..]),
                    ("large", code::CONTENT, &[b'x'; 900][..]),
                    ("weather/tomorrow", code::NOT_FOUND, b""),
                ] {
                    let answer = client.to(ADDRESS.into()).request(Get(path)).await.expect("there is one");
                    assert_eq!((answer.0, &answer.1[..]), (status, payload), "{model}: {path}");
                }
                // The last confirmation leaves after its answer was read.
                Timer::after_secs(1).await;
            });
        }
        assert_eq!(server.confirmed, 3, "{model}");
        world.leaves_nothing();
    }
}

/// The client does not repeat a request by itself: its user has to limit the time and ask again.
#[test]
fn coap_asks_again_after_a_request_was_lost() {
    for &model in Model::KNOWN {
        let mut world = up::<1>(model);
        let mut server = Coap::new(&world.net);
        server.lose = 2;
        let tries = run_coap(&mut world, &mut server, async |client| {
            for tries in 1.. {
                let mut server = client.to(ADDRESS.into());
                let asking = server.request(Get("weather/today"));
                if let Ok(answer) = with_timeout(embassy_time::Duration::from_secs(5), asking).await {
                    assert_eq!(answer.expect("there is one").1, b"rain");
                    return tries;
                }
            }
            0
        });
        assert_eq!(tries, 3, "{model}");
        world.leaves_nothing();
    }
}

/// On a Sequans modem the socket hears the peer of its last datagram only, so there the server asks back.
#[test]
fn coap_answers_on_the_socket_on_which_it_asks() {
    for &model in Model::KNOWN {
        let mut world = up::<1>(model);
        let mut server = Coap::new(&world.net);
        let net = world.net.clone();
        let asker = if model.is_ublox() { STRANGER } else { ADDRESS };
        run_coap(&mut world, &mut server, async |client| {
            for round in 1..=3 {
                let answer = client.to(ADDRESS.into()).request(Get("weather/today")).await;
                assert_eq!(answer.expect("there is one").1, b"rain", "{model}");
                ask(&net, asker.into(), round);
                Timer::after_secs(2).await;
            }
        });
        let answers: Vec<_> = server.answers.iter().map(|(id, text)| (*id, text.as_str())).collect();
        assert_eq!(answers, [(1, "answer 1"), (2, "answer 2"), (3, "answer 3")], "{model}\n{}", world.tail());
        world.leaves_nothing();
    }
}

/// The client takes the length that it is told for one that its buffer has. When this fails, it has been mended.
#[should_panic(expected = "range end index 1300 out of range for slice of length 1152")]
#[test]
fn coap_panics_at_a_datagram_that_is_larger_than_its_buffer() {
    let mut world = up::<1>(Model::Ryz014a);
    let mut server = Coap::new(&world.net);
    let net = world.net.clone();
    run_coap(&mut world, &mut server, async |client| {
        let answer = client.to(ADDRESS.into()).request(Get("weather/today")).await;
        assert_eq!(answer.expect("there is one").1, b"rain");
        net.push_datagram(ADDRESS.into(), PORT, &[0x40; 1300]);
        Timer::after_secs(2).await;
    });
}
