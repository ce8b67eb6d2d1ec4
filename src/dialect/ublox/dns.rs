//! Name resolution (IADG §2.4.2).

use crate::dialect::Step;
use crate::time::Duration;

/// Two servers are asked one after the other.
const RESOLVING: Duration = Duration::from_secs(70);

pub(super) const NAME: &[Step] = &[Step::new("resolve", |a, w| {
    w.text("+UDNSRN=0,").quoted(a.name);
})
.text(b"+UDNSRN", |r, mut p| {
    r.call.found.address = Some(p.address()?);
    Some(())
})
.timeout(RESOLVING)];

pub(super) const ADDRESS: &[Step] = &[Step::new("resolve address", |a, w| {
    w.text("+UDNSRN=1,").address(a.call.remote.ip());
})
.text(b"+UDNSRN", |r, mut p| {
    r.name.set(p.text()?);
    Some(())
})
.timeout(RESOLVING)];
