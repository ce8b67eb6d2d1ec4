//! Name resolution: `+SQNDNSLKUP`.

use crate::dialect::Step;
use crate::time::Duration;

const RESOLVING: Duration = Duration::from_secs(120);

/// Several addresses may come; the first one of the wanted family is taken.
const ANSWER: &str = "+SQNDNSLKUP: {*},{addresses}";

pub(super) const NAME: &[Step] = &[
    Step::new("+SQNDNSLKUP={name}").when(|a| a.call.ipv6 != Some(true)).text(ANSWER).timeout(RESOLVING),
    Step::new("+SQNDNSLKUP={name},1").when(|a| a.call.ipv6 == Some(true)).text(ANSWER).timeout(RESOLVING),
];
