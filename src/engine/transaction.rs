//! The command in flight: what it waits for, and whose each line is.

use super::job::{Job, Phase};
use super::{Core, Sync, Timer, bit};
use crate::at::{CommandWriter, Final, Params, Span, Watch, is_one_of, split};
use crate::dialect::{Answer, Args, Call, OnError, Procedure, Reading, Step, template};
use crate::error::{CmeCode, Failure};
use crate::fmt::Ascii;
use crate::time::Duration;

/// The longest that a modem takes from the result of a restart to the restart itself.
const RESTARTING: Duration = Duration::from_secs(15);

impl Core {
    pub(super) fn start(&mut self, procedure: Procedure, slot: Option<u8>, call: Call) {
        debug!("{:?}", procedure);
        let steps = match self.extras.security {
            Some(security) => (security.steps)(self, procedure, slot),
            None => self.dialect.steps(procedure),
        };
        self.begin_job(procedure, slot, call, steps);
        if steps.is_empty() {
            self.conclude(Err(Failure::Unencodable));
        }
    }

    pub(super) fn begin_job(
        &mut self,
        procedure: Procedure,
        slot: Option<u8>,
        call: Call,
        steps: &'static [Step],
    ) {
        self.job = Some(Job::new(procedure, slot, call, steps, self.now));
    }

    /// Goes on with the job. True when it has to wait.
    pub(super) fn advance_job(&mut self) -> bool {
        let now = self.now;
        let Some(job) = &mut self.job else { return false };
        let deadline = job.deadline;
        match job.phase {
            Phase::Due if now < self.ready_at => return self.wait(self.ready_at, Timer::Gap),
            Phase::Due => self.begin_step(),
            Phase::Pausing(until) if now < until => return self.wait(until, Timer::Gap),
            Phase::Pausing(_) => job.phase = Phase::Payload,
            Phase::Answering | Phase::Payload if now < deadline => return self.wait(deadline, Timer::Answer),
            // Nothing else has come: it was the answer.
            _ if job.doubtful && !job.opens() && !job.answered => {
                self.on_final(Final::Error(CmeCode::UNKNOWN), None)
            }
            // Or not: what opens a socket may take long, and one could be open that is taken for closed.
            _ if job.doubtful => {
                self.on_overflow();
                self.conclude(Err(Failure::Unanswered));
                self.resync();
            }
            Phase::Answering | Phase::Payload => {
                warning!("no answer to AT{}", job.step().map_or("", |step| step.command));
                self.conclude(Err(Failure::Timeout));
                self.resync();
            }
        }
        false
    }

    /// A command is on its way to the serial port.
    pub(super) fn wait_for_port(&mut self) {
        let Some(job) = &self.job else { return };
        if self.now >= job.deadline && job.phase != Phase::Due {
            // The serial port does not take the command: give it up as if it had not been answered.
            self.len = 0;
            self.sent = 0;
            self.advance_job();
        } else {
            self.wait(job.deadline, Timer::Answer);
        }
    }

    /// Writes the command of the next step that is needed, or ends the job.
    fn begin_step(&mut self) {
        let Some(job) = &mut self.job else { return };
        let name = self.lookup.name.as_bytes();
        let secure = match (self.extras.security, job.slot) {
            (Some(security), Some(index)) => (security.secure)(&mut self.table, self.dialect, index),
            _ => None,
        };
        let args = Args { config: &self.config, name, call: &job.call, secure: secure.as_ref() };
        let step = loop {
            let Some(step) = job.steps.get(job.index) else {
                let result = job.failure.map_or(Ok(()), Err);
                return self.conclude(result);
            };
            if step.cleans_up() == job.failure.is_some() && (step.when)(&args) {
                break step;
            }
            job.index += 1;
        };
        let len = if job.procedure == Procedure::Exchange {
            self.exchange.take_written()
        } else {
            let mut writer = CommandWriter::new(&mut self.command);
            template::write(step.command, &args, &mut writer);
            let Some(len) = writer.finish() else { return self.conclude(Err(Failure::Unencodable)) };
            len
        };
        if matches!(job.procedure, Procedure::EnterPin | Procedure::Exchange) || secure.is_some() {
            trace!("> AT{}", step.command);
        } else {
            trace!("> {}", Ascii(self.command.get(..len - 1).unwrap_or_default()));
        }
        (self.len, self.sent) = (len, 0);
        job.phase = Phase::Answering;
        job.deadline = self.now + job.patience();
        job.answered = false;
        job.damaged = false;
        job.doubtful = false;
        job.echoed = false;
        job.paid = 0;
    }

