//! The wire: bytes to lines, prompts and raw payload, and commands to bytes.
//!
//! Knows no vendor, no socket and no clock. What a line means is decided one layer up, where the
//! command in flight is known.

mod framer;
mod line;
mod params;
mod writer;

pub use framer::{Framer, LINE, Span, SpanFn, Token, Trailer, Watch};
pub(crate) use line::is_one_of;
pub use line::{Final, split};
pub(crate) use params::hexadecimal;
pub use params::{Params, parse_address};
pub use writer::CommandWriter;
pub(crate) use writer::is_quotable;
