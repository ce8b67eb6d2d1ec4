//! A refused connect is an error of kind `Other` in time, and the same socket may be connected again (N04, N05, N20).
use crate::common;

use cellular_nal::Error;
use common::nb::up;
use embedded_nal::{TcpClientStack, TcpError, TcpErrorKind};
use modem_sim::{Model, Options, Peer};

#[test]
fn nb_a_refused_connect_fails_and_may_be_tried_again() {
    for &model in Model::ALL {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        let remote = ([10, 0, 0, 9], 9);
        world.net.on(remote.0, remote.1, Peer::Refuse);
        let mut socket = stack.socket().expect("there is a socket");
        for _ in 0..3 {
            let refused = world.until(60, || stack.connect(&mut socket, remote.into()));
            assert_eq!(refused, Err(Error::Refused), "{model}");
            assert_eq!(TcpError::kind(&Error::Refused), TcpErrorKind::Other, "{model}");
        }
        world.net.on(remote.0, remote.1, Peer::Discard);
        world.until(60, || stack.connect(&mut socket, remote.into())).expect("now it connects");
        stack.close(socket).expect("closing never fails");
        world.leaves_nothing(&mut stack);
    }
}
