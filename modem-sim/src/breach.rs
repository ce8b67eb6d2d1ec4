//! Rules of the vendor documents that a host can break.

use std::fmt;
use std::time::Duration;

/// A rule that the host has to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// A command is ended by CR alone (RYZ014 use cases §3.5).
    LineFeedAfterCarriageReturn,
    /// No command before the final result of the previous one has been printed.
    CommandWhileBusy,
    /// No payload before the prompt.
    PayloadBeforePrompt,
    /// After the `@` prompt wait for 50 ms (SARA/LEXI internet applications §5.3.1).
    PayloadBeforeFiftyMilliseconds,
    /// Between a final result and the next command wait for 20 ms.
    CommandGap,
}

impl Rule {
    /// Every rule.
    pub const ALL: &[Rule] = &[
        Rule::LineFeedAfterCarriageReturn,
        Rule::CommandWhileBusy,
        Rule::PayloadBeforePrompt,
        Rule::PayloadBeforeFiftyMilliseconds,
        Rule::CommandGap,
    ];

    /// A short name without spaces.
    pub fn name(self) -> &'static str {
        match self {
            Rule::LineFeedAfterCarriageReturn => "line-feed-after-carriage-return",
            Rule::CommandWhileBusy => "command-while-busy",
            Rule::PayloadBeforePrompt => "payload-before-prompt",
            Rule::PayloadBeforeFiftyMilliseconds => "payload-before-fifty-milliseconds",
            Rule::CommandGap => "command-gap",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One breach of a [`Rule`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// When the offending byte came.
    pub at: Duration,
    /// The rule.
    pub rule: Rule,
    /// What happened.
    pub detail: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6} {}: {}", self.at.as_secs_f64(), self.rule, self.detail)
    }
}
