//! A connection becomes a raw pipe and is one of commands again when the pipe is left or dropped,
//! wherever that happens.
use crate::common;

use common::conversation::{exactly, tcp};
use common::dropping::{everywhere, narrow};
use common::{ECHO, pattern, up};
use embedded_io_async::{Read, Write};
use modem_sim::{Model, Peer};

#[test]
fn a_pipe_is_left_when_its_guard_goes() {
    for &model in Model::KNOWN {
        for dropped in [false, true] {
            let mut world = up(model);
            let (stack, said) = (world.stack, pattern(3000, 4));
            let heard = world.run(200, async {
                let mut socket = tcp(stack, ECHO).await?;
                let mut pipe = socket.pipe().await?;
                let mut heard = Vec::new();
                for part in said.chunks(500) {
                    pipe.write_all(part).await?;
                    let mut buffer = vec![0; part.len()];
                    pipe.read_exact(&mut buffer).await.map_err(exactly)?;
                    heard.extend(buffer);
                }
                if dropped {
                    drop(pipe);
                } else {
                    pipe.leave().await?;
                }
                socket.write_all(b"by command").await?;
                let mut buffer = [0; 10];
                socket.read_exact(&mut buffer).await.map_err(exactly)?;
                assert_eq!(&buffer, b"by command");
                socket.close().await?;
                Ok::<_, cellular_nal::Error>(heard)
            });
            assert!(heard == Ok(said), "{model}: {heard:?}");
            world.echoes(60);
            world.leaves_nothing();
        }
    }
}

#[test]
fn a_dropped_pipe_leaves_the_modem_to_others() {
    for &model in Model::KNOWN {
        everywhere(
            || narrow(model),
            |world| {
                let stack = world.stack;
                async move {
                    let mut socket = tcp(stack, ECHO).await?;
                    let mut pipe = socket.pipe().await?;
                    pipe.write_all(b"through the pipe").await?;
                    let mut buffer = [0; 16];
                    pipe.read_exact(&mut buffer).await.map_err(exactly)?;
                    pipe.leave().await?;
                    Ok::<_, cellular_nal::Error>(buffer)
                }
            },
            |world, output| {
                if let Some(output) = output {
                    assert_eq!(output.as_ref(), Ok(b"through the pipe"), "{model}\n{}", world.tail());
                }
                world.echoes(60);
                world.leaves_nothing();
            },
        );
    }
}

#[test]
fn a_pipe_that_is_given_up_while_it_is_entered_leaves_the_connection_usable() {
    for &model in Model::KNOWN {
        for polls in 1..40 {
            let mut world = up(model);
            let stack = world.stack;
            let mut socket = world.run(30, tcp(stack, ECHO)).expect("it connects");
            let done = world.run_and_drop(usize::MAX, polls, async {
                let _pipe = socket.pipe().await;
            });
            let heard = world.try_run(60, async {
                socket.write_all(b"by command").await?;
                let mut buffer = [0; 10];
                socket.read_exact(&mut buffer).await.map_err(exactly)?;
                Ok::<_, cellular_nal::Error>(buffer)
            });
            assert_eq!(heard, Some(Ok(*b"by command")), "{model}, dropped after {polls}\n{}", world.tail());
            drop(socket);
            world.leaves_nothing();
            if done.is_some() {
                break;
            }
        }
    }
}

#[test]
fn the_end_of_the_connection_ends_the_pipe() {
    for &model in Model::KNOWN {
        let mut world = up(model);
        let said = pattern(1500, 2);
        world.net.on([10, 0, 0, 9], 9, Peer::Discard);
        let (stack, net) = (world.stack, world.net.clone());
        let heard = world.run(200, async {
            let mut socket = tcp(stack, ([10, 0, 0, 9], 9)).await?;
            let conn = net.connections().last().expect("there is one").id;
            // Read from the pipe all the same.
            net.send(conn, &said[..500]);
            let mut pipe = socket.pipe().await?;
            net.send(conn, &said[500..]);
            net.close(conn);
            let heard = common::conversation::read_to_end(&mut pipe).await?;
            assert_eq!(pipe.write(b"x").await, Err(cellular_nal::Error::Closed));
            Ok::<_, cellular_nal::Error>(heard)
        });
        assert!(heard == Ok(said), "{model}: {heard:?}");
        world.echoes(60);
        world.leaves_nothing();
    }
}
