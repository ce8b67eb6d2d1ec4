//! A connection as a raw pipe: the line carries its bytes and nothing else.
//!
//! The way in is a command that `CONNECT` answers, the way out silence, `+++` and silence. What the
//! modem says by itself, that the connection is over, stands among the bytes of the peer. Such words
//! are believed only when `+++` shows that the modem is not in the pipe any more: otherwise the peer
//! has sent them.

use super::extras::Pipes;
use super::job::Job;
use super::{Core, Sync, Timer, bit};
use crate::error::{Error, Failure};
use crate::socket::{Pipe, Place, State};
use crate::time::{Duration, Instant};

/// What could become words of the modem is held back until this much silence.
const HELD: Duration = Duration::from_millis(50);

/// The longest that the modem takes to answer `+++`, beside its guard time.
const ANSWER: Duration = Duration::from_secs(3);

/// The bytes that are held back at most: more than the modem says at the end of a pipe.
const TAIL: usize = 96;

/// The modem's words.
const OVER: [&[u8]; 2] = [b"\r\nNO CARRIER\r\n", b"\r\nDISCONNECT\r\n"];
const LEFT: &[u8] = b"\r\nOK\r\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    /// `+++` follows when both directions have been silent, at that time at the latest.
    Guarding(Instant),
    /// `+++` is on its way or has left; no answer comes before.
    Escaping(Instant),
}

#[derive(Debug)]
pub(super) struct Online {
    /// The slot, and which life of it.
    slot: u8,
    generation: u8,
    /// The modem's id.
    id: u8,
    phase: Phase,
    /// Whether the LF behind `CONNECT` is still to come.
    line_feed: bool,
    /// Bytes at the front of the transmit buffer that have left.
    given: usize,
    /// How much of `+++` has left while escaping; in the open, escape characters in a row behind
    /// silence that the peer is to get.
    pluses: u8,
    /// When the last byte has left the serial port, which may hold some, and when the last one came.
    sent: Instant,
    heard: Instant,
    /// Bytes that are held back, in the command's place.
    held: usize,
    /// The tail begins with all the words of an end.
    words: bool,
    /// So much of the tail came before `+++` left.
    before: usize,
    /// The modem has said during the escape that it left the pipe.
    left: bool,
}

const PIPES: Pipes = Pipes {
    finish: Core::went_online,
    room: Core::pipe_room,
    receive: Core::on_stream,
    advance: Core::advance_online,
    outgoing: Core::stream,
    transmitted: Core::streamed,
};

impl Core {
    /// Pipes are used from now on.
    pub(crate) fn use_pipes(&mut self) {
        self.extras.pipes = Some(&PIPES);
    }

    /// The modem has answered the command that leads into the pipe.
    fn went_online(&mut self, job: &Job, result: Result<(), Failure>) {
        let now = self.now;
        let Some(index) = job.slot else { return };
        let Some(place) = self.table.at(index) else { return };
        let slot = place.slot;
        match result {
            Ok(()) => {
                if slot.state == State::Open {
                    if slot.pipe == Pipe::Wanted {
                        slot.pipe = Pipe::On;
                    }
                    (slot.unread, slot.maybe_unread, slot.verify, slot.uncounted) = (0, false, false, true);
                }
                slot.wake();
                self.online = Some(Online {
                    slot: index,
                    generation: slot.generation,
                    id: job.call.id,
                    phase: Phase::Open,
                    line_feed: true,
                    given: 0,
                    pluses: 0,
                    sent: now,
                    heard: now,
                    held: 0,
                    words: false,
                    before: 0,
                    left: false,
                });
            }
            Err(failure) => {
                slot.check = true;
                slot.pipe = Pipe::Failed(match failure {
                    Failure::NoCarrier => Error::Closed,
                    failure => failure.into(),
                });
                slot.wake();
            }
        }
    }

