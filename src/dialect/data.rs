use crate::time::Duration;

/// How a data connection is dialled (3GPP TS 27.007 §10.2.1.1).
///
/// In the commands, names in braces stand for what is configured: `{cid}`, `{APN}`. `AT` is not
/// written.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DataCall {
    /// What is said before; an error to that does not matter.
    pub prepare: &'static [&'static str],
    /// What `CONNECT` answers.
    pub dial: &'static str,
    /// How long that may take.
    pub patience: Duration,
    /// The context of a call beside the modem's own sockets, where the two cannot share one.
    pub own: Option<OwnContext>,
    /// The context that `{cid}` stands for, if it is another one than is configured.
    pub context: Option<u8>,
}

/// A context for calls alone. Its access point is the configured one.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "tables are made of it")]
pub struct OwnContext {
    /// The context identifier; where that is configured for all else, the next one.
    pub cid: u8,
    /// What is said before the dial, in place of [`DataCall::prepare`].
    pub prepare: &'static [&'static str],
}

impl DataCall {
    /// `D*99***{cid}#`, and `H` before: a connection that was left by `+++` still stands, and there can be
    /// one only.
    pub const fn new() -> Self {
        Self {
            prepare: &["H"],
            dial: "D*99***{cid}#",
            patience: Duration::from_secs(180),
            own: None,
            context: None,
        }
    }

    /// The call beside sockets that use context `configured`.
    #[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
    pub(crate) fn beside(self, configured: u8) -> Self {
        let Some(OwnContext { cid, prepare }) = self.own else { return self };
        let cid = if cid == configured { cid + 1 } else { cid };
        Self { prepare, context: Some(cid), ..self }
    }
}

impl Default for DataCall {
    fn default() -> Self {
        Self::new()
    }
}
