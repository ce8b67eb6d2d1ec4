//! A small buffer gets the beginning of a datagram and its full length; the next datagram is whole (D03).
use crate::common;

use common::conversation::udp;
use common::{ECHO, Setup};
use embedded_nal_async::ConnectedUdp;
use modem_sim::Model;

#[test]
fn a_datagram_that_does_not_fit_tells_its_full_length() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let mut socket = world.run(30, udp(stack, ECHO)).expect("it opens");
        world.run(30, socket.send(b"a datagram of 29 characters..")).expect("it sends");
        world.run(30, socket.send(b"the next one")).expect("it sends");
        let mut small = [0; 5];
        assert_eq!(world.run(30, socket.receive_into(&mut small)), Ok(29), "{model}: {}", world.tail());
        assert_eq!(&small, b"a dat");
        let mut buffer = [0; 20];
        assert_eq!(world.run(30, socket.receive_into(&mut buffer)), Ok(12), "{model}: {}", world.tail());
        assert_eq!(&buffer[..12], b"the next one");
        drop(socket);
        world.leaves_nothing();
    }
}
