//! Which procedure is next: derived from flags, nothing is queued.

use super::{Core, Timer, bit};
use crate::dialect::{Call, Limits, Procedure, ReleaseAssistance};
use crate::error::Error;
use crate::socket::dns::Question;
use crate::socket::{HEADER, Kind, Pipe, Setting, Slot, State};
use crate::time::Instant;

/// What a socket wants.
enum Want {
    Now(Procedure),
    /// Something at that time, at the latest.
    At(Instant, Timer),
}

/// Nothing.
const NOTHING: Want = Want::At(Instant::NEVER, Timer::Probe);

impl Core {
    /// Starts the next procedure. True when there is none yet.
    // Out of line it saves 70 bytes.
    #[inline(never)]
    pub(super) fn start_next(&mut self) -> bool {
        let now = self.now;
        if self.turn(false) {
            return true;
        }
        if let Some(messages) = self.extras.messages {
            (messages.watch)(self);
        }
        if let Some(upgrades) = self.extras.upgrades {
            (upgrades.watch)(self);
        }
        if self.climb() {
            return false;
        }
        if let Some(procedure) = self.link.next(now)
            && !self.sockets_first(procedure)
        {
            self.start(procedure, None, Call::new());
            return false;
        }
        let deadline = self.link.deadline(&self.config);
        if deadline > now {
            self.wait(deadline, Timer::Link);
        }
        if !self.link.serves_sockets() {
            return !self.link.is_set_up() || self.serve_others();
        }
        if self.notice.is_some() {
            if now < self.notice_by {
                self.wait(self.notice_by, Timer::Notice);
            } else {
                // No notice: perhaps the modem still has the socket, perhaps its id was damaged.
                self.notice = None;
                self.stale |= self.unowned();
            }
        }
        if self.closing != 0 {
            if now < self.closing_by {
                self.wait(self.closing_by, Timer::Notice);
            } else {
                // The command may have been damaged into one that closes another socket.
                self.stale |= core::mem::take(&mut self.closing) & self.unowned();
            }
        }
        if self.stale != 0 {
            let id = self.stale.trailing_zeros() as u8;
            self.stale &= !(1 << id);
            if self.table.by_id(id).is_none() {
                self.start(Procedure::Close, None, Call { id, listens: true, ..Call::new() });
            }
            return false;
        }
        if let Some((procedure, slot)) = self.next_socket() {
            self.start_socket(procedure, slot);
            return false;
        }
        let up = self.link.state() == crate::LinkState::Up;
        let wanted_at = self.lookup.wanted_at();
        if up && wanted_at > now {
            self.wait(wanted_at, Timer::Probe);
        } else if up {
            self.lookup.start(now);
            let mut call = Call::new();
            let procedure = match self.lookup.question {
                Question::Name { ipv6 } => {
                    call.ipv6 = ipv6;
                    Procedure::ResolveName
                }
                Question::Address(address) => {
                    call.remote.set_ip(address);
                    Procedure::ResolveAddress
                }
            };
            self.start(procedure, None, call);
            return false;
        }
        self.serve_others()
    }

    /// What comes after the sockets. True when there is nothing to be done but by users.
    fn serve_others(&mut self) -> bool {
        let waits = !self.start_upload();
        if waits {
            self.turn(true);
        }
        waits
    }

    /// Whether a user has the line; see [`Exchanges::turn`](super::extras::Exchanges).
    fn turn(&mut self, idle: bool) -> bool {
        self.extras.exchanges.is_some_and(|exchanges| (exchanges.turn)(self, idle))
    }

    /// Starts an upload, where one is wanted.
    fn start_upload(&mut self) -> bool {
        let next = self.extras.uploads.and_then(|uploads| (uploads.next)(self));
        let Some((procedure, call)) = next else { return false };
        self.start(procedure, None, call);
        true
    }

    /// Whether sockets come before a procedure of the link: traffic before the status, and what
    /// was written and let go before the radio goes off.
    fn sockets_first(&mut self, procedure: Procedure) -> bool {
        match procedure {
            Procedure::Status => self.next_socket().is_some(),
            Procedure::RadioOff | Procedure::Sleep => {
                self.stale != 0 || self.table.all().iter().any(|slot| slot.has_id)
            }
            _ => false,
        }
    }

