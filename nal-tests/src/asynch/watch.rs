//! What the far end sees of the connection that a case opens.

use crate::{Context, Ended, Failure, FarEnd, Role, Seen, Timer, Verdict, check, pattern};

/// Looks at the connections of one server that come from now on.
pub(super) struct Watch<'a> {
    far: &'a dyn FarEnd,
    role: Role,
    before: u32,
}

impl<'a> Watch<'a> {
    /// Begins to look.
    pub(super) fn start<T: Timer>(context: Context<'a, T>, role: Role) -> Result<Self, Failure> {
        let far = context.bench.far()?;
        let before = far.taken(role).ok_or(Failure::Missing("a far end that tells what it sees"))?;
        Ok(Watch { far, role, before })
    }

    /// What has become of the newest connection since then.
    pub(super) fn seen(&self) -> Option<Seen> {
        self.far.taken(self.role).filter(|&taken| taken > self.before)?;
        self.far.newest(self.role)
    }

    /// So many bytes have come, or more.
    pub(super) fn has(&self, count: usize) -> bool {
        self.seen().is_some_and(|seen| seen.received >= count as u64)
    }

    /// The connection has ended.
    pub(super) fn ended(&self) -> Option<Seen> {
        self.seen().filter(|seen| seen.ended != Ended::Open)
    }

    /// Waits however long it takes until so much of the pattern has come, or the connection has ended. How it ends is
    /// another matter: a stack may forget a socket that is dropped, and then answers a late window update with a reset.
    pub(super) async fn gets<T: Timer>(&self, context: Context<'_, T>, bytes: u32) -> Verdict {
        while !self.has(bytes as usize) && self.ended().is_none() {
            context.pause(10).await;
        }
        let seen = self.seen().ok_or(Failure::wrong("the far end has no connection"))?;
        check!(seen.received == u64::from(bytes), seen.received, bytes, "bytes at the far end");
        check!(seen.digest == pattern::Digest::of_pattern(bytes), "other bytes came than were written");
        Ok(())
    }
}
