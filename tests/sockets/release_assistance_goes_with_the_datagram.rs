//! The network may be told that no further datagram follows.

use crate::common;

use cellular_nal::Error;
use cellular_nal::dialect::ReleaseAssistance;
use common::script::{lines, up};
use common::{ECHO, Setup};
use modem_sim::Model;

#[test]
fn release_assistance_goes_with_the_datagram() {
    for model in [Model::Ryz014a, Model::Gm02s, Model::Cassiopeia] {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let socket = world.poll(30, |engine, waker| engine.open_udp(ECHO.into(), 0, waker)).unwrap();
        world.poll(30, |engine, waker| engine.poll_open(socket, waker)).unwrap();
        for (release, number) in [(ReleaseAssistance::NoMore, 1), (ReleaseAssistance::OneReply, 2)] {
            let sent = world
                .poll(30, |engine, waker| engine.send_datagram(socket, None, b"reading", release, waker));
            assert_eq!(sent, Ok(()));
            world.poll(30, |engine, waker| engine.flush(socket, waker)).expect("it leaves");
            let command = format!("+SQNSSENDEXT={},7,{number}", 1);
            assert!(world.tail().contains(&command), "{model}: no {command}\n{}", world.tail());
        }
        world.pass_secs(2);
        assert_eq!(world.net.datagrams().len(), 2);
    }
}

#[test]
fn a_modem_without_it_says_so_before_anything_is_sent() {
    for model in [Model::SaraR500b, Model::LenaR8] {
        let mut world = common::up(model);
        let socket = world.poll(30, |engine, waker| engine.open_udp(ECHO.into(), 0, waker)).unwrap();
        world.poll(30, |engine, waker| engine.poll_open(socket, waker)).unwrap();
        let sent = world.poll(30, |engine, waker| {
            engine.send_datagram(socket, None, b"reading", ReleaseAssistance::NoMore, waker)
        });
        assert_eq!(sent, Err(Error::Unsupported));
    }
}

/// "+USOSTF (where supported)" (SARA/LEXI internet applications §A.2).
#[test]
fn a_modem_that_does_not_know_it_keeps_the_socket() {
    let mut desk = up(Model::SaraR5, |command| match command {
        "AT+USORF=0,1024" => Some(lines(&["+USORF: 0,\"10.0.0.7\",7,7,\"reading\"", "OK"])),
        _ => command.starts_with("AT+USOSTF").then(|| lines(&["+CME ERROR: 4"])),
    });
    let stack = desk.stack;
    let sent = desk.run(30, async {
        use embedded_nal_async::{ConnectedUdp, UdpStack};
        let (_, mut socket) = stack.connect(ECHO.into()).await?;
        let refused = socket.send_last(b"reading", ReleaseAssistance::NoMore).await;
        Ok::<_, Error>((refused, socket.send(b"reading").await))
    });
    assert_eq!(sent, Ok((Err(Error::Modem(cellular_nal::CmeCode(4))), Ok(()))), "{}", desk.tail());
}
