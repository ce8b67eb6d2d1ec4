//! Certificates and keys: `+USECMNG` (types IADG §3.1, from the serial line §3.3).

use crate::dialect::{OnError, Step};
use crate::time::Duration;

/// Storing writes flash.
const STORING: Duration = Duration::from_secs(30);

/// The bytes follow the prompt as they are; the answer holds the MD5 of what was stored. The
/// credential's slot is made part of its name.
pub(super) const STORE: &[Step] = &[Step::new("+USECMNG=0,{type},\"{kind}{slot}\",{length}")
    .prompt(b'>', 0)
    .optional_text("+USECMNG: {*}")
    .timeout(STORING)];

pub(super) const REMOVE: &[Step] =
    &[Step::new("+USECMNG=2,{type},\"{kind}{slot}\"").on_error(OnError::Ignore).timeout(STORING)];
