//! A serial port that gives its bytes one by one costs no more than they have to: whoever drives the engine is woken by the
//! end of an answer, not by its middle, and an answer that stops in its middle still ends in time.
use crate::common;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Waker;
use std::time::Duration;

use cellular_nal::asynch::TcpSocket;
use cellular_nal::{Engine, Output};
use common::conversation::tcp;
use common::script::{self, Canned, Desk};
use common::{ECHO, Woken, instant, pattern};
use embedded_io_async::Read;
use modem_sim::Model;

const HEAD: &[u8] = b"\r\n+USORD: 0,100,\"";

/// A modem that has been asked for 100 bytes of this connection and says nothing.
fn asked() -> (Desk<Canned>, TcpSocket<'static>) {
    let mut desk = script::up(Model::SaraR5, |command| (command == "AT+USORD=0,100").then(Vec::new));
    let stack = desk.stack;
    let socket = desk.run(60, tcp(stack, ECHO)).unwrap();
    desk.far.print("+UUSORD: 0,100");
    desk.pass(Duration::from_secs(1));
    assert_eq!(desk.far.count("AT+USORD=0,100"), 1, "{}", desk.tail());
    (desk, socket)
}

/// What is to be done next, and when.
fn next(engine: &mut Engine, now: Duration) -> Option<Duration> {
    match engine.poll_output(instant(now)) {
        Output::Timeout(at) => at.map(|(at, _)| Duration::from_micros(at.as_micros())),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_the_end_of_the_answer_wakes() {
    let (desk, _socket) = asked();
    let woken = Arc::new(Woken::default());
    let payload = pattern(100, 3);
    let mut engine = desk.engine.borrow_mut();
    engine.handle_rx(instant(desk.now), HEAD);
    next(&mut engine, desk.now);
    engine.register_runner(&Waker::from(woken.clone()));
    for byte in &payload[..99] {
        engine.handle_rx(instant(desk.now), &[*byte]);
    }
    assert_eq!(woken.0.load(Ordering::Relaxed), 0);
    engine.handle_rx(instant(desk.now), &[&payload[99..], b"\"\r\n\r\nOK\r\n"].concat());
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
}

#[test]
fn all_of_it_arrives() {
    let (mut desk, mut socket) = asked();
    let payload = pattern(100, 3);
    for byte in [HEAD, &payload, b"\"\r\n\r\nOK\r\n"].concat() {
        desk.engine.borrow_mut().handle_rx(instant(desk.now), &[byte]);
    }
    let mut buffer = [0; 100];
    desk.run(10, socket.read_exact(&mut buffer)).unwrap();
    assert_eq!(buffer, payload[..]);
}

#[test]
fn an_answer_that_stops_ends_a_while_after_its_last_byte() {
    let (desk, _socket) = asked();
    let mut engine = desk.engine.borrow_mut();
    engine.handle_rx(instant(desk.now), &[HEAD, &pattern(40, 3)].concat());
    let patience = next(&mut engine, desk.now).expect("a deadline") - desk.now;
    let last = desk.now + patience / 2;
    for byte in pattern(50, 4) {
        engine.handle_rx(instant(last), &[byte]);
    }
    // At the deadline that was told before, it hears of the bytes that have come since.
    assert_eq!(next(&mut engine, desk.now + patience), Some(last + patience));
    assert!(matches!(
        engine.poll_output(instant(last + patience)),
        Output::Transmit(_) | Output::Timeout(Some(_))
    ));
    assert!(engine.status().state() == cellular_nal::LinkState::Up);
    let later = engine.poll_output(instant(last + patience + Duration::from_secs(2)));
    assert!(
        matches!(later, Output::Transmit(b"\r" | b"AT\r")),
        "it makes sure that the modem is there: {later:?}"
    );
}
