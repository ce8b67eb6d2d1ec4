//! Certificates and keys (use cases chapter 3): `+SQNSNVW`.

use crate::dialect::{OnError, Step};
use crate::time::Duration;

/// Storing writes flash.
const STORING: Duration = Duration::from_secs(30);

/// The length must be the exact number of bytes that follow the prompt (use cases §3.5).
pub(super) const STORE: &[Step] =
    &[Step::new("+SQNSNVW=\"{kind}\",{slot},{length}").prompt(b'>', 0).timeout(STORING)];

/// Zero bytes delete (use cases §3.2.4).
pub(super) const REMOVE: &[Step] =
    &[Step::new("+SQNSNVW=\"{kind}\",{slot},0").on_error(OnError::Ignore).timeout(STORING)];
