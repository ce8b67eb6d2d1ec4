//! Receives may be dropped at any moment: no datagram is lost or comes twice.
use crate::common;

use common::conversation::udp;
use common::{dropping, pattern};
use embedded_nal_async::ConnectedUdp;
use modem_sim::{Model, Peer, ScriptStep};

#[test]
fn a_dropped_receive_loses_no_datagram() {
    for &model in Model::ALL {
        let sizes = [100, 7, 300, 1, 250];
        let sent: Vec<_> = sizes.iter().map(|&size| pattern(size, size as u64)).collect();
        for events in 1..12 {
            let mut world = dropping::narrow(model);
            let script = sent.iter().map(|datagram| ScriptStep::Send(datagram.clone()));
            world.net.on([10, 0, 0, 9], 9, Peer::Scripted(script.collect()));
            let stack = world.stack;
            let mut socket = world.run(30, udp(stack, ([10, 0, 0, 9], 9))).expect("it opens");
            world.run(30, socket.send(b"go")).expect("sending works");
            let mut got = Vec::new();
            for _ in 0..3000 {
                let mut buffer = [0; 400];
                let count = world.run_and_drop(usize::MAX, events, socket.receive_into(&mut buffer));
                if let Some(count) = count {
                    got.push(buffer[..count.expect("receiving works")].to_vec());
                }
            }
            assert_eq!(got, sent, "{model}: each dropped after {events} events\n{}", world.tail());
            drop(socket);
            world.leaves_nothing();
        }
    }
}
