//! Empty and oversized datagrams are refused at once and nothing of them is sent; the largest one arrives.
use crate::common;

use cellular_nal::Error;
use common::conversation::udp;
use common::{Setup, pattern};
use embedded_nal_async::ConnectedUdp;
use modem_sim::{Model, Peer};

#[test]
fn datagrams_that_cannot_be_sent_are_refused() {
    for &model in Model::ALL {
        let largest = if model == Model::SaraR5 { 1024 } else { 1500 };
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<1, 2048, 2048>();
        world.bring_up();
        world.net.on([10, 0, 0, 9], 9, Peer::Discard);
        let stack = world.stack;
        let mut socket = world.run(30, udp(stack, ([10, 0, 0, 9], 9))).expect("it opens");
        assert_eq!(world.run(1, socket.send(&[])), Err(Error::Unsupported), "{model}");
        assert_eq!(world.run(1, socket.send(&vec![0; largest + 1])), Err(Error::Oversized), "{model}");
        assert_eq!(world.run(1, socket.send(&vec![0; 5000])), Err(Error::Oversized), "{model}");
        let datagram = pattern(largest, 1);
        assert_eq!(world.run(30, socket.send(&datagram)), Ok(()), "{model}: {}", world.tail());
        world.pass_secs(1);
        let came: Vec<_> = world.net.datagrams().into_iter().map(|datagram| datagram.payload).collect();
        assert!(came == [datagram], "{model}: {} datagrams came", came.len());
        drop(socket);
        // A buffer that is smaller than the modem's limit is the limit.
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<1, 256, 256>();
        world.bring_up();
        let stack = world.stack;
        let mut socket = world.run(30, udp(stack, common::ECHO)).expect("it opens");
        assert_eq!(world.run(1, socket.send(&[0; 257])), Err(Error::Oversized), "{model}");
        assert_eq!(world.run(30, socket.send(&[7; 250])), Ok(()), "{model}: {}", world.tail());
        let mut buffer = [0; 300];
        assert_eq!(world.run(30, socket.receive_into(&mut buffer)), Ok(250), "{model}: {}", world.tail());
        drop(socket);
        world.leaves_nothing();
    }
}
