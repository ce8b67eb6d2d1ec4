//! Where outcomes go.

use core::fmt::{self, Write as _};

use crate::{Case, Level, Outcome};

/// What was counted while a case ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// What [`FarEnd::transactions`](crate::FarEnd::transactions) has counted.
    pub transactions: Option<u64>,
    /// Bytes of the future of an async case: all that it keeps on the stack across its waits, the
    /// sockets of the stack under test and the buffers of the case included.
    pub future: Option<usize>,
}

impl Figures {
    /// What a reader wants to know of them.
    fn write(self, case: &Case, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.transactions.filter(|_| case.is_counted()) {
            Some(transactions) => write!(f, " ({transactions} transactions)"),
            None => Ok(()),
        }
    }
}

/// Is told how each case has ended.
pub trait Report {
    /// A case begins; if the program hangs or comes down, it was this one.
    fn begin(&mut self, suite: &str, case: &Case) {
        let _ = (suite, case);
    }

    /// A case has ended.
    fn end(&mut self, suite: &str, case: &Case, outcome: &Outcome, figures: Figures);
}

/// Two reports at once.
impl<A: Report, B: Report> Report for (A, B) {
    fn begin(&mut self, suite: &str, case: &Case) {
        self.0.begin(suite, case);
        self.1.begin(suite, case);
    }

    fn end(&mut self, suite: &str, case: &Case, outcome: &Outcome, figures: Figures) {
        self.0.end(suite, case, outcome, figures);
        self.1.end(suite, case, outcome, figures);
    }
}

impl<R: Report + ?Sized> Report for &mut R {
    fn begin(&mut self, suite: &str, case: &Case) {
        (**self).begin(suite, case);
    }

    fn end(&mut self, suite: &str, case: &Case, outcome: &Outcome, figures: Figures) {
        (**self).end(suite, case, outcome, figures);
    }
}

/// How many cases have ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cases that passed.
    pub passed: u32,
    /// Cases that failed.
    pub failed: u32,
    /// Cases that were not tried.
    pub skipped: u32,
    /// Cases that failed as it was known.
    pub deviations: u32,
    /// Cases that passed although they were known to fail.
    pub mended: u32,
}

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::Pass => &mut self.passed,
            Outcome::Fail(_) => &mut self.failed,
            Outcome::Skip { .. } => &mut self.skipped,
            Outcome::Deviation { .. } => &mut self.deviations,
            Outcome::Mended { .. } => &mut self.mended,
        };
        *count += 1;
    }
}

/// The counts of each level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary([Counts; Level::ALL.len()]);

impl Summary {
    /// Nothing counted yet.
    pub fn new() -> Self {
        Summary::default()
    }

    /// The counts of one level.
    pub const fn of(&self, level: Level) -> Counts {
        self.0[level as usize]
    }

    /// The counts of all levels together.
    pub fn all(&self) -> Counts {
        self.0.iter().fold(Counts::default(), |sum, one| Counts {
            passed: sum.passed + one.passed,
            failed: sum.failed + one.failed,
            skipped: sum.skipped + one.skipped,
            deviations: sum.deviations + one.deviations,
            mended: sum.mended + one.mended,
        })
    }

    /// Adds an outcome.
    pub fn add(&mut self, level: Level, outcome: &Outcome) {
        self.0[level as usize].add(outcome);
    }

    /// Whether nothing failed at a level that binds, and every known deviation still is one.
    pub fn is_success(&self) -> bool {
        self.exit_code() == 0
    }

    /// For the end of a program: 1 when a case failed whose level binds, 2 when only the list of known
    /// deviations is out of date, otherwise 0.
    pub fn exit_code(&self) -> u8 {
        let binding = [Level::Must, Level::Should, Level::Clients];
        if binding.iter().any(|&level| self.of(level).failed > 0) {
            1
        } else if self.all().mended > 0 {
            2
        } else {
            0
        }
    }
}

impl Report for Summary {
    fn end(&mut self, _suite: &str, case: &Case, outcome: &Outcome, _figures: Figures) {
        self.add(case.level, outcome);
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for level in Level::ALL {
            let Counts { passed, failed, skipped, deviations, mended } = self.of(level);
            writeln!(
                f,
                "{level}: {passed} passed, {failed} failed, {deviations} known deviations, {skipped} skipped, \
                 {mended} mended"
            )?;
        }
        Ok(())
    }
}

/// One outcome in a form for programs or for people.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Which traits.
    pub suite: &'a str,
    /// Which case.
    pub case: &'a Case,
    /// How it ended.
    pub outcome: &'a Outcome,
    /// What was counted.
    pub figures: Figures,
}

