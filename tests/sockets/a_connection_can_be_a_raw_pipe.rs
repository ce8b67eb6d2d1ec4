//! Data mode: `+USODL`, `+SQNSO`, and the way out with `+++`.

use crate::common;

use std::net::SocketAddr;
use std::task::Poll;

use cellular_nal::{Error, SocketHandle};
use common::{ECHO, Setup, World, pattern};
use modem_sim::{ConnId, Model, Peer};

fn connected(model: Model, remote: impl Into<SocketAddr>) -> (World, SocketHandle) {
    let mut world = Setup { record: true, ..Setup::new(model) }.build();
    world.net.on([10, 0, 0, 9], 9, Peer::Discard);
    world.bring_up();
    let socket = world.open(remote).expect("it connects");
    (world, socket)
}

fn enter(world: &mut World, socket: SocketHandle) {
    let result = world.poll(30, |engine, waker| engine.enter_pipe(socket, waker));
    assert_eq!(result, Ok(()), "{}", world.tail());
}

fn leave(world: &mut World, socket: SocketHandle) {
    world.engine.borrow_mut().leave_pipe(socket);
    let result = world.poll(30, |engine, waker| engine.poll_leave(socket, waker));
    assert_eq!(result, Ok(()), "{}", world.tail());
}

fn write(world: &mut World, socket: SocketHandle, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let count =
            world.poll(60, |engine, waker| engine.write(socket, bytes, waker)).expect("it takes bytes");
        bytes = &bytes[count..];
    }
}

fn read(world: &mut World, socket: SocketHandle, count: usize) -> Vec<u8> {
    let mut heard = Vec::new();
    let mut buffer = [0; 256];
    while heard.len() < count {
        let came = world.poll(60, |engine, waker| engine.read(socket, &mut buffer, waker));
        match came {
            Ok(came @ 1..) => heard.extend_from_slice(&buffer[..came]),
            other => panic!("{other:?} after {} bytes\n{}", heard.len(), world.tail()),
        }
    }
    heard
}

fn conn(world: &World) -> ConnId {
    world.net.connections().last().expect("there is a connection").id
}

#[test]
fn all_bytes_pass_both_ways_and_the_connection_goes_on_with_commands() {
    for &model in Model::KNOWN {
        let (mut world, socket) = connected(model, ECHO);
        for round in 0..3 {
            let said = pattern(500, round);
            write(&mut world, socket, &said);
            assert_eq!(read(&mut world, socket, said.len()), said);
            enter(&mut world, socket);
            let mut said: Vec<u8> = (0..=255).collect();
            said.extend(b"\r\nOK\r\n+++\r\nERROR\r\n\x11\x13\x1a\x1b");
            said.extend(pattern(700, round));
            write(&mut world, socket, &said);
            assert_eq!(read(&mut world, socket, said.len()), said, "{model}\n{}", world.tail());
            leave(&mut world, socket);
        }
        world.echoes(60);
        world.engine.borrow_mut().release(socket);
        world.leaves_nothing();
    }
}

#[test]
fn escape_characters_of_either_end_are_only_bytes() {
    for &model in Model::KNOWN {
        let (mut world, socket) = connected(model, ([10, 0, 0, 9], 9));
        enter(&mut world, socket);
        let conn = conn(&world);
        let mut sent = Vec::new();
        for said in [&b"+++"[..], b"+", b"++", b"+++", b"++++", b"a+++", b"+++b", b"++++++", b"+"] {
            write(&mut world, socket, said);
            sent.extend_from_slice(said);
            world.net.send(conn, said);
            world.pass_secs(5);
            assert_eq!(read(&mut world, socket, said.len()), said, "{model}\n{}", world.tail());
        }
        assert_eq!(world.net.received(conn), sent, "{model}\n{}", world.tail());
        leave(&mut world, socket);
        write(&mut world, socket, b"+++");
        world.pass_secs(5);
        sent.extend_from_slice(b"+++");
        assert_eq!(world.net.received(conn), sent, "{model}\n{}", world.tail());
    }
}

