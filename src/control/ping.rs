//! Whether a host can be reached, and how long the way is.

use core::cell::RefCell;
use core::future::poll_fn;
use core::net::IpAddr;

use super::turn::Lines;
use super::{Control, borrow};
use crate::at::CommandWriter;
use crate::dialect::{PingCommand, Step, ping};
use crate::engine::Engine;
use crate::engine::ping::Tally;
use crate::error::Error;
use crate::time::Duration;

/// One echo; the name may have to be resolved before.
const PING: Step = Step::new("+PING").lines("+PING", false).timeout(Duration::from_secs(180));
const UPING: Step = Step::new("+UPING").lines("", false).timeout(Duration::from_secs(60));

/// How many echo requests are sent, and how large.
///
/// ```
/// use cellular_nal::control::PingOptions;
/// let options = PingOptions::new().count(1).size(64);
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PingOptions {
    count: u8,
    size: u16,
}

impl Default for PingOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl PingOptions {
    /// Four requests with 32 bytes, as the modems do by themselves.
    pub const fn new() -> Self {
        Self { count: 4, size: 32 }
    }

    /// So many requests, 1 to 64.
    #[must_use]
    pub const fn count(mut self, count: u8) -> Self {
        self.count = count;
        self
    }

    /// So many bytes in each, 32 to 1400.
    #[must_use]
    pub const fn size(mut self, size: u16) -> Self {
        self.size = size;
        self
    }

    fn fits(self) -> bool {
        (1..=64).contains(&self.count) && (32..=1400).contains(&self.size)
    }
}

/// What has come back of some echo requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Ping {
    /// Who has answered, where the modem says so.
    #[cfg_attr(feature = "defmt", defmt(Debug2Format))]
    pub address: Option<IpAddr>,
    /// Requests.
    pub sent: u8,
    /// Replies, one at least.
    pub received: u8,
    /// The shortest time from a request to its reply, in whole milliseconds, as are the others.
    pub min: Duration,
    /// The mean of these times.
    pub mean: Duration,
    /// The longest of them.
    pub max: Duration,
    /// Time to live of the last reply, which tells how many gateways are on the way; 0 where the modem does not
    /// say.
    pub ttl: u8,
}

impl Ping {
    fn new(sent: u8, address: Option<IpAddr>, tally: Tally, otherwise: Error) -> Result<Self, Error> {
        if tally.received == 0 {
            return Err(otherwise);
        }
        let Tally { received, ttl, min, max, sum } = tally;
        let millis = |millis: u32| Duration::from_millis(millis);
        let mean = millis(sum / u32::from(received));
        Ok(Self { address, sent, received, min: millis(min.into()), mean, max: millis(max.into()), ttl })
    }
}

/// Reports are heard until this goes.
struct Hearing<'d> {
    engine: &'d RefCell<Engine>,
    refused: bool,
}

impl Drop for Hearing<'_> {
    fn drop(&mut self) {
        borrow(self.engine).core.leave_ping(self.refused);
    }
}

impl Control<'_> {
    /// Has the modem send echo requests (ICMP) to a host, a name or an address, one after the other.
    ///
    /// `+UPING` on u-blox (SARA/LEXI internet applications §2.4.1), which has IPv4 alone and waits 5 s for each reply;
    /// sockets are served meanwhile. On LENA-R8 it goes by the context that was activated last (LENA-R8 application
    /// development §7.2.2). `+PING` on Sequans modems (RYZ014 use cases §9.2.3): no other command is served until the
    /// reply to a request has come, or the modem does not wait for it any longer, which takes 10 s by a shipping driver.
    ///
    /// Hosts and networks may leave echoes unanswered and carry data all the same.
    ///
    /// ```no_run
    /// # use cellular_nal::{Error, control::{Control, PingOptions}};
    /// # async fn example(control: Control<'_>) -> Result<(), Error> {
    /// let ping = control.ping("example.com", PingOptions::new()).await?;
    /// println!("{} of {}, {} ms", ping.received, ping.sent, ping.mean.as_millis());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] on Cassiopeia, whose document does not know it; [`Error::InvalidInput`] for what is
    /// no host, and for numbers out of bounds; both before anything is sent. [`Error::Timeout`] when no reply has come;
    /// [`Error::NameNotFound`], [`Error::NoAddress`], or the modem's own, when none has come for that reason;
    /// [`Error::Aborted`] when the link is lost in the middle. As for [`imei`](Self::imei).
    ///
    /// It ends: on u-blox 75 s after the last report at the latest, on Sequans modems 180 s after each request.
    ///
    /// # Cancel safety
    /// The modem goes on with what it has been told. On u-blox another ping waits until that has come to its end.
    pub async fn ping(&self, host: &str, options: PingOptions) -> Result<Ping, Error> {
        let command = self.services()?.ping;
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if command == PingCommand::None {
            return Err(Error::Unsupported);
        }
        if host.is_empty() || host.len() > 253 || !host.bytes().all(is_host) || !options.fits() {
            return Err(Error::InvalidInput);
        }
        match command {
            PingCommand::Reported => self.hear_replies(host, options).await,
            _ => self.ask_for_replies(host, options).await,
        }
    }

    /// Replies come behind the result.
    async fn hear_replies(&self, host: &str, options: PingOptions) -> Result<Ping, Error> {
        let engine = self.engine;
        poll_fn(|cx| borrow(engine).core.poll_begin_ping(options.count, cx.waker())).await;
        let mut hearing = Hearing { engine, refused: true };
        let write = |w: &mut CommandWriter<'_>| {
            w.text("+UPING=").quoted(host.as_bytes());
            if options != PingOptions::new() {
                // All of them or none: time for a reply in milliseconds, and time to live (AT commands manuals).
                w.text(",")
                    .number(options.count.into())
                    .text(",")
                    .number(options.size.into())
                    .text(",5000,64");
            }
        };
        let mut turn = self.turn();
        turn.begin(&UPING, &write, None, &[]).await?;
        hearing.refused = false;
        let result = poll_fn(|cx| turn.answer(cx, &mut |_| Some(()))).await;
        drop(turn);
        hearing.refused = result.is_err();
        result?;
        borrow(engine).core.ping_has_begun();
        let (from, tally, error) = poll_fn(|cx| borrow(engine).core.poll_ping(cx.waker())).await;
        Ping::new(options.count, from, tally, error)
    }

    /// Replies are the answer. It is asked for one at a time, so that others get their turn.
    async fn ask_for_replies(&self, host: &str, options: PingOptions) -> Result<Ping, Error> {
        let write = |w: &mut CommandWriter<'_>| {
            // What stands behind the size is not documented, and shipping drivers do not agree.
            w.text("+PING=").quoted(host.as_bytes()).text(",1,").number(options.size.into());
        };
        let (mut from, mut tally) = (None, Tally::new());
        for _ in 0..options.count {
            let read = |lines: Lines<'_>| Some(lines.all("+PING").find_map(ping::answer));
            match self.ask(&PING, &write, read).await {
                Ok(Some(reply)) => {
                    from = reply.from.or(from);
                    tally.add(reply);
                }
                Ok(None) => {}
                Err(Error::Modem(_)) if tally.received > 0 => {}
                Err(error) => return Err(error),
            }
        }
        Ping::new(options.count, from, tally, Error::Timeout)
    }
}
