//! Certificates and keys (IADG §3.1, §3.3): `+USECMNG`.

use crate::at::CommandWriter;
use crate::dialect::{Args, CredentialKind, OnError, Step};
use crate::time::Duration;

/// Storing writes flash.
const STORING: Duration = Duration::from_secs(30);

/// The bytes follow the prompt as they are; the answer holds the MD5 of what was stored.
pub(super) const STORE: &[Step] = &[Step::new("store credential", |a, w| {
    named(a, w, "+USECMNG=0,");
    w.text(",").number(a.call.len.into());
})
.prompt(b'>', Duration::ZERO)
.optional_text(b"+USECMNG", |_, _| Some(()))
.timeout(STORING)];

pub(super) const REMOVE: &[Step] = &[Step::new("remove credential", |a, w| named(a, w, "+USECMNG=2,"))
    .on_error(OnError::Ignore)
    .timeout(STORING)];

/// Type and name: the credential's slot is made part of the name.
fn named(a: &Args<'_>, w: &mut CommandWriter<'_>, command: &str) {
    let (kind, name) = match a.call.credential.kind {
        CredentialKind::Authority => (0, "ca"),
        CredentialKind::Certificate => (1, "cert"),
        CredentialKind::PrivateKey => (2, "key"),
    };
    w.text(command).number(kind).text(",\"").text(name).number(a.call.credential.slot.into()).text("\"");
}
