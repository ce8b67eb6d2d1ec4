//! A datagram whose send is dropped leaves whole and once, or not at all.
use crate::common;

use common::conversation::udp;
use common::{dropping, pattern};
use embedded_nal_async::ConnectedUdp;
use modem_sim::{Model, Peer};

#[test]
fn a_dropped_send_sends_the_datagram_whole_or_not_at_all() {
    for &model in Model::ALL {
        let (first, second) = (pattern(400, 1), pattern(300, 2));
        for events in 0..80 {
            let mut world = dropping::narrow(model);
            world.net.on([10, 0, 0, 9], 9, Peer::Discard);
            let stack = world.stack;
            let mut socket = world.run(30, udp(stack, ([10, 0, 0, 9], 9))).expect("it opens");
            let sent = world.run_and_drop(usize::MAX, events, socket.send(&first));
            assert!(matches!(sent, None | Some(Ok(()))), "{model}: {sent:?}");
            world.run(30, socket.send(&second)).expect("sending works");
            world.pass_secs(1);
            let came: Vec<_> = world.net.datagrams().into_iter().map(|datagram| datagram.payload).collect();
            let all = came == [first.clone(), second.clone()];
            assert!(
                all || came == [second.clone()] && sent.is_none(),
                "{model}: dropped after {events} events, came {came:?}"
            );
            drop(socket);
            world.leaves_nothing();
        }
    }
}
