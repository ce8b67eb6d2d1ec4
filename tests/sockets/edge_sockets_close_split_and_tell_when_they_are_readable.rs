//! edge-nal: what its traits ask for beyond those of embedded-nal-async.
use crate::common;

use std::net::SocketAddr;
use std::time::Duration;

use cellular_nal::Error;
use common::conversation::exactly;
use common::dialing::Dialers;
use common::dropping::{everywhere, narrow};
use common::{ECHO, ECHO_NAME, Setup, pattern, up};
use edge_nal::{
    AddrType, Close, Dns, MulticastV4, MulticastV6, Readable, TcpAccept, TcpBind, TcpConnect, TcpShutdown,
    TcpSplit, UdpBind, UdpConnect, UdpReceive, UdpSend, UdpSplit, UdpSplitMulticast,
};
use embassy_futures::join::join;
use embedded_io_async::{Read, Write};
use modem_sim::{Model, Peer, TcpState};

const SERVER: ([u8; 4], u16) = ([10, 0, 0, 9], 9);

#[test]
fn closing_both_directions_delivers_what_was_written() {
    for &model in Model::KNOWN {
        let mut world = up(model);
        world.net.on(SERVER.0, SERVER.1, Peer::Discard);
        let (stack, said) = (world.stack, pattern(900, 1));
        let mut socket = world.run(30, TcpConnect::connect(&stack, SERVER.into())).expect("it connects");
        let conn = world.net.connections().last().expect("there is one").id;
        world.run(30, socket.write_all(&said)).expect("it takes bytes");
        for what in [Close::Write, Close::Read] {
            assert_eq!(world.run(1, TcpShutdown::close(&mut socket, what)), Err(Error::Unsupported));
        }
        let closed = world.run(30, TcpShutdown::close(&mut socket, Close::Both));
        assert_eq!(closed, Ok(()), "{model}");
        assert_eq!(world.run(1, socket.write(b"x")), Err(Error::NotConnected), "{model}");
        assert_eq!(world.run(1, socket.read(&mut [0])), Err(Error::NotConnected), "{model}");
        world.pass_secs(5);
        assert_eq!(world.net.peer_state(conn), TcpState::PeerClosed, "{model}");
        assert!(world.net.received(conn) == said, "{model}");
        // The old handle does not disturb the next connection.
        world.echoes(30);
        drop(socket);
        world.leaves_nothing();
    }
}

#[test]
fn closing_is_bounded_when_the_peer_takes_nothing() {
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        world.net.on(SERVER.0, SERVER.1, Peer::Discard);
        let stack = world.stack;
        let mut socket = world.run(30, TcpConnect::connect(&stack, SERVER.into())).expect("it connects");
        let conn = world.net.connections().last().expect("there is one").id;
        world.net.set_reading(conn, false);
        let full = world.try_run(200, async { while socket.write(&[0; 1000]).await.is_ok() {} });
        assert_eq!(full, None, "{model}: it takes bytes for ever");
        let start = world.now;
        let closed = world.try_run(100, TcpShutdown::close(&mut socket, Close::Both));
        assert!(closed.is_some(), "{model}: it is not bounded\n{}", world.tail());
        assert!(world.now - start <= Duration::from_secs(60), "{model}: {:?}", world.now - start);
        drop(socket);
        world.leaves_nothing();
    }
}

#[test]
fn a_connection_that_is_aborted_sends_no_more() {
    for &model in Model::KNOWN {
        let mut world = up(model);
        world.net.on(SERVER.0, SERVER.1, Peer::Discard);
        let stack = world.stack;
        let mut socket = world.run(30, TcpConnect::connect(&stack, SERVER.into())).expect("it connects");
        let conn = world.net.connections().last().expect("there is one").id;
        world.run(1, socket.write(b"staged")).expect("it takes bytes");
        assert_eq!(world.run(1, TcpShutdown::abort(&mut socket)), Ok(()));
        world.leaves_nothing();
        assert!(world.net.received(conn).is_empty(), "{model}");
    }
}

#[test]
fn a_socket_is_readable_when_there_is_data_or_the_end() {
    for &model in Model::KNOWN {
        let mut world = up(model);
        world.net.on(SERVER.0, SERVER.1, Peer::Discard);
        let stack = world.stack;
        let mut socket = world.run(30, TcpConnect::connect(&stack, SERVER.into())).expect("it connects");
        let conn = world.net.connections().last().expect("there is one").id;
        assert_eq!(world.try_run(20, Readable::readable(&mut socket)), None, "{model}");
        world.net.send(conn, b"data");
        assert_eq!(world.try_run(20, Readable::readable(&mut socket)), Some(Ok(())), "{model}");
        assert_eq!(world.run(1, socket.read(&mut [0; 9])), Ok(4), "{model}");
        world.net.close(conn);
        let (mut reader, _writer) = TcpSplit::split(&mut socket);
        assert_eq!(world.try_run(20, reader.readable()), Some(Ok(())), "{model}");
        assert_eq!(world.run(1, reader.read(&mut [0; 9])), Ok(0), "{model}");
        drop(socket);
        world.leaves_nothing();
    }
}

