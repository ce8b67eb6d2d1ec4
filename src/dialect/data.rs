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
}

impl DataCall {
    /// `D*99***{cid}#`, and `H` before: a connection that was left by `+++` still stands, and there can be
    /// one only.
    pub const fn new() -> Self {
        Self { prepare: &["H"], dial: "D*99***{cid}#", patience: Duration::from_secs(180) }
    }
}

impl Default for DataCall {
    fn default() -> Self {
        Self::new()
    }
}
