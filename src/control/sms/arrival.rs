//! That messages have come in.

use core::future::poll_fn;

use super::store::{STORE, Usage};
use super::{Sms, named};
use crate::at::CommandWriter;
use crate::control::borrow;
use crate::control::turn::Lines;
use crate::dialect::Step;
use crate::engine::messages::News;
use crate::error::Error;

const REPORT: Step = Step::new("+CNMI=2,1").lines("", false);

impl Sms<'_> {
    /// Waits until messages may be in the store that nobody has been told of: at first when there are any, then when
    /// one comes in, and after each start of the modem and ten minutes without a report when there are any. Nothing is
    /// counted: read what is there with [`next`](Self::next), and delete it.
    ///
    /// The modem is told to report them (`+CNMI=2,1`, LENA-R8 application development §8.1.1), to keep them
    /// where they are read from, and both again whenever it has started anew. One task at a time can wait.
    ///
    /// # Errors
    /// Why the modem is not registered, as [`Control::connect`](crate::control::Control::connect) gives it, and those
    /// of the SIM card. It may be called again.
    ///
    /// # Cancel safety
    /// No message is missed.
    pub async fn wait(&self) -> Result<(), Error> {
        loop {
            let engine = self.control.engine;
            match poll_fn(|cx| borrow(engine).core.poll_messages(cx.waker())).await {
                News::Arrived => return Ok(()),
                News::Unsure(reason) => {
                    // Before that the card cannot always be read (RYZ014 use cases §7.3.2.1).
                    self.control.wait_for_registration().await?;
                    let there = self.report().await?.used > 0;
                    borrow(engine).core.messages_seen(reason, there);
                    if there {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Has messages reported that come in from now on, and says how many are there.
    async fn report(&self) -> Result<Usage, Error> {
        let mut turn = self.control.turn();
        named(turn.tell(&REPORT, &|w| _ = w.text("+CNMI=2,1")).await)?;
        let read = |lines: Lines<'_>| {
            let mut params = lines.first("+CPMS")?;
            let from = params.text()?;
            let usage = Usage::parse(&mut params)?;
            (0..3).try_for_each(|_| params.raw().map(drop))?;
            let to = params.text().unwrap_or(from);
            let to = heapless::Vec::<u8, 8>::from_slice(to).ok()?;
            Some((usage, (from != to).then_some(to)))
        };
        let (usage, to) = named(turn.ask(&STORE, &|w| _ = w.text("+CPMS?"), read).await)?;
        let Some(to) = to else { return Ok(usage) };
        let write = |w: &mut CommandWriter<'_>| _ = w.text("+CPMS=").quoted(&to);
        named(turn.ask(&STORE, &write, |lines| Usage::parse(&mut lines.first("+CPMS")?)).await)
    }
}