impl<'a> Entry<'a> {
    /// `async A05 M pass  A read without data waits`
    pub fn text(self) -> impl fmt::Display + 'a {
        Shown(move |f: &mut fmt::Formatter<'_>| {
            let Case { id, level, title, .. } = self.case;
            write!(f, "{} {id} {level} {:<9} {title}", self.suite, self.outcome.word())?;
            self.figures.write(self.case, f)?;
            if !matches!(self.outcome, Outcome::Pass) {
                write!(f, "\n    {}", self.outcome)?;
            }
            Ok(())
        })
    }

    /// A row of a table in Markdown; see [`Entry::MARKDOWN_HEAD`].
    pub fn markdown(self) -> impl fmt::Display + 'a {
        Shown(move |f: &mut fmt::Formatter<'_>| {
            let Case { id, level, title, source } = self.case;
            let Entry { suite, outcome, .. } = self;
            write!(f, "| {suite} | {id} | {level} | ")?;
            write!(Bars(f), "{title}")?;
            f.write_str(" | ")?;
            write!(Bars(f), "{source}")?;
            f.write_str(" | ")?;
            write!(Bars(f), "{outcome}")?;
            f.write_str(" |")
        })
    }

    /// The head of a table of [`Entry::markdown`].
    pub const MARKDOWN_HEAD: &'static str =
        "| Traits | Case | Level | What has to hold | Source | Outcome |\n|---|---|---|---|---|---|";

    /// A JSON object on one line.
    pub fn json(self) -> impl fmt::Display + 'a {
        Shown(move |f: &mut fmt::Formatter<'_>| {
            let Case { id, level, title, source } = self.case;
            let Entry { suite, outcome, figures, .. } = self;
            write!(f, "{{\"suite\":\"{suite}\",\"id\":\"{id}\",\"level\":\"{level}\",\"title\":\"")?;
            write!(Escaped(f), "{title}")?;
            f.write_str("\",\"source\":\"")?;
            write!(Escaped(f), "{source}")?;
            write!(f, "\",\"result\":\"{}\",\"text\":\"", Lower(outcome.word()))?;
            write!(Escaped(f), "{outcome}")?;
            f.write_char('"')?;
            if let Some(transactions) = figures.transactions {
                write!(f, ",\"transactions\":{transactions}")?;
            }
            if let Some(future) = figures.future {
                write!(f, ",\"future_bytes\":{future}")?;
            }
            f.write_char('}')
        })
    }
}

struct Shown<F>(F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Shown<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0(f)
    }
}

struct Lower<'a>(&'a str);

impl fmt::Display for Lower<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| f.write_char(c.to_ascii_lowercase()))
    }
}

/// What goes into a cell of a table.
struct Bars<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Bars<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| match c {
            '|' => self.0.write_str("\\|"),
            '\n' => self.0.write_char(' '),
            c => self.0.write_char(c),
        })
    }
}

/// What goes into a string of JSON.
struct Escaped<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| match c {
            '"' | '\\' => write!(self.0, "\\{c}"),
            c if c.is_control() => write!(self.0, "\\u{:04x}", u32::from(c)),
            c => self.0.write_char(c),
        })
    }
}

/// Keeps every outcome.
#[cfg(feature = "std")]
#[derive(Clone, Debug, Default)]
pub struct Records(pub std::vec::Vec<(std::string::String, Case, Outcome, Figures)>);

#[cfg(feature = "std")]
impl Records {
    /// Nothing kept yet.
    pub fn new() -> Self {
        Records::default()
    }

    /// Them all.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.0.iter().map(|(suite, case, outcome, figures)| Entry { suite, case, outcome, figures: *figures })
    }

    /// Those that failed.
    pub fn failed(&self) -> impl Iterator<Item = Entry<'_>> {
        self.entries().filter(|entry| matches!(entry.outcome, Outcome::Fail(_)))
    }

    /// Their counts.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::new();
        self.0.iter().for_each(|(_, case, outcome, _)| summary.add(case.level, outcome));
        summary
    }
}

#[cfg(feature = "std")]
impl Report for Records {
    fn end(&mut self, suite: &str, case: &Case, outcome: &Outcome, figures: Figures) {
        self.0.push((suite.into(), *case, *outcome, figures));
    }
}

/// Prints what begins and how it ends to the standard error output.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Print;

#[cfg(feature = "std")]
impl Report for Print {
    fn begin(&mut self, suite: &str, case: &Case) {
        std::eprint!("{suite} {} ... ", case.id);
    }

    fn end(&mut self, _suite: &str, case: &Case, outcome: &Outcome, figures: Figures) {
        std::eprintln!("{outcome}{}", Shown(|f: &mut fmt::Formatter<'_>| figures.write(case, f)));
    }
}
