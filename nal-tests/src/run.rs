//! Runs cases.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;

use embassy_futures::select::{Either, select};

use crate::{Bench, Case, Failure, Figures, Report, Verdict};

/// Time for cases: that of an executor, of the operating system, or of a simulation.
#[allow(async_fn_in_trait, reason = "as in the traits under test")]
pub trait Timer {
    /// Waits.
    async fn after(&self, milliseconds: u32);
}

impl<T: Timer + ?Sized> Timer for &T {
    async fn after(&self, milliseconds: u32) {
        (**self).after(milliseconds).await;
    }
}

/// What an async case gets: the bench and the time.
#[derive(Debug)]
pub struct Context<'a, T> {
    /// What surrounds the stack.
    pub bench: &'a Bench<'a>,
    /// The time.
    pub timer: &'a T,
}

impl<T> Clone for Context<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Context<'_, T> {}

impl<T: Timer> Context<'_, T> {
    /// Waits.
    pub async fn pause(&self, milliseconds: u32) {
        self.timer.after(milliseconds).await;
    }

    /// Gives a future so long; `None` when it is not done then.
    pub async fn within<F: Future>(&self, milliseconds: u32, future: F) -> Option<F::Output> {
        match select(future, self.timer.after(milliseconds)).await {
            Either::First(output) => Some(output),
            Either::Second(()) => None,
        }
    }

    /// Waits until something is so, for [`Bench::settle_ms`] at most.
    pub async fn settles(&self, mut is_so: impl FnMut() -> bool) -> bool {
        let mut left = self.bench.settle_ms;
        loop {
            if is_so() {
                return true;
            }
            let step = left.min(10);
            if step == 0 {
                return false;
            }
            self.timer.after(step).await;
            left -= step;
        }
    }
}

/// Polls a future that often at most, then drops it. `Some` when it was done before.
pub async fn polls<F: Future>(count: u32, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = count;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            // The next poll may be far away, so this one does not wait for it.
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Runs one async case and tells how it ended.
pub async fn one<T: Timer, F: Future<Output = Verdict>>(
    suite: &str,
    case: &Case,
    context: Context<'_, T>,
    report: &mut dyn Report,
    run: F,
) {
    let bench = context.bench;
    if !bench.wants(case) {
        return;
    }
    report.begin(suite, case);
    let count = Count::begin(bench);
    let outcome = match bench.spared(case) {
        Some(outcome) => outcome,
        None => {
            let mut run: Pin<&mut F> = pin!(run);
            let verdict = context.within(bench.limit_ms, run.as_mut()).await;
            bench.judge(case, verdict.unwrap_or(Err(Failure::wrong("it does not come to an end"))))
        }
    };
    let figures = Figures { future: Some(size_of::<F>()), ..count.end() };
    report.end(suite, case, &outcome, figures);
}

/// Runs one case that does not wait, and tells how it ended.
pub fn one_blocking(
    suite: &str,
    case: &Case,
    bench: &Bench<'_>,
    report: &mut dyn Report,
    run: impl FnOnce() -> Verdict,
) {
    if !bench.wants(case) {
        return;
    }
    report.begin(suite, case);
    let count = Count::begin(bench);
    let outcome = bench.spared(case).unwrap_or_else(|| bench.judge(case, run()));
    report.end(suite, case, &outcome, count.end());
}

/// What the far end has counted before a case.
struct Count<'a> {
    bench: &'a Bench<'a>,
    before: Option<u64>,
}

impl<'a> Count<'a> {
    fn begin(bench: &'a Bench<'a>) -> Self {
        Count { bench, before: Count::now(bench) }
    }

    fn now(bench: &Bench<'_>) -> Option<u64> {
        bench.far?.transactions()
    }

    fn end(self) -> Figures {
        let now = Count::now(self.bench).zip(self.before);
        Figures { transactions: now.map(|(now, before)| now - before), future: None }
    }
}

/// A table of cases and the function that runs them in its order.
///
/// Cases of async traits:
///
/// ```ignore
/// suite! {
///     /// What it is about.
///     pub async fn tcp(stack: Tcp) "async" {
///         "A01" Must echo "What is sent comes back." "TcpConnect (embedded-nal-async 0.9)";
///     }
/// }
/// ```
///
/// makes `pub const CASES: &[Case]` and `pub async fn tcp(suite, stack, context, report)`, which calls
/// `echo(stack, context)` and so on.
#[cfg(any(feature = "async", feature = "edge-nal"))]
macro_rules! suite {
    (
        $(#[$doc:meta])*
        pub async fn $run:ident(stack: $bound:path) {
            $($id:literal $level:ident $case:path, $title:literal, $source:literal;)*
        }
    ) => {
        $(#[$doc])*
        pub const CASES: &[$crate::Case] = &[$($crate::Case {
            id: $id,
            level: $crate::Level::$level,
            title: $title,
            source: $source,
        }),*];

        /// Runs the cases of this module one after the other.
        pub async fn $run<S: $bound, T: $crate::Timer>(
            suite: &str,
            stack: &S,
            context: $crate::Context<'_, T>,
            report: &mut dyn $crate::Report,
        ) {
            let mut cases = CASES.iter();
            $(if let Some(case) = cases.next() {
                $crate::run::one(suite, case, context, report, $case(stack, context)).await;
            })*
        }
    };
}

#[cfg(any(feature = "async", feature = "edge-nal"))]
pub(crate) use suite;
