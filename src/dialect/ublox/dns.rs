//! Name resolution (IADG §2.4.2).

use crate::dialect::Step;
use crate::time::Duration;

/// Two servers are asked one after the other; a modem may take 70 s until it gives up.
const RESOLVING: Duration = Duration::from_secs(90);

/// LENA-R8 has been seen to answer with the prefix of a report.
pub(super) const NAME: &[Step] =
    &[Step::new("+UDNSRN=0,{name}").text("+UDNSRN|+UUDNSRN: {addresses}").timeout(RESOLVING)];

pub(super) const ADDRESS: &[Step] =
    &[Step::new("+UDNSRN=1,{address}").text("+UDNSRN|+UUDNSRN: {host}").timeout(RESOLVING)];
