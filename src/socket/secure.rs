//! Secure sockets: the profile, and the name that the server has to show.

use core::net::SocketAddr;
use core::task::{Poll, Waker};

use super::{Kind, Slot, SocketHandle, State};
use crate::dialect::SecurityProfile;
use crate::engine::Core;
use crate::error::Error;

/// The place of a profile in the modem, from 0, and whether the modem has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(u8);

impl Place {
    const READY: u8 = 0x80;

    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn index(self) -> u8 {
        self.0 & !Self::READY
    }

    pub(crate) const fn is_ready(self) -> bool {
        self.0 & Self::READY != 0
    }

    pub(crate) const fn set_ready(&mut self, ready: bool) {
        self.0 = self.index() | if ready { Self::READY } else { 0 };
    }
}

impl Slot {
    /// The profile's place, while the modem needs it.
    fn secures(&self) -> Option<u8> {
        let lives = !matches!(self.state, State::Free | State::Dead);
        self.profile.filter(|_| lives).map(|_| self.place.index())
    }
}

impl Core {
    /// Takes a slot for a secure socket. Waits as a plain one does, and for a secure one that is being
    /// closed when the modem can have no more.
    pub(crate) fn open_secure(
        &mut self,
        kind: Kind,
        profile: &'static SecurityProfile,
        remote: SocketAddr,
        local_port: u16,
        waker: &Waker,
    ) -> Poll<Result<SocketHandle, Error>> {
        core::task::ready!(self.poll_link(waker))?;
        let Some(can) = self.dialect.security() else { return Poll::Ready(Err(Error::Unsupported)) };
        profile.check(can, kind == Kind::Udp)?;
        let resolved = self.lookup.name.of(remote.ip()).unwrap_or_default();
        if profile.wants_name(can) && profile.name(resolved).is_empty() {
            return Poll::Ready(Err(Error::ServerNameUnknown));
        }
        let used = || self.table.all().iter().filter_map(Slot::secures);
        if used().count() >= can.connections.into() {
            if !self.table.all().iter().any(|slot| slot.secures().is_some() && slot.released) {
                return Poll::Ready(Err(Error::NoSocket));
            }
            self.waiters.register(waker);
            return Poll::Pending;
        }
        let place = (0..can.connections).find(|&place| !used().any(|used| used == place)).unwrap_or_default();
        let handle = core::task::ready!(self.open(kind, remote, local_port, waker))?;
        self.use_security();
        let resolved = self.lookup.name.of(remote.ip()).unwrap_or_default();
        let name = profile.name(resolved);
        // The root's dot is no part of the name in a certificate (RFC 6125 §6.4).
        let name = name.strip_suffix(b".").unwrap_or(name);
        let it = self.table.of(handle)?;
        let Some(to) = it.tx.get_mut(..name.len()) else {
            self.release(handle);
            return Poll::Ready(Err(Error::Oversized));
        };
        to.copy_from_slice(name);
        profile.aim(name, remote);
        (it.slot.profile, it.slot.place) = (Some(profile), Place(place));
        it.slot.server_name = name.len() as u8;
        Poll::Ready(Ok(handle))
    }
}
