//! A bare `ERROR` that may be about a full receive buffer (RYZ014 use cases §6.2.5), then information text, then nothing:
//! the command is given up, and the modem is called again.

use std::net::SocketAddr;
use std::task::{Poll, Waker};

use cellular_nal::dialect::sequans::RYZ014A;
use cellular_nal::{Config, Duration, Engine, Instant, LinkState, Output, Resources};

/// What the modem says to a command, in front of `OK`.
fn text(command: &str) -> &'static str {
    const TEXTS: [(&str, &str); 6] = [
        ("AT+CMEE?", "+CMEE: 1\r\n"),
        ("AT+CFUN?", "+CFUN: 1\r\n"),
        ("AT+CPIN?", "+CPIN: READY\r\n"),
        ("AT+CEREG?", "+CEREG: 2,1\r\n"),
        ("AT+CGACT?", "+CGACT: 1,1\r\n"),
        ("AT+CGPADDR", "+CGPADDR: 1,\"10.0.0.1\"\r\n"),
    ];
    TEXTS.iter().find(|(known, _)| command.starts_with(known)).map_or("", |(_, text)| text)
}

/// All that is to be sent now, and when to come again.
fn sent(engine: &mut Engine, now: Instant) -> (String, Option<Instant>) {
    let mut all = String::new();
    loop {
        match engine.poll_output(now) {
            Output::Transmit(bytes) => {
                all += &String::from_utf8_lossy(bytes);
                let count = bytes.len();
                engine.transmitted(count);
            }
            Output::Timeout(due) => return (all, due.map(|(due, _)| due)),
            _ => {}
        }
    }
}

/// Lets the modem answer until it has been asked what begins with `until`, or nothing more.
fn converse(engine: &mut Engine, now: &mut Instant, until: &str) {
    for _ in 0..60 {
        *now = *now + Duration::from_millis(25);
        let (command, _) = sent(engine, *now);
        if !until.is_empty() && command.starts_with(until) {
            return;
        }
        if !command.is_empty() {
            engine.handle_rx(*now, format!("\r\n{}\r\nOK\r\n", text(&command)).as_bytes());
        }
    }
    assert!(until.is_empty(), "it does not say {until}");
}

#[test]
fn an_error_in_front_of_half_an_answer_does_not_hang() {
    let mut resources = Resources::<1, 128, 128>::new();
    let cell = resources.engine(&RYZ014A, Config::new());
    let (engine, mut now) = (&mut *cell.borrow_mut(), Instant::from_millis(0));
    engine.link_up();
    converse(engine, &mut now, "");
    assert_eq!(engine.status().state(), LinkState::Up);
    let remote = SocketAddr::from(([192, 0, 2, 1], 7));
    let Poll::Ready(Ok(socket)) = engine.open_tcp(remote, Waker::noop()) else { panic!("no socket") };
    converse(engine, &mut now, "");
    assert_eq!(engine.poll_open(socket, Waker::noop()), Poll::Ready(Ok(())));
    engine.handle_rx(now, b"\r\n+SQNSRING: 1\r\n");
    converse(engine, &mut now, "AT+SQNSRECV");
    engine.handle_rx(now, b"\r\nERROR\r\n\r\n+SQNSRECV: 1,4\r\nabcd\r\n");
    // Nothing more comes: whatever is due, each time something is done.
    let mut said = String::new();
    for _ in 0..20 {
        let (more, due) = sent(engine, now);
        said += &more;
        match due {
            Some(due) => {
                assert!(due > now);
                now = due;
            }
            None => break,
        }
    }
    assert!(said.contains("AT\r"), "{said}");
}
