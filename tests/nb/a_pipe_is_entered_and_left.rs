//! A raw pipe without an executor.
use crate::common;

use cellular_nal::Error;
use common::nb::up;
use common::{ECHO, pattern};
use embedded_nal::{TcpClientStack, nb};
use modem_sim::{Model, Options};

#[test]
fn nb_a_pipe_is_entered_and_left() {
    for &model in Model::KNOWN {
        let (mut stack, mut world) = up::<2>(model, Options::default());
        let mut socket = stack.socket().expect("there is a socket");
        assert_eq!(stack.pipe(&mut socket), Err(nb::Error::Other(Error::NotConnected)), "{model}");
        world.until(30, || stack.connect(&mut socket, ECHO.into())).expect("it connects");
        for _ in 0..2 {
            world.until(30, || stack.pipe(&mut socket)).expect("it becomes a pipe");
            let said = pattern(2000, 3);
            let (mut sent, mut heard) = (0, Vec::new());
            world
                .until(60, || {
                    if sent < said.len()
                        && let Ok(count) = stack.send(&mut socket, &said[sent..])
                    {
                        sent += count;
                    }
                    let mut buffer = [0; 100];
                    let count = stack.receive(&mut socket, &mut buffer)?;
                    heard.extend_from_slice(&buffer[..count]);
                    if heard.len() < said.len() { Err(nb::Error::WouldBlock) } else { Ok(()) }
                })
                .expect("the echo comes");
            assert!(heard == said, "{model}");
            world.until(30, || stack.leave_pipe(&mut socket)).expect("the pipe is left");
            world.until(30, || stack.send(&mut socket, b"by command")).expect("it sends");
            let mut buffer = [0; 10];
            let count = world.until(30, || stack.receive(&mut socket, &mut buffer));
            assert_eq!((count, &buffer), (Ok(10), b"by command"), "{model}");
        }
        world.until(30, || stack.pipe(&mut socket)).expect("it becomes a pipe");
        stack.close(socket).expect("closing never fails");
        world.leaves_nothing(&mut stack);
    }
}