#[test]
fn both_halves_of_a_connection_work_at_once() {
    for &model in Model::KNOWN {
        let mut world = up(model);
        let (stack, said) = (world.stack, pattern(9000, 8));
        let mut socket = world.run(30, TcpConnect::connect(&stack, ECHO.into())).expect("it connects");
        let (mut reader, mut writer) = TcpSplit::split(&mut socket);
        let mut heard = vec![0; said.len()];
        let (wrote, read) = world.run(100, join(writer.write_all(&said), reader.read_exact(&mut heard)));
        wrote.expect("it takes bytes");
        read.map_err(exactly).expect("the echo comes");
        assert!(heard == said, "{model}");
        drop(socket);
        world.leaves_nothing();
    }
}

#[test]
fn connections_are_accepted() {
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<3, 1024, 1024>();
        world.bring_up();
        let stack = world.stack;
        let foreign = world.run(30, TcpBind::bind(&stack, ([10, 20, 30, 41], 80).into()));
        assert_eq!(foreign.map(drop), Err(Error::InvalidInput), "{model}");
        let acceptor = world.run(30, TcpBind::bind(&stack, ([0, 0, 0, 0], 80).into())).expect("it is bound");
        let mut dialers = Dialers::new(&world, 80, vec![Peer::SendThenClose(b"hello".to_vec()); 2]);
        let both = join(TcpAccept::accept(&acceptor), TcpAccept::accept(&acceptor));
        let (a, b) = dialers.run(&mut world, 60, both, |_| false).expect("both are accepted");
        let (a, b) = (a.expect("one comes"), b.expect("another one comes"));
        let mut met = [a.0, b.0];
        met.sort_unstable();
        assert_eq!(met, *dialers.addresses(), "{model}");
        for mut socket in [a.1, b.1] {
            let heard = world.run(60, common::conversation::read_to_end(&mut socket));
            assert_eq!(heard.as_deref(), Ok(&b"hello"[..]), "{model}");
        }
        drop(acceptor);
        world.leaves_nothing();
    }
}

#[test]
fn datagrams_go_by_bound_and_connected_sockets_whole_and_split() {
    for &model in Model::KNOWN {
        let mut world = up(model);
        let (stack, echo) = (world.stack, SocketAddr::from(ECHO));
        let anywhere = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut buffer = [0; 16];

        let mut bound = world.run(30, UdpBind::bind(&stack, anywhere)).expect("it is bound");
        assert_eq!(world.run(30, UdpSend::send(&mut bound, echo, b"one")), Ok(()), "{model}");
        assert_eq!(world.run(30, Readable::readable(&mut bound)), Ok(()), "{model}");
        assert_eq!(world.run(1, UdpReceive::receive(&mut bound, &mut buffer)), Ok((3, echo)), "{model}");
        {
            let (mut receiver, mut sender) = UdpSplit::split(&mut bound);
            let exchange = join(receiver.receive(&mut buffer), sender.send(echo, b"three"));
            assert_eq!(world.run(30, exchange), (Ok((5, echo)), Ok(())), "{model}");
        }
        let group = [224, 0, 0, 251].into();
        let joined = world.run(1, bound.join_v4(group, [0, 0, 0, 0].into()));
        assert_eq!(joined, Err(Error::Unsupported));
        let (_, _, _, mut six) = bound.split_multicast();
        assert_eq!(world.run(1, six.leave_v6([0; 16].into(), 0)), Err(Error::Unsupported));
        drop(bound);

        let connected = world.run(30, UdpConnect::connect(&stack, anywhere, echo));
        let mut connected = connected.expect("it is connected");
        // Whom the caller names is ignored.
        let other = SocketAddr::from(([10, 0, 0, 99], 99));
        assert_eq!(world.run(30, UdpSend::send(&mut connected, other, b"four")), Ok(()), "{model}");
        assert_eq!(world.run(30, UdpReceive::receive(&mut connected, &mut buffer)), Ok((4, echo)), "{model}");
        drop(connected);
        world.leaves_nothing();
    }
}

#[test]
fn names_are_resolved() {
    for &model in Model::KNOWN {
        let mut world = up(model);
        let stack = world.stack;
        let found = world.run(30, Dns::get_host_by_name(&stack, ECHO_NAME, AddrType::Either));
        assert_eq!(found, Ok(ECHO.0.into()), "{model}");
        let found = world.run(30, Dns::get_host_by_name(&stack, "10.1.2.3", AddrType::IPv6));
        assert_eq!(found, Err(Error::NameNotFound), "{model}");
    }
}

#[test]
fn a_close_that_is_dropped_anywhere_closes_all_the_same() {
    for &model in Model::KNOWN {
        everywhere(
            || {
                let world = narrow(model);
                world.net.on(SERVER.0, SERVER.1, Peer::Discard);
                world
            },
            |world| {
                let stack = world.stack;
                async move {
                    let mut socket = TcpConnect::connect(&stack, SERVER.into()).await?;
                    socket.write_all(b"hello").await?;
                    TcpShutdown::close(&mut socket, Close::Both).await
                }
            },
            |world, output| {
                assert!(matches!(output, None | Some(Ok(()))), "{model}: {output:?}\n{}", world.tail());
                world.echoes(60);
                if output.is_some() {
                    let conn = world.net.connections().first().expect("there is one").id;
                    assert_eq!(world.net.received(conn), b"hello", "{model}");
                }
                world.leaves_nothing();
            },
        );
    }
}
