//! UDP without an executor: send and receive would block, an empty queue is no error, the peer is named (U01, U02, U06).
use crate::common;

use std::net::SocketAddr;

use cellular_nal::Error;
use common::nb::up;
use common::{ECHO, pattern};
use embedded_nal::{UdpClientStack, nb};
use modem_sim::{Model, Options};

#[test]
fn nb_datagrams_are_sent_and_received() {
    for &model in Model::ALL {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        let mut socket = stack.socket().expect("there is a socket");
        stack.connect(&mut socket, ECHO.into()).expect("that only sets the peer");
        for size in [1, 100, 1000] {
            let said = pattern(size, 1);
            world.until(30, || stack.send(&mut socket, &said)).expect("it sends");
            assert_eq!(stack.receive(&mut socket, &mut [0; 8]), Err(nb::Error::WouldBlock), "{model}");
            let mut buffer = vec![0; 1100];
            let received = world.until(30, || stack.receive(&mut socket, &mut buffer));
            assert_eq!(received, Ok((size, SocketAddr::from(ECHO))), "{model}");
            assert_eq!(buffer[..size], said, "{model}");
        }
        world.until(30, || stack.send(&mut socket, b"too long for the buffer")).expect("it sends");
        let mut small = [0; 8];
        let received = world.until(30, || stack.receive(&mut socket, &mut small));
        assert_eq!(received.map(|(count, _)| count), Ok(8), "{model}");
        assert_eq!(&small, b"too long", "{model}");
        let empty = stack.send(&mut socket, &[]);
        assert_eq!(empty, Err(nb::Error::Other(Error::Unsupported)), "{model}");
        let large = stack.send(&mut socket, &[0; 3000]);
        assert_eq!(large, Err(nb::Error::Other(Error::Oversized)), "{model}");
        stack.close(socket).expect("closing never fails");
        world.leaves_nothing(&mut stack);
    }
}