    /// The next socket that wants something, each in its turn; when they will is noted.
    fn next_socket(&mut self) -> Option<(Procedure, u8)> {
        let limits = self.limits;
        let can_open = self.link.state() == crate::LinkState::Up && self.notice.is_none();
        let counts = self.ledger.is_asked();
        let count = self.table.all().len() as u8;
        let room = self.table.all().iter().any(|slot| slot.state == State::Free);
        for turn in 0..count {
            let index = (self.next_slot + turn) % count;
            let Some(place) = self.table.at(index) else { continue };
            place.slot.start_clocks(self.now);
            let free = place.slot.rx.free(place.rx);
            let capacity = place.rx.len();
            let want = match (place.slot.state, place.slot.kind) {
                (State::Open, Kind::Listener) => want_of_listener(place.slot, self.now, room),
                (State::Open, Kind::Bound) if limits.host_keeps_sockets && !is_tied(place.slot) => {
                    want_of_untied(
                        place.slot,
                        can_open,
                        want_read(place.slot, free, capacity, limits, counts),
                    )
                }
                _ => want(place.slot, self.now, free, capacity, limits, can_open, counts),
            };
            match want {
                Want::Now(procedure) => {
                    self.next_slot = index + 1;
                    return Some((procedure, index));
                }
                Want::At(at, timer) => _ = self.wait(at, timer),
            }
        }
        None
    }

    fn start_socket(&mut self, procedure: Procedure, index: u8) {
        let limits = self.limits;
        let picked = limits.host_keeps_sockets.then(|| self.pick_id(limits)).flatten();
        let now = self.now;
        let Some(place) = self.table.at(index) else { return };
        let slot = place.slot;
        let mut call = Call {
            id: slot.id,
            remote: slot.remote,
            local_port: slot.local_port,
            tcp: matches!(slot.kind, Kind::Tcp | Kind::Listener),
            listens: slot.kind == Kind::Listener,
            ..Call::new()
        };
        slot.sent_last = false;
        match procedure {
            Procedure::Secure => slot.state = State::Opening,
            Procedure::OpenTcp | Procedure::OpenUdp | Procedure::Listen => {
                if slot.state == State::Wanted {
                    slot.state = State::Opening;
                } else {
                    slot.tied = Some(slot.remote.into());
                }
                if limits.host_keeps_sockets {
                    let Some(id) = picked else { return slot.fail(Error::NoSocket) };
                    (slot.id, slot.has_id, call.id) = (id, true, id);
                    self.last_id = id;
                }
            }
            Procedure::Send | Procedure::SendDatagram | Procedure::SendLastDatagram => {
                call.release = slot.release;
                call.len = slot.tx_len.min(limits.write.into()) as u16;
                slot.sent_last = true;
            }
            Procedure::Receive => {
                let known = if slot.unread > 0 { slot.unread } else { u16::MAX };
                let free = u16::try_from(slot.rx.free(place.rx)).unwrap_or(u16::MAX);
                call.len = limits.read.min(free).min(known);
                slot.maybe_unread = false;
            }
            Procedure::ReceiveDatagram => {
                // As much as there can be: a report whose count was damaged must not cut it.
                call.len = limits.read;
                slot.maybe_unread = false;
            }
            Procedure::Available | Procedure::AvailableDatagram => {
                slot.maybe_unread = false;
                slot.ask = false;
            }
            Procedure::Check | Procedure::CheckDatagram | Procedure::CheckListener => {
                slot.check = false;
                slot.probed(now);
            }
            Procedure::Accept => slot.maybe_unread = false,
            Procedure::SetOption => {
                if let Setting::Wanted(option) = slot.setting {
                    slot.setting = Setting::Running(option);
                    call.option = Some(option);
                }
            }
            _ => {}
        }
        self.start(procedure, Some(index), call);
    }

    /// The id that has been out of use for longest, so that a late report about its last socket
    /// does not meet the next.
    fn pick_id(&mut self, limits: Limits) -> Option<u8> {
        let last = limits.first_id + limits.sockets - 1;
        let mut id = self.last_id;
        for _ in 0..limits.sockets {
            id = if id >= last || id < limits.first_id { limits.first_id } else { id + 1 };
            if self.stale & bit(id) == 0 && self.table.by_id(id).is_none() {
                return Some(id);
            }
        }
        None
    }
}

/// Whether the modem's socket of a bound one has the peer that it needs now.
fn is_tied(slot: &Slot) -> bool {
    slot.has_id && (slot.tx_len == 0 || slot.tied == Some(slot.remote.into()))
}

