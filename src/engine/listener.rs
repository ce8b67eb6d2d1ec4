//! Connections from outside, and the options of sockets.

use core::net::SocketAddr;

use super::extras::Listeners;
use super::job::Job;
use super::{Core, bit};
use crate::dialect::Procedure;
use crate::error::{Error, Failure};
use crate::socket::{Kind, Setting, Slot, State};

/// The modem's own numbers for the state of a listening socket: TCP state 1 of those that number
/// as `+USOCTL` does; those that keep no socket open count on to 4, and 5 is a connection that waits.
const LISTENING: [u8; 2] = [1, 4];
const WAITING: u8 = 5;

const LISTENERS: Listeners =
    Listeners { finish: Core::listened, incoming: Core::on_incoming, orphan: Core::on_orphan };

impl Core {
    /// Listeners are used from now on.
    pub(crate) fn use_listeners(&mut self) {
        self.extras.listeners = Some(&LISTENERS);
    }

    /// Options are used from now on.
    pub(crate) fn use_options(&mut self) {
        self.extras.options = Some(Self::set);
    }

    /// The modem has made socket `id` for a connection that came to socket `listener`.
    fn on_incoming(&mut self, id: u8, listener: u8, remote: SocketAddr) {
        // A close that has just been answered has given the id back.
        let closed =
            |job: &Job| job.procedure == Procedure::Close && job.call.id == id && job.is_done(&self.config);
        if self.job.as_ref().is_some_and(closed) {
            self.conclude(Ok(()));
        }
        let index = self.index_of(listener);
        if self.table.by_id(id).is_some() {
            // The id was damaged on its way, or that socket is gone.
            return;
        }
        let taken = index.is_some_and(|index| self.take_incoming(index, id, remote));
        if !taken {
            // Nobody listens, or there is no room for it.
            self.stale |= bit(id);
        }
    }

    /// A socket of which nothing is known has data. Where somebody listens, it may be a connection
    /// whose announcement was lost: nobody will ever accept it.
    fn on_orphan(&mut self, id: u8) {
        let listens = |slot: &Slot| slot.has_id && slot.kind == Kind::Listener;
        let makes_sockets = !self.limits.host_keeps_sockets;
        if makes_sockets && self.table.all().iter().any(listens) {
            self.stale |= bit(id);
        }
    }

    /// The slot of listener `id`.
    fn index_of(&mut self, id: u8) -> Option<u8> {
        let listens = |slot: &Slot| slot.has_id && slot.id == id && slot.kind == Kind::Listener;
        let index = self.table.all().iter().position(listens)?;
        Some(index as u8)
    }

    /// Puts the connection that has the modem's socket `id` into a free slot.
    fn take_incoming(&mut self, listener: u8, id: u8, remote: SocketAddr) -> bool {
        let now = self.now;
        let Some(place) = self.table.at(listener) else { return false };
        let (port, open) = (
            place.slot.local_port,
            matches!(place.slot.state, State::Opening | State::Open) && !place.slot.released,
        );
        let Some(slot) = self.table.all_mut().iter_mut().find(|slot| open && slot.state == State::Free)
        else {
            return false;
        };
        slot.occupy(Kind::Tcp, remote, port);
        slot.opened(now);
        (slot.id, slot.has_id, slot.listener) = (id, true, listener);
        slot.state = State::Incoming;
        // Its first bytes may have been announced before.
        slot.maybe_unread = true;
        self.waiters.wake();
        true
    }

    /// A listener was asked, or told to take a connection.
    fn listened(&mut self, job: &Job, result: Result<(), Failure>) {
        let now = self.now;
        let Some(index) = job.slot else { return };
        let Some(place) = self.table.at(index) else { return };
        let slot = place.slot;
        if slot.state != State::Open {
            return;
        }
        let accepts = job.procedure == Procedure::Accept;
        match (result, job.call.found.state) {
            (Ok(()), _) if accepts => return self.taken(index, job),
            (Ok(()), Some(state)) if LISTENING.contains(&state) => return slot.touch(now),
            (Ok(()), Some(WAITING)) => return slot.maybe_unread = true,
            // The question may have been damaged, or is not known.
            (Ok(()), None) if self.limits.host_keeps_sockets => return,
            // It listens no more.
            (Ok(()), _) if slot.released => return,
            (Ok(()), _) => {}
            (Err(Failure::Modem(_) | Failure::NoCarrier), _) => return slot.check |= accepts,
            // Whether it was taken is not known.
            (Err(_), _) if accepts => {}
            (Err(_), _) => return,
        }
        slot.has_id = false;
        self.stale |= bit(job.call.id);
        self.listen_again(index);
    }

    /// The modem's socket is the connection's from now on; another one will listen.
    fn taken(&mut self, index: u8, job: &Job) {
        let Some(place) = self.table.at(index) else { return };
        // What was reported since is about the connection.
        place.slot.has_id = false;
        place.slot.check = false;
        let closed = core::mem::take(&mut place.slot.peer_closed);
        let taken = self.take_incoming(index, job.call.id, job.call.remote);
        if let Some(slot) = self.table.by_id(job.call.id).filter(|_| closed) {
            (slot.peer_closed, slot.check) = (true, true);
        }
        self.stale |= if taken { 0 } else { bit(job.call.id) };
        self.listen_again(index);
    }

    /// A listener gets another socket of the modem's.
    fn listen_again(&mut self, index: u8) {
        if let Some(place) = self.table.at(index) {
            place.slot.maybe_unread = false;
            place.slot.state = if place.slot.released { State::Free } else { State::Wanted };
        }
    }

    /// An option was set, or not.
    fn set(&mut self, job: &Job, result: Result<(), Failure>) {
        let Some(place) = job.slot.and_then(|slot| self.table.at(slot)) else { return };
        if let (Setting::Running(option), true) = (place.slot.setting, job.call.option.is_some()) {
            let result = result.map_err(|failure| match failure {
                Failure::Unencodable => Error::Unsupported,
                failure => failure.into(),
            });
            place.slot.setting = Setting::Done(option, result);
            place.slot.writer.wake();
        }
    }
}
