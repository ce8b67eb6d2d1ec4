//! After the peer has closed: first the data, then `PipeClosed` on each receive, whatever the way; then the same socket may be connected anew (N07, N08, N09, N10).
use crate::common;

use std::time::Duration;

use common::ECHO;
use common::nb::up;
use embedded_nal::{TcpClientStack, TcpError, TcpErrorKind, nb};
use modem_sim::{Model, Options, Peer, ScriptStep};

#[test]
fn nb_the_end_of_a_connection_is_a_closed_pipe() {
    for &model in Model::ALL {
        for (data, last) in [(500, ScriptStep::Close), (0, ScriptStep::Close), (0, ScriptStep::Reset)] {
            let (mut stack, mut world) = up::<1>(model, Options::default());
            let remote = ([10, 0, 0, 9], 9);
            let pause = ScriptStep::Pause(Duration::from_secs(1));
            let script = vec![ScriptStep::Send(vec![7; data]), pause, last.clone()];
            world.net.on(remote.0, remote.1, Peer::Scripted(script));
            let mut socket = stack.socket().expect("there is a socket");
            world.until(60, || stack.connect(&mut socket, remote.into())).expect("it connects");
            world.pass(&mut stack, Duration::from_secs(4));
            let mut got = 0;
            let error = loop {
                let mut buffer = [0; 64];
                match world.until(70, || stack.receive(&mut socket, &mut buffer)) {
                    Ok(0) => panic!("{model}: {last:?}: Ok(0) has no meaning"),
                    Ok(count) => got += count,
                    Err(error) => break error,
                }
            };
            assert_eq!(got, data, "{model}: {last:?}");
            assert_eq!(TcpError::kind(&error), TcpErrorKind::PipeClosed, "{model}: {last:?}: {error}");
            for _ in 0..3 {
                match stack.receive(&mut socket, &mut [0; 8]) {
                    Err(nb::Error::Other(error)) => {
                        assert_eq!(TcpError::kind(&error), TcpErrorKind::PipeClosed)
                    }
                    other => panic!("{model}: {last:?}: {other:?}"),
                }
            }
            let sent = world.until(200, || match stack.send(&mut socket, b"more") {
                Ok(_) => Err::<(), _>(nb::Error::WouldBlock),
                Err(error) => Err(error),
            });
            let kind = sent.map_err(|error| TcpError::kind(&error));
            assert_eq!(kind, Err(TcpErrorKind::PipeClosed), "{model}: {last:?}");
            world.until(60, || stack.connect(&mut socket, ECHO.into())).expect("it connects elsewhere");
            stack.close(socket).expect("closing never fails");
            world.leaves_nothing(&mut stack);
        }
    }
}
