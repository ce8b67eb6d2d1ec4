//! What the modem's answer to a socket read costs until its payload is with the user.

use core::net::SocketAddr;
use core::task::{Poll, Waker};

use cellular_nal::dialect::{Dialect, sequans::RYZ014A, ublox::SARA_R5};
use cellular_nal::{Config, Duration, Engine, Instant, LinkState, Output, Resources, SocketHandle};

use crate::{Meter, fill};

/// One socket read.
const READ: usize = 1024;
const ROUNDS: usize = 16;

/// What a Sequans modem says when it is asked how much is unread.
const UNREAD: &str = "+SQNSI: 1,1024,0,1024,0\r\n";

/// What a modem says to commands that begin like this; `OK` follows.
type Answers = &'static [(&'static str, &'static str)];

const ANSWERS: Answers = &[
    ("AT+CMEE?", "+CMEE: 1\r\n"),
    ("AT+CFUN?", "+CFUN: 1,0\r\n"),
    ("AT+CPIN?", "+CPIN: READY\r\n"),
    ("AT+CEREG?", "+CEREG: 2,1\r\n"),
    ("AT+CGDCONT?", "+CGDCONT: 1,\"IP\",\"internet\",\"10.0.0.1\"\r\n"),
    ("AT+CGACT?", "+CGACT: 1,1\r\n"),
    ("AT+CGPADDR", "+CGPADDR: 1,\"10.0.0.1\"\r\n"),
    ("AT+CSQ", "+CSQ: 18,99\r\n"),
    ("AT+COPS?", "+COPS: 0,2,\"22288\",7\r\n"),
    ("AT+UPSND=0,8", "+UPSND: 0,8,1\r\n"),
    ("AT+UPSND=0,0", "+UPSND: 0,0,\"10.0.0.1\"\r\n"),
    ("AT+USORD=0,0", "+USORD: 0,0\r\n"),
    ("AT+USOCR", "+USOCR: 0\r\n"),
    ("AT+SQNSI=1", "+SQNSI: 1,0,0,0,0\r\n"),
];

pub(crate) fn measure(meter: &mut Meter) {
    let before = b"\r\n+USORD: 0,1024,\"";
    run(meter, "ublox", &SARA_R5, b"\r\n+UUSORD: 0,1024\r\n", before, b"\"\r\n\r\nOK\r\n");
    let before = b"\r\n+SQNSRECV: 1,1024\r\n";
    run(meter, "sequans", &RYZ014A, b"\r\n+SQNSRING: 1,1024\r\n", before, b"\r\n\r\nOK\r\n");
}

fn run(meter: &mut Meter, name: &str, dialect: &'static dyn Dialect, ring: &[u8], head: &[u8], tail: &[u8]) {
    let mut resources = Resources::<2, READ, 512>::new();
    let cell = resources.engine(dialect, Config::new());
    let mut desk =
        Desk { engine: &mut cell.borrow_mut(), now: Instant::from_millis(0), heard: [0; 64], len: 0 };
    let socket = desk.bring_up();
    let mut answer = [0; READ + 64];
    let end = head.len() + READ;
    answer[..head.len()].copy_from_slice(head);
    fill("random", 0, &mut answer[head.len()..end]);
    answer[end..end + tail.len()].copy_from_slice(tail);
    let answer = &answer[..end + tail.len()];
    for polled in [false, true] {
        for piece in [1, 16, 64, 256] {
            for _ in 0..ROUNDS {
                desk.ring(ring);
                let mut buffer = [0; READ];
                let (engine, now) = (&mut *desk.engine, desk.now);
                desk.now = now + Duration::from_millis(20);
                let got = meter.count(|| {
                    for piece in answer.chunks(piece) {
                        engine.handle_rx(now, piece);
                        if polled {
                            let _ = engine.poll_output(now);
                        }
                    }
                    // What was read is the user's when the pause behind a result is over.
                    let _ = engine.poll_output(now + Duration::from_millis(20));
                    engine.read(socket, &mut buffer, Waker::noop())
                });
                assert_eq!(got, Poll::Ready(Ok(READ)));
                assert_eq!(buffer, answer[head.len()..end]);
            }
            let how = if polled { "-polled" } else { "" };
            meter.print(format_args!("at/{name}{how}/pieces-{piece}"), ROUNDS * READ);
        }
    }
}

struct Desk<'e> {
    engine: &'e mut Engine,
    now: Instant,
    /// The beginning of the command that is not answered.
    heard: [u8; 64],
    len: usize,
}

impl Desk<'_> {
    fn bring_up(&mut self) -> SocketHandle {
        self.engine.link_up();
        for _ in 0..80 {
            self.turn();
        }
        assert_eq!(self.engine.status().state(), LinkState::Up);
        let remote = SocketAddr::from(([192, 0, 2, 1], 7));
        let Poll::Ready(Ok(socket)) = self.engine.open_tcp(remote, Waker::noop()) else {
            panic!("no socket")
        };
        for _ in 0..10 {
            self.turn();
        }
        assert_eq!(self.engine.poll_open(socket, Waker::noop()), Poll::Ready(Ok(())));
        socket
    }

    /// Bytes are there: until the engine reads them.
    fn ring(&mut self, ring: &[u8]) {
        // Whether there is more is asked behind each read.
        for _ in 0..4 {
            self.turn();
        }
        self.engine.handle_rx(self.now, ring);
        for _ in 0..20 {
            self.listen();
            let heard = &self.heard[..self.len];
            if heard.starts_with(b"AT+USORD=0,1024") || heard.starts_with(b"AT+SQNSRECV=1,1024") {
                self.len = 0;
                return;
            }
            let unread = if heard.starts_with(b"AT+SQNSI=1") { UNREAD } else { "" };
            self.answer(unread);
        }
        panic!("it does not read");
    }

    fn turn(&mut self) {
        self.listen();
        self.answer("");
    }

    fn listen(&mut self) {
        self.now = self.now + Duration::from_millis(25);
        while let Output::Transmit(bytes) = self.engine.poll_output(self.now) {
            let count = bytes.len();
            for (to, from) in self.heard.iter_mut().skip(self.len).zip(bytes) {
                *to = *from;
            }
            self.len = (self.len + count).min(self.heard.len());
            self.engine.transmitted(count);
        }
    }

    /// `instead` is said in place of what is usual.
    fn answer(&mut self, instead: &'static str) {
        let heard = &self.heard[..self.len];
        if heard.ends_with(b"\r") || heard.len() == self.heard.len() {
            let usual = ANSWERS.iter().find(|(command, _)| heard.starts_with(command.as_bytes()));
            self.engine.handle_rx(self.now, b"\r\n");
            let usual = usual.map_or("", |(_, text)| text);
            let text = if instead.is_empty() { usual } else { instead };
            self.engine.handle_rx(self.now, text.as_bytes());
            self.engine.handle_rx(self.now, b"\r\nOK\r\n");
            self.len = 0;
        }
    }
}
