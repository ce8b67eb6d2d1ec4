//! The eighth socket of a u-blox modem, the seventh of a Sequans one.

use crate::common;

use cellular_nal::Error;
use common::{ECHO, Setup};
use modem_sim::Model;

#[test]
fn more_sockets_than_the_modem_has_are_refused() {
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<8, 256, 256>();
        world.bring_up();
        let limit = if model.is_ublox() { 7 } else { 6 };
        let mut open = Vec::new();
        for index in 0..limit {
            let socket = world.open(ECHO);
            open.push(
                socket.unwrap_or_else(|error| panic!("{model}: socket {index}: {error}\n{}", world.tail())),
            );
        }
        assert_eq!(world.open(ECHO), Err(Error::NoSocket), "{model}");
        let listener = world.poll(5, |engine, waker| engine.listen(80, waker));
        assert_eq!(listener, Err(Error::NoSocket), "{model}");
        // One that is given back makes room.
        world.engine.borrow_mut().release(open.remove(3));
        open.push(world.open(ECHO).expect("there is room again"));
        for socket in open {
            world.engine.borrow_mut().release(socket);
        }
        world.leaves_nothing();
    }
}