    /// What the command in flight lets the framer expect.
    pub(super) fn watch(&self) -> Watch {
        let Some(job) = self.job.as_ref().filter(|job| job.phase == Phase::Answering) else {
            return Watch::default();
        };
        let Some(step) = job.step() else { return Watch::default() };
        let Answer::Span(span) = step.answer else {
            let prompt = step.prompt.filter(|_| job.paid == 0).map(|prompt| prompt.character.get());
            return Watch { prompt, span: None };
        };
        Watch { prompt: None, span: Some(span) }
    }

    pub(super) fn on_prompt(&mut self) {
        let Some(job) = &mut self.job else { return };
        let Some(prompt) = job.step().and_then(|step| step.prompt) else { return };
        job.phase = match prompt.pause {
            0 => Phase::Payload,
            pause => Phase::Pausing(self.now + Duration::from_millis(pause.into())),
        };
        if let Some(feeds) = self.extras.feeds {
            (feeds.prompted)(self);
        }
    }

    /// Bytes for the modem: the command line, then the payload; or what goes through the raw pipe.
    pub(super) fn outgoing(&mut self) -> &[u8] {
        if let Some(pipes) = self.pipe() {
            return (pipes.outgoing)(self);
        }
        if self.sent < self.len {
            return self.command.get(self.sent..self.len).unwrap_or_default();
        }
        let Some(job) = self.job.as_ref().filter(|job| job.phase == Phase::Payload) else { return &[] };
        let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) else { return &[] };
        place.tx.get(job.paid..usize::from(job.call.len)).unwrap_or_default()
    }

    pub(super) fn on_transmitted(&mut self, count: usize) {
        if self.sent < self.len {
            self.sent = (self.sent + count).min(self.len);
            if let (true, Some(feeds)) = (self.sent == self.len, self.extras.feeds) {
                (feeds.transmitted)(self);
            }
        } else if let Some(job) = self.job.as_mut().filter(|job| job.phase == Phase::Payload) {
            job.paid += count;
        } else {
            return;
        }
        // The time for the answer counts from the last byte.
        let now = self.now;
        let Some(job) = &mut self.job else { return };
        job.deadline = now + job.patience();
        if job.phase == Phase::Payload && job.slot.is_some() && job.paid >= usize::from(job.call.len) {
            job.phase = Phase::Answering;
        }
    }

    /// All payload that is not a socket's has been given.
    pub(super) fn payload_complete(&mut self) {
        if let Some(job) = &mut self.job {
            job.paid = job.paid.max(1);
            job.phase = Phase::Answering;
        }
    }

    // Inside the function that takes all tokens it would cost 360 bytes more, mostly for registers that are
    // saved and loaded again.
    #[inline(never)]
    pub(super) fn on_line(&mut self, line: &[u8], gap: Option<u8>) {
        let security = self.extras.security;
        if security.is_some_and(|security| (security.line)(self, line)) {
            trace!("< (not shown)");
        } else if line.starts_with(b"AT") {
            // What was written by a user may hold a password, and comes back where echo is on.
            trace!("< (echo)");
        } else {
            trace!("< {}", Ascii(line));
        }
        if self.on_echo(line) {
            return;
        }
        if let Some(sync) = &mut self.sync {
            sync.line(self.now, line);
        } else if self.on_text(line) {
            return;
        }
        if self.extras.upgrades.is_some_and(|upgrades| (upgrades.line)(self, line)) {
            return;
        }
        self.hear_of_ping(line);
        if let Some(urc) = self.dialect.urc(line) {
            self.ready_at = self.ready_at.max(self.now + self.timing.gap);
            self.note_grant(line);
            return self.on_urc(urc);
        }
        match Final::parse(line) {
            Some(result)
                if self.sync.is_none() && self.job.as_ref().is_some_and(|job| job.phase != Phase::Due) =>
            {
                self.on_final(result, gap);
            }
            Some(Final::Error(_)) if self.sync.is_none() => self.on_overflow(),
            Some(_) => {}
            None => self.noise = self.noise.saturating_add(1),
        }
    }

    /// Whether the line is the echo of the command. When echo had been off, the modem has
    /// restarted without a word.
    fn on_echo(&mut self, line: &[u8]) -> bool {
        if !line.starts_with(b"AT") {
            return false;
        }
        let command = self.command.get(..self.len).unwrap_or_default();
        if command.strip_suffix(b"\r") != Some(line) {
            return false;
        }
        if self.echo_is_off {
            self.restart(false);
            self.started();
        } else if let Some(job) = &mut self.job {
            job.echoed = true;
        }
        true
    }

    /// Whether the line is an information text of the command in flight.
    fn on_text(&mut self, line: &[u8]) -> bool {
        let Some(job) = self.job.as_mut().filter(|job| job.phase != Phase::Due) else { return false };
        let template = match job.step().map(|step| step.answer) {
            Some(Answer::Text { template, .. }) => template,
            Some(answer @ Answer::Lines { .. }) => {
                return self.extras.exchanges.is_some_and(|exchanges| (exchanges.line)(self, answer, line));
            }
            Some(Answer::Line(read)) => {
                let mine = read(line, &mut job.call.found);
                job.answered |= mine;
                return mine;
            }
            _ => return false,
        };
        let (Some((prefix, rest)), Some((wanted, fields))) = (split(line), split(template.as_bytes())) else {
            return false;
        };
        if !is_one_of(prefix, wanted) {
            return false;
        }
        let mut reading = Reading {
            config: &self.config,
            call: &mut job.call,
            status: &mut self.status,
            name: &mut self.lookup.name,
        };
        let mine = template::read(fields, &mut reading, Params::new(rest)).is_some();
        job.answered |= mine;
        if mine && let (Some(id), Some(index)) = (job.call.found.id, job.slot) {
            self.own(index, id);
        }
        mine
    }

    /// From now on the modem's reports about socket `id` find their slot.
    fn own(&mut self, index: u8, id: u8) {
        let mine = self.table.at(index).is_some_and(|place| place.slot.has_id && place.slot.id == id);
        if mine {
            return;
        }
        if let Some(before) = self.table.by_id(id) {
            // The modem has given the id anew, so the socket that had it is gone.
            before.fail(crate::Error::Reset);
        }
        if let Some(place) = self.table.at(index) {
            (place.slot.id, place.slot.has_id) = (id, true);
        }
    }

    pub(super) fn on_span(&mut self, span: Span) {
        let Some(job) = &mut self.job else { return };
        job.answered = true;
        job.read = span.len;
        job.keep = 0;
        let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) else { return };
        if span.id != place.slot.id {
            // The command was damaged on its way: another socket has lost these bytes.
            job.damaged = true;
            if let Some(other) = self.table.by_id(span.id) {
                other.fail(crate::Error::Aborted);
                self.stale |= bit(span.id);
            }
            return;
        }
        if span.len == 0 && span.from.is_none() {
            return;
        }
        if !place.slot.is_datagram() {
            job.keep = span.len;
        } else if let (Some(datagrams), Some(index)) = (self.extras.datagrams, job.slot) {
            let from = span.from.unwrap_or_else(|| place.slot.tied.map_or(place.slot.remote, Into::into));
            let keep = (datagrams.begin)(self, index, span.len, from);
            if let Some(job) = &mut self.job {
                job.keep = keep;
            }
        }
    }

    pub(super) fn on_raw(&mut self, raw: &[u8]) {
        let Some(job) = &mut self.job else { return };
        let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) else { return };
        let count = raw.len().min(job.keep.into());
        let kept = place.slot.rx.push(place.rx, raw.get(..count).unwrap_or_default());
        job.keep = job.keep.saturating_sub(count as u16);
        job.damaged |= kept < count;
        job.deadline = self.now + job.patience();
    }

    pub(super) fn on_span_end(&mut self, intact: bool) {
        if let Some(job) = &mut self.job {
            job.damaged |= !intact;
        }
    }

    fn on_final(&mut self, result: Final, gap: Option<u8>) {
        self.ready_at = self.ready_at.max(self.now + self.timing.gap);
        if result == Final::Error(CmeCode::UNKNOWN) && self.job.as_ref().is_some_and(|job| job.answered) {
            // Behind the information text only `OK` can come.
            return self.on_overflow();
        }
        if let Some(until) = self.doubt(result) {
            if let Some(job) = &mut self.job {
                (job.doubtful, job.deadline) = (true, job.deadline.min(until));
            }
            return;
        }
        if result != Final::Error(CmeCode::UNKNOWN) && self.job.as_ref().is_some_and(|job| job.doubtful) {
            // The error before was about something else.
            self.on_overflow();
        }
        let Some(job) = &mut self.job else { return };
        let Some(step) = job.step() else { return };
        if !job.echoed && self.link.is_set_up() {
            self.echo_is_off = true;
        }
        let missing = match step.answer {
            Answer::None | Answer::Line(_) | Answer::Lines { .. } | Answer::Restart => false,
            Answer::Connect => true,
            Answer::Text { required, .. } => required && !job.answered,
            Answer::Span(_) => !job.answered,
        } || step.prompt.is_some() && job.paid == 0;
        let outcome = match result {
            Final::Ok if missing => Err(Failure::Unanswered),
            Final::Ok => {
                if let (Answer::Span(_), Some(gap)) = (step.answer, gap) {
                    // Bytes that were lost in front of the trailer shift it into the payload.
                    job.damaged |= job.read > 0 && self.separator.is_some_and(|usual| usual != gap);
                    if job.read > 0 {
                        self.separator = (!job.damaged).then_some(gap);
                    }
                }
                if job.damaged { Err(Failure::Damaged) } else { Ok(()) }
            }
            Final::Error(code) => Err(Failure::Modem(code)),
            Final::NoCarrier => Err(Failure::NoCarrier),
            Final::Aborted => Err(Failure::Modem(CmeCode::UNKNOWN)),
            Final::Connect if matches!(step.answer, Answer::Connect) => {
                return self.conclude(Ok(()));
            }
            Final::Connect => {
                // Never asked for: the command was damaged on its way.
                self.conclude(Err(Failure::Damaged));
                self.begin_sync(Sync::escaping(self.now));
                return;
            }
        };
        if matches!(step.answer, Answer::Restart) && outcome.is_ok() {
            self.restart(false);
            // It says so when it has; should it not, it is called after a while.
            self.quiet_until = self.now + RESTARTING;
            return;
        }
        // Whatever is left of the command or its payload must not follow a result.
        (self.len, self.sent) = (0, 0);
        job.phase = Phase::Due;
        job.index += 1;
        match outcome {
            Ok(()) => {}
            Err(_) if matches!(step.on_error, OnError::Ignore | OnError::CleansUp) => {}
            Err(Failure::Modem(code)) if step.on_error == OnError::Note => job.call.failed = Some(code),
            Err(Failure::Modem(_)) if step.on_error == OnError::End => job.index = job.steps.len(),
            Err(failure) => {
                job.failure.get_or_insert(failure);
                job.call.failed =
                    Some(if let Failure::Modem(code) = failure { code } else { CmeCode::UNKNOWN });
                if matches!(failure, Failure::Unanswered | Failure::Damaged) {
                    self.conclude(Err(failure));
                    self.resync();
                }
            }
        }
    }
}