/// What a bound socket wants whose socket in the modem has another peer, or which has none: what the
/// old peer has sent is read first.
fn want_of_untied(slot: &Slot, can_open: bool, read: Option<Procedure>) -> Want {
    match (slot.has_id, read) {
        (false, _) if slot.tx_len > 0 && can_open => Want::Now(Procedure::OpenUdp),
        (false, _) => NOTHING,
        (true, Some(read)) => Want::Now(read),
        (true, None) => Want::Now(Procedure::Close),
    }
}

/// What a listening socket wants next.
fn want_of_listener(slot: &Slot, now: Instant, room: bool) -> Want {
    if slot.released {
        return Want::Now(Procedure::Close);
    }
    if slot.maybe_unread && room {
        return Want::Now(Procedure::Accept);
    }
    if slot.check || slot.probe_at() <= now {
        return Want::Now(Procedure::CheckListener);
    }
    Want::At(slot.probe_at(), Timer::Probe)
}

/// What one socket wants next.
fn want(
    slot: &Slot,
    now: Instant,
    free: usize,
    capacity: usize,
    limits: Limits,
    can_open: bool,
    counts: bool,
) -> Want {
    let pick = |tcp, udp| if slot.kind == Kind::Tcp { tcp } else { udp };
    match slot.state {
        State::Wanted if slot.released => NOTHING,
        State::Wanted if can_open && slot.kind == Kind::Listener => Want::Now(Procedure::Listen),
        State::Wanted if can_open && slot.profile.is_some() && !slot.place.is_ready() => {
            Want::Now(Procedure::Secure)
        }
        State::Wanted if can_open => Want::Now(pick(Procedure::OpenTcp, Procedure::OpenUdp)),
        State::Open => {
            if let Setting::Wanted(_) = slot.setting {
                return Want::Now(Procedure::SetOption);
            }
            let nothing_left = slot.tx_len == 0 || slot.write_closed || now >= slot.release_by();
            if slot.has_id && (slot.eof || slot.released && nothing_left) {
                return Want::Now(Procedure::Close);
            }
            if let Some(at) = slot.verify_at() {
                if at <= now {
                    return Want::Now(Procedure::Available);
                }
                // Bytes may be missing: none may follow, and none that answer them be read.
                return Want::At(at, Timer::Probe);
            }
            let read = if slot.released { None } else { want_read(slot, free, capacity, limits, counts) };
            let send_at = slot.send_at();
            if send_at <= now && (read.is_none() || !slot.sent_last) {
                let plain = slot.release == ReleaseAssistance::None;
                let datagram = if plain { Procedure::SendDatagram } else { Procedure::SendLastDatagram };
                return Want::Now(pick(Procedure::Send, datagram));
            }
            if let Some(read) = read {
                return Want::Now(read);
            }
            if slot.pipe == Pipe::Wanted && slot.tx_len == 0 {
                return Want::Now(Procedure::Online);
            }
            let idle = !slot.maybe_unread && slot.unread == 0;
            if slot.check && (idle || !slot.released) && slot.unread == 0
                || !slot.released && idle && slot.probe_at() <= now
            {
                return Want::Now(pick(Procedure::Check, Procedure::CheckDatagram));
            }
            if slot.released {
                return Want::At(send_at.min(slot.release_by()), Timer::Send);
            }
            let probe_at = if idle { slot.probe_at() } else { Instant::NEVER };
            if probe_at < send_at { Want::At(probe_at, Timer::Probe) } else { Want::At(send_at, Timer::Send) }
        }
        _ => NOTHING,
    }
}

/// How the unread bytes of a socket come nearer, where there is room for them.
fn want_read(slot: &Slot, free: usize, capacity: usize, limits: Limits, counts: bool) -> Option<Procedure> {
    let tcp = slot.kind == Kind::Tcp;
    if slot.unread == 0 {
        if !slot.maybe_unread {
            return None;
        }
        if !limits.host_keeps_sockets || slot.ask && counts {
            return Some(if tcp { Procedure::Available } else { Procedure::AvailableDatagram });
        }
    }
    let expected = if slot.unread > 0 { slot.unread.min(limits.read) } else { limits.read };
    let needed = if tcp {
        // Whoever reads byte by byte must not make the modem do so.
        usize::from(expected).min(capacity / 2).max(1)
    } else {
        usize::from(expected) + HEADER
    };
    let room = free >= needed || free == capacity;
    room.then_some(if tcp { Procedure::Receive } else { Procedure::ReceiveDatagram })
}
