//! Data and the end of a connection are found in time although every report about them is lost.
use crate::common;

use std::time::Duration;

use cellular_nal::Error;
use common::conversation::{exactly, tcp, udp};
use common::{Setup, pattern};
use embedded_io_async::Read;
use embedded_nal_async::ConnectedUdp;
use modem_sim::{Model, Peer, ScriptStep};

fn is_report(piece: &[u8]) -> bool {
    let piece = piece.strip_prefix(b"\r\n").unwrap_or(piece);
    [&b"+UUSO"[..], b"+SQNSRING", b"+SQNSH"].iter().any(|prefix| piece.starts_with(prefix))
}

#[test]
fn lost_reports_are_found_by_asking() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        world.lost = Some(Box::new(is_report));
        let (first, second) = (pattern(700, 1), pattern(500, 2));
        world.net.on(
            [10, 0, 0, 9],
            9,
            Peer::Scripted(vec![
                ScriptStep::Pause(Duration::from_secs(20)),
                ScriptStep::Send(first.clone()),
                ScriptStep::Pause(Duration::from_secs(200)),
                ScriptStep::Send(second.clone()),
                ScriptStep::Pause(Duration::from_secs(20)),
                ScriptStep::Close,
            ]),
        );
        let stack = world.stack;
        let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
        let mut all = vec![0; 1200];
        let read = world.try_run(500, async { socket.read_exact(&mut all).await.map_err(exactly) });
        assert_eq!(read, Some(Ok(())), "{model}: {}", world.tail());
        assert_eq!(all, [first, second].concat(), "{model}: {}", world.tail());
        // Without a report, a socket that the modem does not know any more may as well have vanished.
        let end = world.try_run(130, socket.read(&mut [0; 10]));
        assert!(matches!(end, Some(Ok(0) | Err(Error::Reset))), "{model}: {end:?}\n{}", world.tail());
        drop(socket);
        world.net.on([10, 0, 0, 9], 9, Peer::Echo);
        let mut socket = world.run(30, udp(stack, ([10, 0, 0, 9], 9))).expect("it opens");
        for _ in 0..3 {
            world.run(30, socket.send(b"datagram")).expect("it sends");
            let mut buffer = [0; 20];
            let count = world.try_run(130, socket.receive_into(&mut buffer));
            assert_eq!(count, Some(Ok(8)), "{model}: {}", world.tail());
            world.pass_secs(150);
        }
        drop(socket);
        world.leaves_nothing();
    }
}
