//! What a case is and how it ends.

use core::fmt;

use embedded_io_async::{Error, ErrorKind};

/// How binding the sentence behind a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The documentation of the trait demands it.
    Must,
    /// The documentation recommends it.
    Should,
    /// A published client breaks without it.
    Clients,
    /// Left to the stack; what it does is recorded, and a failure is none.
    Implementation,
}

impl Level {
    /// All of them, the most binding first.
    pub const ALL: [Level; 4] = [Level::Must, Level::Should, Level::Clients, Level::Implementation];

    /// The letter that stands for it in tables.
    pub const fn letter(self) -> char {
        match self {
            Level::Must => 'M',
            Level::Should => 'S',
            Level::Clients => 'C',
            Level::Implementation => 'I',
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

/// What a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// Short name that does not change.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// What has to hold, as a sentence.
    pub title: &'static str,
    /// The document or the client that it comes from.
    pub source: &'static str,
}

impl Case {
    /// Whether the case is about many small operations, so that it matters how many
    /// [`transactions`](crate::Figures::transactions) they take.
    pub fn is_counted(&self) -> bool {
        ["A22", "A23", "N21", "N22"].contains(&self.id)
    }
}

/// What an assertion found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing more to say.
    Nothing,
    /// An error of this kind.
    Kind(ErrorKind),
    /// Another number.
    Numbers {
        /// What should have been.
        expected: u64,
        /// What was.
        found: u64,
    },
    /// Something that has a name.
    Text(&'static str),
}

/// Why a case did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The stack did something else than the sentence says.
    Wrong {
        /// What it did.
        what: &'static str,
        /// What exactly.
        detail: Detail,
    },
    /// The case asks for something that the stack or its surroundings do not have.
    Missing(&'static str),
}

impl Failure {
    /// A failure that needs no detail.
    pub const fn wrong(what: &'static str) -> Self {
        Failure::Wrong { what, detail: Detail::Nothing }
    }

    /// An operation gave an error where none belongs.
    pub fn error(what: &'static str, error: impl Error) -> Self {
        Failure::Wrong { what, detail: Detail::Kind(error.kind()) }
    }

    /// A number is another one than it should be.
    pub const fn number(what: &'static str, found: u64, expected: u64) -> Self {
        Failure::Wrong { what, detail: Detail::Numbers { expected, found } }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Failure::Missing(what) => write!(f, "needs {what}"),
            Failure::Wrong { what, detail } => match detail {
                Detail::Nothing => f.write_str(what),
                Detail::Kind(kind) => write!(f, "{what}: error {kind:?}"),
                Detail::Numbers { expected, found } => write!(f, "{what}: {found} instead of {expected}"),
                Detail::Text(text) => write!(f, "{what}: {text}"),
            },
        }
    }
}

impl core::error::Error for Failure {}

/// What a case returns.
pub type Verdict = Result<(), Failure>;

/// How a case ended, with what was known about the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The sentence holds.
    Pass,
    /// It does not.
    Fail(Failure),
    /// It was not tried.
    Skip {
        /// What is missing.
        what: &'static str,
        /// Why, where that is known.
        reason: Option<&'static str>,
    },
    /// It does not hold, and that was known.
    Deviation {
        /// What was known.
        known: &'static str,
        /// What came; `None` when the case was not run because it would bring the program down.
        failure: Option<Failure>,
    },
    /// It holds, although it was known not to.
    Mended {
        /// What was known.
        known: &'static str,
    },
}

impl Outcome {
    /// One word for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Fail(_) => "FAIL",
            Outcome::Skip { .. } => "skip",
            Outcome::Deviation { .. } => "deviation",
            Outcome::Mended { .. } => "MENDED",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        match self {
            Outcome::Pass => Ok(()),
            Outcome::Fail(failure) => write!(f, ": {failure}"),
            Outcome::Skip { what, reason: None } => write!(f, ": needs {what}"),
            Outcome::Skip { what, reason: Some(reason) } => write!(f, ": needs {what} ({reason})"),
            Outcome::Deviation { known, failure: Some(failure) } => write!(f, ": {known} ({failure})"),
            Outcome::Deviation { known, failure: None } => write!(f, ": {known} (not run)"),
            Outcome::Mended { known } => write!(f, ": passes, although it is known: {known}"),
        }
    }
}

/// Ends the case unless a condition holds, or two numbers are the same.
///
/// ```
/// use nal_tests::{Verdict, check};
///
/// fn case(count: usize) -> Verdict {
///     check!(count > 0, "nothing came");
///     check!(count == 4, count, 4, "the length of the answer");
///     Ok(())
/// }
/// assert!(case(4).is_ok());
/// assert_eq!(case(3).unwrap_err().to_string(), "the length of the answer: 3 instead of 4");
/// ```
#[macro_export]
macro_rules! check {
    ($condition:expr, $what:expr $(,)?) => {
        if !$condition {
            return ::core::result::Result::Err($crate::Failure::wrong($what));
        }
    };
    ($condition:expr, $found:expr, $expected:expr, $what:expr $(,)?) => {
        if !$condition {
            return ::core::result::Result::Err($crate::Failure::number(
                $what,
                $found as u64,
                $expected as u64,
            ));
        }
    };
}

/// The value of a result, or the end of the case with the kind of the error.
#[macro_export]
macro_rules! value {
    ($result:expr, $what:expr $(,)?) => {
        match $result {
            ::core::result::Result::Ok(value) => value,
            ::core::result::Result::Err(error) => {
                return ::core::result::Result::Err($crate::Failure::error($what, error));
            }
        }
    };
}