#[test]
fn words_of_the_peer_that_look_like_the_modem_s_do_not_end_the_pipe() {
    for &model in Model::KNOWN {
        let (mut world, socket) = connected(model, ([10, 0, 0, 9], 9));
        enter(&mut world, socket);
        let conn = conn(&world);
        for words in
            ["\r\nNO CARRIER\r\n", "\r\nDISCONNECT\r\n", "\r\nOK\r\n", "\r\nDISCONNECT\r\n\r\nOK\r\n"]
        {
            world.net.send(conn, words.as_bytes());
            world.pass_secs(10);
            assert_eq!(read(&mut world, socket, words.len()), words.as_bytes(), "{model}\n{}", world.tail());
            write(&mut world, socket, b"x");
        }
        world.pass_secs(3);
        assert_eq!(world.net.received(conn), b"xxxx");
        leave(&mut world, socket);
        world.engine.borrow_mut().release(socket);
        world.leaves_nothing();
    }
}

#[test]
fn a_peer_that_closes_ends_the_pipe_and_all_its_bytes_are_read() {
    for &model in Model::KNOWN {
        let (mut world, socket) = connected(model, ([10, 0, 0, 9], 9));
        enter(&mut world, socket);
        let conn = conn(&world);
        let said = pattern(5000, 3);
        world.net.send(conn, &said);
        world.pass_secs(1);
        world.net.close(conn);
        assert_eq!(read(&mut world, socket, said.len()), said, "{model}");
        let end = world.poll(60, |engine, waker| engine.read(socket, &mut [0; 10], waker));
        assert!(matches!(end, Ok(0)), "{model}: {end:?}\n{}", world.tail());
        let write = world.poll(60, |engine, waker| engine.write(socket, b"x", waker));
        assert_eq!(write, Err(Error::Closed), "{model}");
        world.engine.borrow_mut().release(socket);
        world.echoes(60);
        world.leaves_nothing();
    }
}

#[test]
fn a_slow_reader_loses_nothing() {
    for &model in Model::ALL {
        let (mut world, socket) = connected(model, ([10, 0, 0, 9], 9));
        enter(&mut world, socket);
        let conn = conn(&world);
        let said = pattern(20_000, 8);
        world.net.send(conn, &said);
        let mut heard = Vec::new();
        while heard.len() < said.len() {
            world.pass(std::time::Duration::from_millis(40));
            let count = (said.len() - heard.len()).min(100);
            heard.extend(read(&mut world, socket, count));
        }
        assert_eq!(heard, said);
        leave(&mut world, socket);
        world.echoes(60);
    }
}

#[test]
fn a_pipe_that_is_let_go_is_left_and_closed() {
    for &model in Model::KNOWN {
        let (mut world, socket) = connected(model, ECHO);
        enter(&mut world, socket);
        write(&mut world, socket, b"the last words");
        world.engine.borrow_mut().release(socket);
        world.echoes(60);
        let first = world.net.connections()[0].id;
        assert_eq!(world.net.received(first), b"the last words", "{model}\n{}", world.tail());
        world.leaves_nothing();
    }
}

#[test]
fn a_modem_that_restarts_in_the_pipe_is_found_out() {
    for &model in Model::ALL {
        let (mut world, socket) = connected(model, ECHO);
        enter(&mut world, socket);
        world.modem.reboot(world.now);
        world.pass_secs(20);
        world.engine.borrow_mut().leave_pipe(socket);
        let result = world.poll(60, |engine, waker| match engine.poll_leave(socket, waker) {
            Poll::Ready(result) => Poll::Ready(result),
            Poll::Pending => Poll::Pending,
        });
        assert_eq!(result, Err(Error::Aborted), "{model}\n{}", world.tail());
        world.engine.borrow_mut().release(socket);
        world.comes_up(90);
        world.echoes(60);
    }
}
