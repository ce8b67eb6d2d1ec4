//! minimq 0.9, which knows embedded-nal 0.8 and its addresses, publishes through the adapter.
use crate::common;

use std::cell::Cell;
use std::rc::Rc;

use cellular_nal::Error;
use cellular_nal::no_std_net::NoStdNet;
use common::nb::up;
use common::{ECHO, ECHO_NAME};
use embedded_nal_08 as old;
use embedded_time::clock;
use embedded_time::fraction::Fraction;
use minimq_08::{ConfigBuilder, Minimq, Publication, broker::IpBroker};
use modem_sim::{Model, Options, Peer, ScriptStep};

const BROKER: [u8; 4] = [10, 0, 0, 9];

/// Milliseconds of the virtual time.
struct Millis(Rc<Cell<u64>>);

impl embedded_time::Clock for Millis {
    type T = u64;
    const SCALING_FACTOR: Fraction = Fraction::new(1, 1000);

    fn try_now(&self) -> Result<embedded_time::Instant<Self>, clock::Error> {
        Ok(embedded_time::Instant::new(self.0.get()))
    }
}

#[test]
fn nb_an_older_client_runs_on_embedded_nal_0_8() {
    for &model in Model::ALL {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        // CONNACK: no session, success, no properties.
        let accepted = ScriptStep::Send(vec![0x20, 3, 0, 0, 0]);
        world.net.on(BROKER, 1883, Peer::Scripted(vec![ScriptStep::Await(10), accepted]));
        let millis = Rc::new(Cell::new(0));
        let mut buffer = [0; 1024];
        let broker = IpBroker::new(old::IpAddr::V4(BROKER.into()));
        let config = ConfigBuilder::new(broker, &mut buffer).client_id("modem").expect("a short name");
        let mut mqtt = Minimq::new(NoStdNet(&mut stack), Millis(millis.clone()), config);
        let mut published = false;
        let published_at = world.now();
        while world.now() - published_at < std::time::Duration::from_secs(20) {
            let polled: Result<Option<()>, minimq_08::Error<Error>> = mqtt.poll(|_, _, _, _| ());
            assert!(polled.is_ok(), "{model}: {polled:?}");
            if !published && mqtt.client().is_connected() {
                let publication = Publication::new(b"twenty degrees").topic("weather").finish();
                mqtt.client().publish(publication.expect("it has a topic")).expect("it is taken");
                published = true;
            }
            world.tick();
            millis.set(world.now().as_millis() as u64);
        }
        assert!(published, "{model}: it never connects");
        let conn = world.net.connections().last().expect("there is a connection").id;
        let received = world.net.received(conn);
        let holds = |words: &[u8]| received.windows(words.len()).any(|window| window == words);
        assert!(holds(b"weather") && holds(b"twenty degrees"), "{model}: {}", received.escape_ascii());
        world.no_breach();
    }
}

/// Whatever the old traits offer, as a client would use it.
fn everything<S>(stack: &mut S, step: &mut dyn FnMut())
where
    S: old::TcpFullStack<Error = Error> + old::UdpFullStack<Error = Error> + old::Dns<Error = Error>,
{
    let mut until = |call: &mut dyn FnMut() -> old::nb::Result<usize, Error>| {
        loop {
            match call() {
                Err(old::nb::Error::WouldBlock) => step(),
                Ok(count) => return Ok(count),
                Err(old::nb::Error::Other(error)) => return Err(error),
            }
        }
    };
    let echo = old::SocketAddr::new(old::IpAddr::V4(ECHO.0.into()), ECHO.1);
    let mut found = None;
    until(&mut || {
        found = Some(stack.get_host_by_name(ECHO_NAME, old::AddrType::IPv4)?);
        Ok(0)
    })
    .expect("the name is known");
    assert_eq!(found, Some(echo.ip()));
    assert_eq!(stack.get_host_by_address(echo.ip(), &mut [0; 20]), Err(Error::Unsupported));

    let mut socket = old::UdpClientStack::socket(stack).expect("there is a socket");
    old::UdpFullStack::bind(stack, &mut socket, 4000).expect("the port is free");
    until(&mut || stack.send_to(&mut socket, echo, b"hello").map(|()| 0)).expect("it sends");
    let mut from = None;
    let mut buffer = [0; 8];
    let count = until(&mut || {
        let (count, remote) = old::UdpClientStack::receive(stack, &mut socket, &mut buffer)?;
        from = Some(remote);
        Ok(count)
    });
    assert_eq!((count, from), (Ok(5), Some(echo)));
    old::UdpClientStack::close(stack, socket).expect("closing never fails");

    let mut socket = old::TcpClientStack::socket(stack).expect("there is a socket");
    until(&mut || old::TcpClientStack::connect(stack, &mut socket, echo).map(|()| 0)).expect("it connects");
    until(&mut || old::TcpClientStack::send(stack, &mut socket, b"hello")).expect("it sends");
    let count = until(&mut || old::TcpClientStack::receive(stack, &mut socket, &mut buffer));
    assert_eq!((count, &buffer[..5]), (Ok(5), &b"hello"[..]));
    old::TcpClientStack::close(stack, socket).expect("closing never fails");

    let mut listener = old::TcpClientStack::socket(stack).expect("there is a socket");
    old::TcpFullStack::bind(stack, &mut listener, 80).expect("the port is free");
    stack.listen(&mut listener).expect("it listens");
    assert_eq!(stack.accept(&mut listener).map(drop), Err(old::nb::Error::WouldBlock));
    old::TcpClientStack::close(stack, listener).expect("closing never fails");
}

#[test]
fn nb_all_of_embedded_nal_0_8_is_there() {
    for &model in Model::ALL {
        let (stack, mut world) = up::<2>(model, Options::default());
        let mut stack = NoStdNet(stack);
        everything(&mut stack, &mut || {
            assert!(world.now().as_secs() < 300, "{model}: it hangs");
            world.tick();
        });
        world.leaves_nothing(&mut stack.0);
    }
}
