//! A TLS session that may be resumed.

use core::sync::atomic::{AtomicU8, AtomicU32, Ordering::Relaxed};

use crate::at::is_quotable;

/// Session id and master secret in base64, between quotes and with a comma: 32 and 48 bytes.
const ROOM: usize = 128;

/// What stands between the two.
const BETWEEN: &[u8] = b"\",\"";

/// Remembers what a server needs to resume a session: id and master secret. They are in RAM only, and
/// reach no log.
///
/// One remembers the session of one server, the last one; a server that does not take it makes a new
/// one.
///
/// ```
/// use cellular_nal::{SecurityProfile, Session};
/// static SESSION: Session = Session::new();
/// static PROFILE: SecurityProfile = SecurityProfile::new().authority(8).resume(&SESSION);
/// # let _ = &PROFILE;
/// ```
pub struct Session {
    /// Which server the connection is to that is being made.
    aim: AtomicU32,
    /// Which one the session is of.
    server: AtomicU32,
    len: AtomicU8,
    text: [AtomicU8; ROOM],
}

impl Session {
    /// No session.
    pub const fn new() -> Self {
        Self {
            aim: AtomicU32::new(0),
            server: AtomicU32::new(0),
            len: AtomicU8::new(0),
            text: [const { AtomicU8::new(0) }; ROOM],
        }
    }

    /// Forgets the session.
    pub fn clear(&self) {
        self.len.store(0, Relaxed);
        self.text.iter().for_each(|byte| byte.store(0, Relaxed));
    }

    /// A connection is being made that is told apart from others by this.
    pub(crate) fn aim(&self, server: u32) {
        self.aim.store(server, Relaxed);
    }

    /// Whether the session is one for that connection.
    pub(crate) fn fits(&self) -> bool {
        self.len.load(Relaxed) > 0 && self.server.load(Relaxed) == self.aim.load(Relaxed)
    }

    /// Keeps a session that was made: id and master secret.
    pub(crate) fn keep(&self, id: &[u8], secret: &[u8]) {
        self.clear();
        let len = id.len() + BETWEEN.len() + secret.len();
        if len > ROOM || !id.iter().chain(secret).all(|&b| is_quotable(b)) {
            return;
        }
        let text = id.iter().chain(BETWEEN).chain(secret);
        self.text.iter().zip(text).for_each(|(place, &byte)| place.store(byte, Relaxed));
        self.server.store(self.aim.load(Relaxed), Relaxed);
        self.len.store(len as u8, Relaxed);
    }

    /// The two, as they are given to the modem.
    pub(crate) fn each(&self, mut take: impl FnMut(u8)) {
        let len = usize::from(self.len.load(Relaxed));
        self.text.iter().take(len).for_each(|byte| take(byte.load(Relaxed)));
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

/// Without what is in it.
impl core::fmt::Debug for Session {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Session")
    }
}