    /// The connection that is the pipe, while it lives.
    fn piped(&mut self) -> Option<Place<'_>> {
        let online = self.online.as_ref()?;
        let place = self.table.at(online.slot)?;
        let lives = place.slot.generation == online.generation && place.slot.state == State::Open;
        lives.then_some(place)
    }

    /// Bytes at the front of the transmit buffer that have left.
    fn given(&self) -> usize {
        self.online.as_ref().map_or(0, |online| online.given)
    }

    /// How many bytes can be taken from the modem now.
    fn pipe_room(&mut self) -> usize {
        let held = self.online.as_ref().map_or(0, |online| online.held);
        self.piped().map_or(usize::MAX, |place| place.slot.rx.free(place.rx).saturating_sub(held))
    }

    /// Bytes came while the pipe is open. Gives those that came behind its end.
    fn on_stream<'a>(&mut self, mut bytes: &'a [u8]) -> &'a [u8] {
        let now = self.now;
        while let Some((&byte, rest)) = bytes.split_first() {
            let Some(online) = &mut self.online else { break };
            online.heard = now;
            if online.held == 0 && !online.line_feed && byte != b'\r' {
                // Most of it is plainly the peer's.
                let run = bytes.iter().position(|&byte| byte == b'\r').unwrap_or(bytes.len());
                let (plain, rest) = bytes.split_at(run);
                bytes = rest;
                self.pass(plain);
                continue;
            }
            bytes = rest;
            if core::mem::take(&mut online.line_feed) && byte == b'\n' {
                continue;
            }
            self.hold(byte);
            self.settle_words();
        }
        bytes
    }

    /// Keeps a byte back that may belong to words of the modem.
    fn hold(&mut self, byte: u8) {
        let now = self.now;
        let Some(online) = &mut self.online else { return };
        if !online.words {
            let escaping = matches!(online.phase, Phase::Escaping(from) if now >= from);
            let next = |words: &&[u8]| {
                words.get(..online.held) == self.command.get(..online.held)
                    && words.get(online.held) == Some(&byte)
            };
            let fits = OVER.iter().any(next) || escaping && next(&LEFT);
            if !fits {
                self.pass_tail();
            }
        } else if online.held == TAIL {
            // The modem does not say so much.
            self.pass_tail();
        }
        let Some(online) = &mut self.online else { return };
        if online.held == 0 && byte != b'\r' {
            return self.pass(&[byte]);
        }
        if let Some(place) = self.command.get_mut(online.held) {
            *place = byte;
            online.held += 1;
        }
    }

    /// Acts on words that are complete.
    fn settle_words(&mut self) {
        let Some(online) = &mut self.online else { return };
        let said = self.command.get(..online.held).unwrap_or_default();
        let escaping = matches!(online.phase, Phase::Escaping(..));
        if escaping && online.words {
            // Whatever the words are, an answer to `+++` says that the pipe was still there.
            let Some(data) = said.get(online.before..).and_then(|answer| answer.strip_suffix(LEFT)) else {
                return;
            };
            online.held = online.before + data.strip_suffix(OVER[1]).unwrap_or(data).len();
            self.pass_tail();
            return self.leave(true);
        }
        if escaping && said == LEFT {
            online.held = 0;
            return self.leave(true);
        }
        if !online.words && OVER.contains(&said) {
            if escaping && said == OVER[1] {
                // The answer to `+++`; `OK` follows.
                (online.left, online.held) = (true, 0);
                return;
            }
            online.words = true;
        }
    }

    fn tail(&self) -> [u8; TAIL] {
        self.command.first_chunk().copied().unwrap_or([0; TAIL])
    }

    /// What was held back is the peer's.
    fn pass_tail(&mut self) {
        let Some(online) = &mut self.online else { return };
        let held = core::mem::take(&mut online.held);
        online.words = false;
        let tail = self.tail();
        self.pass(tail.get(..held).unwrap_or_default());
    }

    /// Gives bytes to the reader.
    fn pass(&mut self, bytes: &[u8]) {
        let Some(place) = self.piped() else { return };
        let slot = place.slot;
        let count = slot.rx.push(place.rx, bytes);
        slot.rx.commit();
        slot.reader.wake();
        if count < bytes.len() {
            // Whoever moves the bytes has not asked for room: some are lost.
            slot.fail(Error::Aborted);
        }
    }

    /// The pipe is over. `gracefully`: the modem has said so.
    fn leave(&mut self, gracefully: bool) {
        let now = self.now;
        let given = self.given();
        self.ready_at = now + self.timing.gap;
        if let Some(mut place) = self.piped() {
            place.drop_sent(given);
            let slot = place.slot;
            slot.touch(now);
            slot.maybe_unread = true;
            slot.check = true;
            // Words of the peer that looked like the modem's: the pipe goes on.
            let again = slot.pipe == Pipe::On && gracefully && !slot.released;
            slot.pipe = if again { Pipe::Wanted } else { Pipe::Off };
            slot.wake();
        }
        self.online = None;
        if !gracefully {
            self.begin_sync(Sync::new(now, false, 10));
        }
        self.runner.wake();
    }

    /// Goes on with the pipe. True as long as there is one.
    fn advance_online(&mut self) -> bool {
        let (now, guard) = (self.now, self.timing.escape);
        let given = self.given();
        let leaves = self.piped().is_none_or(|place| {
            let slot = place.slot;
            slot.start_clocks(now);
            (slot.released || slot.pipe != Pipe::On) && given >= slot.tx_len
        });
        let Some(online) = &mut self.online else { return false };
        let silent = online.sent.max(online.heard) + guard;
        if online.phase == Phase::Open && leaves {
            online.phase = Phase::Guarding(now + guard + guard);
        } else if online.phase == Phase::Open && online.words && now >= silent {
            online.phase = Phase::Guarding(now);
        }
        let until = match online.phase {
            Phase::Open if online.words => silent,
            Phase::Open if online.held > 0 && now < online.heard + HELD => online.heard + HELD,
            Phase::Open => {
                if online.held > 0 {
                    self.pass_tail();
                }
                self.plus_at()
            }
            Phase::Guarding(latest) if now < silent.min(latest) => silent.min(latest),
            Phase::Guarding(_) => {
                online.pluses = 0;
                online.before = online.held;
                (online.phase, online.sent) = (Phase::Escaping(now), now);
                now + guard + ANSWER
            }
            Phase::Escaping(_) if now < online.sent + guard + ANSWER => online.sent + guard + ANSWER,
            Phase::Escaping(_) => {
                self.end_escape();
                return false;
            }
        };
        self.wait(until, Timer::Escape)
    }

    /// No more answer to `+++` is to be expected.
    fn end_escape(&mut self) {
        let Some(online) = &self.online else { return };
        if online.left {
            return self.leave(true);
        }
        if online.words {
            return self.end_of_pipe();
        }
        // It cannot be told where the modem is: what follows may go to the peer.
        self.stale |= bit(online.id);
        self.pass_tail();
        if let Some(place) = self.piped() {
            place.slot.fail(Error::Aborted);
        }
        self.leave(false);
    }

    /// The modem has left the pipe by itself. Behind its words there may be reports.
    fn end_of_pipe(&mut self) {
        let now = self.now;
        if let Some(place) = self.piped() {
            // Nobody takes what could not be sent.
            place.slot.tx_len = 0;
            place.slot.write_closed = true;
            place.slot.peer_closed = true;
            place.slot.pipe = Pipe::Failed(Error::Closed);
        }
        let Some(online) = &self.online else { return };
        let (tail, held) = (self.tail(), online.held);
        self.leave(false);
        for line in tail.get(..held).unwrap_or_default().split(|&b| matches!(b, b'\r' | b'\n')) {
            if let Some(urc) = self.dialect.urc(line) {
                self.on_urc(urc);
            }
        }
        self.ready_at = now;
    }

    /// When the escape character that is held back may leave.
    fn plus_at(&mut self) -> Instant {
        let guard = self.timing.escape;
        let Some(online) = &self.online else { return Instant::NEVER };
        let until = online.sent + guard;
        let waits = self.now < until && self.stream().is_empty();
        let given = self.given();
        let unsent = self.piped().is_some_and(|place| given < place.slot.tx_len);
        if waits && unsent { until } else { Instant::NEVER }
    }

    /// Bytes that may leave now.
    fn stream(&mut self) -> &[u8] {
        let (now, guard) = (self.now, self.timing.escape);
        let Some(online) = &self.online else { return &[] };
        if let Phase::Escaping(..) = online.phase {
            return b"+++".get(online.pluses.into()..).unwrap_or_default();
        }
        if online.phase != Phase::Open || online.words {
            return &[];
        }
        let (given, silent, sent_pluses) = (online.given, now >= online.sent + guard, online.pluses);
        let Some(place) = self.piped() else { return &[] };
        let bytes = place.tx.get(given..place.slot.tx_len).unwrap_or_default();
        // Three of them between two silences would lead out of the pipe: the third waits for
        // company, or until the first two cannot belong to it any more.
        let pluses = bytes.iter().take_while(|&&byte| byte == b'+').count();
        let before = if silent { 0 } else { usize::from(sent_pluses) };
        let alone = pluses == bytes.len() && (silent || sent_pluses > 0);
        if alone && before + pluses == 3 {
            return bytes.get(..pluses - 1).unwrap_or_default();
        }
        bytes
    }

    /// The serial port took so many bytes of [`stream`](Self::stream).
    fn streamed(&mut self, count: usize) {
        let timing = self.timing;
        let (now, guard, answers) = (self.now, timing.escape, timing.escape_answer);
        let Some(online) = &mut self.online else { return };
        let wire = Duration::from_millis((count as u32).saturating_mul(10_000) / self.rate.max(1));
        if let Phase::Escaping(..) = online.phase {
            online.pluses = online.pluses.saturating_add(count as u8);
            online.sent = now;
            online.phase = Phase::Escaping(now + answers);
            return;
        }
        let given = online.given;
        let Some(place) = self.piped() else { return };
        let bytes = place.tx.get(given..given + count).unwrap_or_default();
        let all = bytes.iter().all(|&byte| byte == b'+');
        let Some(online) = &mut self.online else { return };
        let behind_silence = now >= online.sent + guard;
        online.pluses = match (all, behind_silence, online.pluses) {
            (true, true, _) => count.min(255) as u8,
            (true, false, 1..) => online.pluses.saturating_add(count.min(255) as u8),
            _ => 0,
        };
        online.sent = online.sent.max(now) + wire;
        let given = given + count;
        online.given = given;
        let Some(mut place) = self.piped() else { return };
        place.slot.sent_total = place.slot.sent_total.wrapping_add(count as u32);
        if given < place.slot.tx_len && given < place.tx.len() / 2 {
            return;
        }
        place.drop_sent(given);
        let slot = place.slot;
        slot.flowed();
        slot.writer.wake();
        if let Some(online) = &mut self.online {
            online.given = 0;
        }
    }
}
