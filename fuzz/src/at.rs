//! An engine with users, opposite a modem that says anything.
//!
//! The first byte chooses the dialect. What follows is what the modem says, but for escape (1B): behind it
//! stands one operation of a user, of time or of the modem that answers properly, and where it needs one a
//! number.

use core::net::SocketAddr;
use core::task::{Poll, Waker};

use cellular_nal::dialect::sequans::{CASSIOPEIA, GM02S, RYZ014A};
use cellular_nal::dialect::ublox::{
    LENA_R8, LEXI_R422, LEXI_R520, SARA_R5, SARA_R5_00B, SARA_R5_01B, SARA_R42, SARA_R422S,
};
use cellular_nal::dialect::{Credential, CredentialKind, Dialect, ReleaseAssistance, SocketOption, detect};
use cellular_nal::{
    Config, Duration, Engine, Instant, LinkState, Output, Resources, SecurityProfile, SocketHandle, Ticket,
};

use crate::modem::Modem;
use crate::{Cuts, Tape};

static PROFILE: SecurityProfile = SecurityProfile::new().authority(8).server_name("example.com");

/// With the name that the modem gives.
static DIALECTS: [(&dyn Dialect, &str); 14] = [
    (&SARA_R5, "SARA-R510S"),
    (&RYZ014A, "RYZ014A"),
    (&SARA_R5_00B, "SARA-R510S"),
    (&SARA_R5_01B, "SARA-R510S"),
    (&LEXI_R520, "LEXI-R520"),
    (&SARA_R42, "SARA-R422"),
    (&SARA_R422S, "SARA-R422S"),
    (&LEXI_R422, "LEXI-R422"),
    (&LENA_R8, "LENA-R8001"),
    (&CASSIOPEIA, "CB610L"),
    (&GM02S, "GM02S"),
    (&detect::AUTO, "SARA-R510S"),
    (&detect::AUTO, "LENA-R8001"),
    (&detect::AUTO, "RYZ014A"),
];

const ESCAPE: u8 = 0x1B;

/// One input, played with the bytes from the modem cut at two ways: all else must be the same.
pub fn run(input: &[u8]) {
    let mut tape = Tape(input);
    let (dialect, kind) = (tape.below(DIALECTS.len()), tape.byte());
    let whole = play(tape.clone(), dialect, kind, Cuts::NONE);
    if kind & 4 != 0 {
        return;
    }
    let cut = play(tape, dialect, kind, Cuts::new(kind));
    assert_eq!(whole, cut);
}

/// What was sent, and what users were told, in one row.
fn play(tape: Tape<'_>, dialect: usize, kind: u8, cuts: Cuts) -> Vec<u8> {
    let mut resources = Resources::<3, 128, 128>::new();
    let (dialect, name) = DIALECTS[dialect];
    let config = Config::new().apn("internet").and_then(|config| config.pin("1234")).expect("both are short");
    let cell = resources.engine(dialect, config);
    let mut engine = cell.borrow_mut();
    let first = if dialect.name() == "sara-r5" { 0 } else { 1 };
    let mut desk = Desk {
        engine: &mut engine,
        now: Instant::from_millis(0),
        due: None,
        cuts,
        modem: Modem::new(first, name),
        sockets: [None; 4],
        ticket: None,
        seen: Vec::new(),
    };
    desk.engine.link_up();
    if kind & 1 == 0 {
        desk.converse(60);
        // Else the target would only see how a link comes up.
        assert_eq!(desk.engine.status().state(), LinkState::Up, "{name}: {}", desk.seen.escape_ascii());
    }
    if kind & 3 == 0 {
        desk.open(0, kind >> 2);
        desk.converse(8);
    }
    desk.play(tape);
    desk.end();
    desk.seen
}

struct Desk<'e> {
    engine: &'e mut Engine,
    now: Instant,
    due: Option<Instant>,
    cuts: Cuts,
    modem: Modem,
    sockets: [Option<SocketHandle>; 4],
    ticket: Option<Ticket>,
    seen: Vec<u8>,
}

