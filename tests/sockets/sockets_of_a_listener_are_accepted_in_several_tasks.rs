//! Several tasks wait at one listener; each connection goes to one of them, and dropping the listener
//! ends the listening while accepted connections live on.
use crate::common;

use std::net::SocketAddr;

use cellular_nal::Error;
use cellular_nal::asynch::{TcpListener, TcpSocket};
use common::Setup;
use common::conversation::{exactly, read_to_end};
use common::dialing::Dialers;
use embassy_futures::join::join3;
use embedded_io_async::{Read, Write};
use modem_sim::{Model, Peer, TcpState};

const PORT: u16 = 8080;

async fn serve(listener: &TcpListener<'static>) -> Result<(TcpSocket<'static>, SocketAddr), Error> {
    let (mut socket, peer) = listener.accept().await?;
    socket.write_all(b"hello").await?;
    let mut heard = [0; 5];
    socket.read_exact(&mut heard).await.map_err(exactly)?;
    assert_eq!(&heard, b"hello");
    Ok((socket, peer))
}

#[test]
fn sockets_of_a_listener_are_accepted_in_several_tasks() {
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<4, 1024, 1024>();
        world.bring_up();
        let (stack, net) = (world.stack, world.net.clone());
        let listener = world.run(30, stack.listen(PORT)).expect("it listens");
        assert_eq!(listener.local_address(), std::net::SocketAddr::from(([10, 20, 30, 40], PORT)), "{model}");
        let mut dialers = Dialers::new(&world, PORT, vec![Peer::Echo; 3]);
        let all = join3(serve(&listener), serve(&listener), serve(&listener));
        let (a, b, c) = dialers.run(&mut world, 60, all, |_| false).expect("all are served");
        let mut sockets = Vec::new();
        let mut met = Vec::new();
        for accepted in [a, b, c] {
            let (socket, peer) =
                accepted.unwrap_or_else(|error| panic!("{model}: {error}\n{}", world.tail()));
            sockets.push(socket);
            met.push(peer);
        }
        met.sort_unstable();
        assert_eq!(met, dialers.addresses(), "{model}");
        drop(listener);
        world.pass_secs(10);
        assert!(net.listening_ports().is_empty(), "{model}: {}", world.tail());
        for mut socket in sockets {
            world.run(30, socket.write_all(b"still here")).expect("it is connected");
            let mut heard = [0; 10];
            world.run(30, socket.read_exact(&mut heard)).expect("the echo comes");
            world.run(30, socket.close()).expect("it closes");
        }
        world.leaves_nothing();
        for (_, conn) in dialers.conns {
            assert_eq!(net.peer_state(conn), TcpState::PeerClosed, "{model}");
        }
    }
}

#[test]
fn a_dropped_accept_loses_no_connection() {
    for &model in Model::KNOWN {
        common::dropping::everywhere(
            || {
                let mut world = Setup { record: true, ..Setup::new(model) }.build();
                world.bring_up();
                world
            },
            |world| {
                let stack = world.stack;
                let net = world.net.clone();
                async move {
                    let listener = stack.listen(PORT).await?;
                    net.dial(PORT, ([151, 9, 34, 1], 40_000).into(), Peer::SendThenClose(b"hello".to_vec()));
                    let (mut socket, _) = listener.accept().await?;
                    read_to_end(&mut socket).await
                }
            },
            |world, output| {
                if let Some(output) = output {
                    assert_eq!(output.as_deref(), Ok(&b"hello"[..]), "{model}\n{}", world.tail());
                }
                world.echoes(60);
                world.leaves_nothing();
                assert!(world.net.listening_ports().is_empty(), "{model}\n{}", world.tail());
            },
        );
    }
}

#[test]
fn a_listener_dies_with_the_link_and_another_one_can_be_had() {
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let (stack, control) = (world.stack, world.control);
        assert_eq!(world.run(30, stack.listen(0)).map(drop), Err(Error::InvalidInput), "{model}");
        let listener = world.run(30, stack.listen(PORT)).expect("it listens");
        assert_eq!(world.run(30, stack.listen(PORT)).map(drop), Err(Error::PortInUse), "{model}");
        world.run(60, control.disconnect());
        assert!(world.run(30, listener.accept()).is_err(), "{model}");
        drop(listener);
        world.bring_up();
        let listener = world.run(30, stack.listen(PORT)).expect("it listens again");
        world.net.dial(PORT, ([151, 9, 34, 1], 40_000).into(), Peer::Echo);
        let (socket, _) = world.run(30, serve(&listener)).expect("a connection comes");
        drop((socket, listener));
        world.leaves_nothing();
    }
}
