//! The handle of a socket that was let go does not reach the next socket in its place.
use crate::common;

use std::task::Poll;

use cellular_nal::Error;
use common::{ECHO, Setup};
use modem_sim::Model;

#[test]
fn a_stale_handle_is_refused() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<1, 1024, 1024>();
        world.bring_up();
        let old = world.open(ECHO).expect("it opens");
        world.engine.borrow_mut().release(old);
        world.pass_secs(2);
        let new = world.open(ECHO).expect("it opens again");
        let mut buffer = [0; 8];
        let refused = Err(Error::NotConnected);
        assert_eq!(world.poll(1, |engine, waker| engine.write(old, b"ghost", waker)), refused.map(|()| 0));
        assert_eq!(world.poll(1, |engine, waker| engine.read(old, &mut buffer, waker)), refused.map(|()| 0));
        assert_eq!(world.poll(1, |engine, waker| engine.flush(old, waker)), refused);
        world.engine.borrow_mut().release(old);
        world.engine.borrow_mut().abort(old);
        let wrote = world.poll(1, |engine, waker| engine.write(new, b"new", waker));
        assert_eq!(wrote, Ok(3), "{model}: the new socket was let go by the old handle");
        let count = world.poll(10, |engine, waker| match engine.read(new, &mut buffer, waker) {
            Poll::Ready(result) => Poll::Ready(result),
            Poll::Pending => Poll::Pending,
        });
        assert_eq!(buffer[..count.expect("it reads")], *b"new", "{model}");
        world.engine.borrow_mut().release(new);
        world.leaves_nothing();
    }
}