impl Desk<'_> {
    fn play(&mut self, tape: Tape<'_>) {
        let mut rest = tape.rest();
        while !rest.is_empty() {
            let end = rest.iter().position(|&byte| byte == ESCAPE).unwrap_or(rest.len());
            let (said, behind) = rest.split_at(end);
            self.feed(said);
            self.listen();
            let mut tape = Tape(behind.get(1..).unwrap_or_default());
            if !behind.is_empty() {
                self.operate(&mut tape);
                self.listen();
            }
            rest = tape.rest();
        }
    }

    /// The letter is for whoever reads an input.
    fn operate(&mut self, tape: &mut Tape<'_>) {
        match tape.byte() & 31 {
            // `a`: the modem answers as it should, `t`: some milliseconds go by, `d`: all until something is due.
            1 => self.answer(),
            20 => self.wait(25),
            4 => self.now = self.due.unwrap_or(self.now),
            // `j`: a conversation of some turns.
            10 => self.converse(1 + tape.below(8)),
            // `o`
            15 => {
                let place = tape.below(4);
                self.open(place, tape.byte());
            }
            // `c`: a connection from outside is taken.
            3 => {
                let Some(listener) = self.sockets[tape.below(4)] else { return };
                if let Poll::Ready(Ok((handle, remote))) = self.engine.accept(listener, Waker::noop()) {
                    self.note(remote.to_string().as_bytes());
                    let place = self.sockets.iter().position(Option::is_none);
                    match place {
                        Some(place) => self.sockets[place] = Some(handle),
                        None => self.engine.abort(handle),
                    }
                }
            }
            // `x` and `q`: let go of.
            letter @ (24 | 17) => {
                let Some(handle) = self.sockets[tape.below(4)].take() else { return };
                if letter == 24 { self.engine.release(handle) } else { self.engine.abort(handle) }
            }
            // `n`, `h`, `z`: names, addresses, the status.
            14 => {
                let name = ["example.com", "a", "x.y.z.example"][tape.below(3)];
                self.ticket = ready(self.engine.resolve(name, None, Waker::noop()));
            }
            8 => {
                let address = core::net::IpAddr::from([192, 0, 2, 1]);
                self.ticket = ready(self.engine.resolve_address(address, Waker::noop()));
            }
            26 => self.engine.refresh_status(),
            // `k` and `y`: the link goes down and up.
            11 => self.engine.link_down(),
            25 => self.engine.link_up(),
            // `m`: a file for the modem.
            13 => {
                let credential = Credential { kind: CredentialKind::Authority, slot: 8 };
                let total = [0, 5, 300][tape.below(3)];
                let _ = self.engine.begin_upload(credential, total, Waker::noop());
                let _ = self.engine.feed_upload(&[b'x'; 64], Waker::noop());
            }
            21 => _ = self.engine.feed_upload(&[b'x'; 64], Waker::noop()),
            2 => self.engine.abandon_upload(),
            letter => {
                let Some(handle) = self.sockets[tape.below(4)] else { return };
                self.use_socket(letter, handle, tape);
            }
        }
    }

    fn use_socket(&mut self, letter: u8, handle: SocketHandle, tape: &mut Tape<'_>) {
        let mut buffer = [0; 200];
        let waker = Waker::noop();
        match letter {
            // `w`, `f`, `r`: streams.
            23 => {
                let result = self.engine.write(handle, &tape.long(300), waker);
                self.note(format!("{result:?}").as_bytes());
            }
            6 => _ = self.engine.flush(handle, waker),
            18 => {
                let room = tape.below(200);
                if let Poll::Ready(Ok(count)) = self.engine.read(handle, &mut buffer[..room], waker) {
                    assert!(count <= room);
                    self.note(&buffer[..count]);
                }
            }
            // `e` and `g`: datagrams.
            5 => {
                let to = (tape.below(2) == 0).then(peer);
                let release =
                    if tape.below(2) == 0 { ReleaseAssistance::None } else { ReleaseAssistance::NoMore };
                let _ = self.engine.send_datagram(handle, to, &tape.long(300), release, waker);
            }
            7 => {
                let room = tape.below(200);
                let got = self.engine.receive_datagram(handle, &mut buffer[..room], waker);
                self.note(format!("{got:?}").as_bytes());
                self.note(&buffer[..room]);
            }
            // `p` and `v`: a raw pipe is entered and left.
            16 => _ = self.engine.enter_pipe(handle, waker),
            22 => {
                self.engine.leave_pipe(handle);
                let _ = self.engine.poll_leave(handle, waker);
            }
            // `i`
            9 => {
                let option =
                    [SocketOption::NoDelay(true), SocketOption::KeepAlive(60), SocketOption::Linger(1)]
                        [tape.below(3)];
                let _ = self.engine.set_option(handle, option, waker);
            }
            _ => {
                let open = self.engine.poll_open(handle, waker);
                let readable = self.engine.poll_readable(handle, waker);
                let told = (open, readable, self.engine.is_over(handle), self.engine.local_address(handle));
                self.note(format!("{told:?}").as_bytes());
            }
        }
    }

    fn open(&mut self, place: usize, kind: u8) {
        if let Some(handle) = self.sockets[place].take() {
            self.engine.abort(handle);
        }
        let (engine, waker) = (&mut *self.engine, Waker::noop());
        let port = u16::from(kind >> 3 & 1) * 5000;
        self.sockets[place] = ready(match kind & 7 {
            0 | 6 => engine.open_tcp(peer(), waker),
            1 => engine.open_udp(peer(), port, waker),
            2 => engine.open_bound(port, waker),
            3 => engine.listen(80, waker),
            4 => engine.open_tls(&PROFILE, peer(), waker),
            5 => engine.open_dtls(&PROFILE, peer(), port, waker),
            _ => engine.open_tcp("[2001:db8::1]:7".parse().expect("it is an address"), waker),
        });
    }

    fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let piece = self.cuts.take(&mut bytes);
            self.engine.handle_rx(self.now, piece);
        }
    }

    fn wait(&mut self, millis: u32) {
        self.now = self.now + Duration::from_millis(millis);
    }

    fn answer(&mut self) {
        let answer = self.modem.answer();
        self.feed(&answer);
    }

    /// The modem answers as it should, with the pauses that it wants.
    fn converse(&mut self, turns: usize) {
        let mut silent = 0;
        for _ in 0..turns {
            let sent = self.seen.len();
            self.listen();
            self.answer();
            self.listen();
            self.wait(25);
            silent = if self.seen.len() == sent { silent + 1 } else { 0 };
            if silent == 4 {
                break;
            }
        }
    }

    /// Takes what the engine has to say, until it waits.
    fn listen(&mut self) {
        let mut turns = 0;
        loop {
            match self.engine.poll_output(self.now) {
                Output::Transmit(bytes) => {
                    assert!(!bytes.is_empty());
                    self.modem.hear(bytes);
                    self.seen.extend_from_slice(bytes);
                    let count = bytes.len();
                    self.engine.transmitted(count);
                }
                Output::Baud(rate) => self.seen.extend(rate.to_le_bytes()),
                Output::Timeout(due) => {
                    let due = due.map(|(due, _)| due);
                    assert!(due.is_none_or(|due| due > self.now), "{due:?} at {:?}", self.now);
                    self.due = due;
                    break;
                }
                other => panic!("{other:?}"),
            }
            turns += 1;
            assert!(turns < 1000, "it always has something to send");
        }
        if let Some(ticket) = self.ticket
            && let Poll::Ready(result) = self.engine.poll_lookup(ticket, Waker::noop())
        {
            self.ticket = None;
            self.note(format!("{result:?}").as_bytes());
        }
    }

    fn note(&mut self, told: &[u8]) {
        self.seen.extend_from_slice(told);
    }

    /// Whatever has happened, nothing turns in a circle when the modem says nothing more.
    fn end(&mut self) {
        for handle in self.sockets.iter_mut().filter_map(Option::take) {
            self.engine.release(handle);
        }
        for _ in 0..12 {
            self.listen();
            let Some(due) = self.due else { break };
            self.now = due;
        }
        let status = format!("{:?} {} {}", self.engine.status(), self.engine.model(), self.engine.noise());
        self.note(status.as_bytes());
    }
}

fn peer() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 7))
}

fn ready<T, E>(poll: Poll<Result<T, E>>) -> Option<T> {
    match poll {
        Poll::Ready(Ok(value)) => Some(value),
        _ => None,
    }
}
