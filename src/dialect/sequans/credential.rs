//! Certificates and keys (use cases chapter 3): `+SQNSNVW`.

use crate::at::CommandWriter;
use crate::dialect::{Args, CredentialKind, OnError, Step};
use crate::time::Duration;

/// Storing writes flash.
const STORING: Duration = Duration::from_secs(30);

/// The length must be the exact number of bytes that follow the prompt (use cases §3.5).
pub(super) const STORE: &[Step] = &[Step::new("store credential", |a, w| {
    slot(a, w);
    w.number(a.call.len.into());
})
.prompt(b'>', Duration::ZERO)
.timeout(STORING)];

/// Zero bytes delete (use cases §3.2.4).
pub(super) const REMOVE: &[Step] = &[Step::new("remove credential", |a, w| {
    slot(a, w);
    w.number(0);
})
.on_error(OnError::Ignore)
.timeout(STORING)];

fn slot(a: &Args<'_>, w: &mut CommandWriter<'_>) {
    let kind = match a.call.credential.kind {
        CredentialKind::Authority | CredentialKind::Certificate => "certificate",
        CredentialKind::PrivateKey => "privatekey",
    };
    w.text("+SQNSNVW=\"").text(kind).text("\",").number(a.call.credential.slot.into()).text(",");
}
