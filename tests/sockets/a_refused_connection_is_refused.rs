//! A port where nobody listens is `Refused`; a peer that listens later is reached.
use crate::common;

use cellular_nal::Error;
use common::Setup;
use common::conversation::tcp;
use embedded_io::{Error as _, ErrorKind};
use modem_sim::{DialFailure, Model, Options, Peer};

#[test]
fn a_refused_connection_is_refused() {
    for &model in Model::ALL {
        for dial_failure in [DialFailure::NoCarrier, DialFailure::Error] {
            let options = Options { dial_failure, ..Options::default() };
            let mut world =
                Setup { options, record: true, ..Setup::new(model) }.build_sized::<1, 1024, 1024>();
            world.bring_up();
            let stack = world.stack;
            world.net.on([10, 0, 0, 9], 9, Peer::Refuse);
            for _ in 0..10 {
                let refused = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).map(drop);
                assert_eq!(refused, Err(Error::Refused), "{model}: {}", world.tail());
                assert_eq!(Error::Refused.kind(), ErrorKind::ConnectionRefused);
            }
            world.net.on([10, 0, 0, 9], 9, Peer::Echo);
            let socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9)));
            assert!(socket.is_ok(), "{model}: {socket:?}\n{}", world.tail());
            drop(socket);
            world.leaves_nothing();
        }
    }
}
