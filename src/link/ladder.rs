//! What is done when the link does not come up: one rung after the other, each deeper than the one before
//! (LENA-R8 application development §8.2, table 21).

use crate::error::Error;
use crate::time::{Duration, Instant};

/// How long a registered modem may be without an address.
pub(super) const ADDRESS: Duration = Duration::from_secs(30);
/// How long a card may be missing, or settings refused.
const CARD: Duration = Duration::from_secs(60);
const SETTINGS: Duration = Duration::from_secs(30);
/// How long to wait after all that can be done to a silent modem was done in vain.
const PRESS_AGAIN: Duration = Duration::from_secs(60);
/// How long a link must have been up on which nothing is heard.
const DEAF: Duration = Duration::from_secs(60);
/// How much longer than a registration all may take: whatever comes and goes does not begin anew.
const LIMIT: Duration = Duration::from_secs(420);
/// The longest pause between two rungs: without coverage an hour costs four of them, and each further one
/// costs one.
const LONGEST: Duration = Duration::from_secs(3600);

/// What was done to bring the link back, from the mildest to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Rung {
    /// The context was deactivated and activated.
    Context,
    /// The modem was detached and attached, by `+CFUN=0` and `+CFUN=1`.
    Radio,
    /// The modem was told to restart.
    Restart,
    /// Its reset line was pulled.
    Reset,
    /// Its power key was pressed.
    PowerKey,
}

impl Rung {
    const ALL: [Self; 5] = [Self::Context, Self::Radio, Self::Restart, Self::Reset, Self::PowerKey];

    /// The mildest of a set.
    fn mildest(rungs: u8) -> Option<Self> {
        Self::ALL.get(rungs.trailing_zeros() as usize).copied()
    }

    /// Its place in a set of them.
    pub(crate) const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// As it stands in logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Context => "context anew",
            Self::Radio => "detach and attach",
            Self::Restart => "restart",
            Self::Reset => "reset line",
            Self::PowerKey => "power key",
        }
    }
}

/// The last thing that was done to bring the link back, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Recovery {
    pub(crate) rung: Rung,
    pub(crate) reason: Error,
    pub(crate) count: u16,
}

impl Recovery {
    /// What was done.
    pub const fn rung(self) -> Rung {
        self.rung
    }

    /// Why.
    pub const fn reason(self) -> Error {
        self.reason
    }

    /// How many rungs were climbed in all since the engine was made.
    pub const fn count(self) -> u16 {
        self.count
    }
}

/// What keeps the link from coming up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nothing answers.
    Modem,
    /// The modem answers, and refuses what it was told.
    Settings,
    /// There is no card.
    Card,
    /// There is no network.
    Registration,
    /// There is no address.
    Address,
    /// There is an address, and nothing is heard.
    Data,
}

impl Trouble {
    /// The rungs that may help.
    const fn rungs(self) -> u8 {
        let pins = Rung::Reset.bit() | Rung::PowerKey.bit();
        match self {
            // The command is said to a modem that does not answer, where nothing else is left.
            Self::Modem => Rung::Restart.bit() | pins,
            Self::Settings => Rung::Restart.bit() | pins,
            Self::Card => Rung::Radio.bit() | Rung::Restart.bit(),
            Self::Registration => Rung::Radio.bit() | Rung::Restart.bit() | pins,
            Self::Address => u8::MAX,
            Self::Data => Rung::Context.bit() | Rung::Radio.bit() | Rung::Restart.bit(),
        }
    }

    pub(super) const fn error(self) -> Error {
        match self {
            Self::Modem | Self::Settings => Error::NoModem,
            Self::Card => Error::NoSim,
            Self::Registration => Error::NotRegistered,
            Self::Address => Error::NoAddress,
            Self::Data => Error::Timeout,
        }
    }
}

/// What is done to a modem that does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Press {
    Reset,
    /// The key, as long as switches a modem on.
    On,
    /// The key, as long as switches it off.
    Off,
}

/// It has answered before, so it is on, or was.
const HUNG: &[Press] = &[Press::Reset, Press::Off, Press::On];
/// It never has, so it may be off, which a reset does not change.
const SILENT: &[Press] = &[Press::On, Press::Reset, Press::Off, Press::On];

#[derive(Debug)]
pub(crate) struct Ladder {
    trouble: Option<Trouble>,
    /// The last rung since the link was up.
    last: Option<Rung>,
    /// How many rungs since the link was up; and how many of them because nothing answered.
    climbed: u8,
    presses: u8,
    /// How many because nothing was heard; being up does not prove the contrary.
    deaf: u8,
    /// Those that this modem has.
    available: u8,
    /// The modem has answered, some time.
    answered: bool,
    /// The last press of the power key was a short one.
    short: bool,
    /// When this trouble began.
    began: Instant,
    /// When the last rung was climbed, or the link was wanted.
    since: Instant,
}

impl Ladder {
    pub(super) const fn new() -> Self {
        Self {
            trouble: None,
            last: None,
            climbed: 0,
            presses: 0,
            deaf: 0,
            available: 0,
            answered: false,
            short: false,
            began: Instant::START,
            since: Instant::START,
        }
    }

    /// Which rungs there are, one bit for each.
    pub(super) fn offer(&mut self, available: u8) {
        self.available = available;
    }

    /// The modem answers.
    pub(super) fn answered(&mut self) {
        self.answered = true;
    }

    /// All is well, or begins.
    pub(super) fn well(&mut self, now: Instant) {
        let Self { available, answered, deaf, .. } = *self;
        *self = Self { available, answered, deaf, since: now, ..Self::new() };
    }

    /// The link is asked for. Whoever does so again and again does not change what is done.
    pub(super) fn wanted(&mut self, now: Instant) {
        if self.climbed == 0 {
            self.since = now;
        }
    }

    /// Something was heard of the network.
    pub(super) fn heard(&mut self) {
        self.deaf = 0;
        if self.trouble == Some(Trouble::Data) {
            self.calm();
        }
    }

    /// Something is under way.
    pub(super) fn calm(&mut self) {
        self.trouble = None;
    }

    /// The card is there.
    pub(super) fn has_card(&mut self) {
        if self.trouble == Some(Trouble::Card) {
            self.calm();
        }
    }

    /// The link does not come up because of this.
    pub(super) fn watch(&mut self, now: Instant, trouble: Trouble) {
        if self.trouble != Some(trouble) {
            (self.trouble, self.began) = (Some(trouble), now);
        }
    }

    /// What keeps it from coming up has got further.
    pub(super) fn goes_on(&mut self, now: Instant) {
        self.began = now;
    }

    /// When the next rung is due. `registration` is how long that may take.
    pub(super) fn due(&self, registration: Duration) -> Instant {
        let Some(trouble) = self.trouble else { return Instant::NEVER };
        if trouble.rungs() & self.available == 0 {
            return Instant::NEVER;
        }
        let (span, times) = match trouble {
            Trouble::Modem => match self.next_press() {
                (0, _) => return self.began,
                (rounds, _) => (PRESS_AGAIN, rounds - 1),
            },
            Trouble::Settings => (SETTINGS, self.climbed),
            Trouble::Card => (CARD, self.climbed),
            Trouble::Registration => (registration, self.climbed),
            Trouble::Address => (ADDRESS, self.climbed),
            Trouble::Data => return self.since + grown(DEAF, self.deaf),
        };
        let steady = self.began.max(self.since) + grown(span, times);
        let limit = Duration::from_millis(registration.as_millis().saturating_add(LIMIT.as_millis()));
        steady.min(self.since + grown(limit, self.climbed))
    }

    /// Climbs the next rung, and says why.
    pub(super) fn climb(&mut self, now: Instant) -> Option<(Rung, Trouble)> {
        let trouble = self.trouble?;
        let possible = trouble.rungs() & self.available;
        let rung = match trouble {
            Trouble::Modem => {
                let (_, press) = self.next_press();
                self.presses = self.presses.saturating_add(1);
                self.short = press == Some(Press::On);
                match press {
                    Some(Press::Reset) => Rung::Reset,
                    Some(Press::On | Press::Off) => Rung::PowerKey,
                    // The command is said all the same.
                    None => Rung::mildest(possible & Rung::Restart.bit())?,
                }
            }
            Trouble::Data => {
                let turn = u32::from(self.deaf).checked_rem(possible.count_ones())?;
                self.deaf = self.deaf.saturating_add(1);
                Rung::mildest((0..turn).fold(possible, |rungs, _| rungs & rungs.wrapping_sub(1)))?
            }
            _ => {
                let deeper = self.last.map_or(u8::MAX, |last| !(last.bit() | (last.bit() - 1)));
                Rung::mildest(possible & deeper).or_else(|| Rung::mildest(possible))?
            }
        };
        // One that answers is on.
        self.short &= trouble == Trouble::Modem;
        self.climbed = self.climbed.saturating_add(1);
        (self.last, self.trouble, self.since) = (Some(rung), None, now);
        Some((rung, trouble))
    }

    /// How often all was done that can be done to a modem that does not answer, and what comes next. A key turns on
    /// what is off, and off what is on: after two presses it is on, whatever it was.
    // Out of line, as it is wanted in two places.
    #[inline(never)]
    fn next_press(&self) -> (u8, Option<Press>) {
        let order = if self.answered { HUNG } else { SILENT };
        let mut possible = order.iter().copied().filter(|press| {
            let rung = if *press == Press::Reset { Rung::Reset } else { Rung::PowerKey };
            self.available & rung.bit() != 0
        });
        let count = possible.clone().count().max(1) as u8;
        (self.presses / count, possible.nth(usize::from(self.presses % count)))
    }

    /// Whether the last that was done has switched the modem off, or was to.
    pub(super) fn has_switched_off(&self) -> bool {
        self.last == Some(Rung::PowerKey) && !self.short
    }

    /// Whether the power key is to be held as long as switches a modem on, and not off.
    pub(super) const fn switches_on(&self) -> bool {
        self.short
    }
}

/// Twice as long each time.
fn grown(span: Duration, times: u8) -> Duration {
    let grown = span.as_millis().saturating_mul(1 << times.min(12));
    Duration::from_millis(grown.min(LONGEST.as_millis().max(span.as_millis())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(180);

    /// Seconds and rungs of the first hours.
    fn climbed(trouble: Trouble, available: u8, hours: u64) -> Vec<(u64, Rung)> {
        let mut ladder = Ladder::new();
        ladder.offer(available);
        ladder.answered();
        ladder.well(Instant::START);
        let mut rungs = Vec::new();
        ladder.watch(Instant::START, trouble);
        loop {
            let at = ladder.due(WAIT);
            if at > Instant::from_millis(hours * 3_600_000) {
                return rungs;
            }
            rungs.push((at.as_micros() / 1_000_000, ladder.climb(at).unwrap().0));
            ladder.watch(at, trouble);
        }
    }

    #[test]
    fn without_a_network_pauses_grow_to_an_hour() {
        use Rung::{Radio, Reset, Restart};
        let all = climbed(Trouble::Registration, !Rung::PowerKey.bit(), 4);
        let expected = [
            (180, Radio),
            (540, Restart),
            (1260, Reset),
            (2700, Radio),
            (5580, Restart),
            (9180, Reset),
            (12780, Radio),
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn without_an_address_the_context_comes_first() {
        let without_pins = Rung::Context.bit() | Rung::Radio.bit() | Rung::Restart.bit();
        let expected = [(30, Rung::Context), (90, Rung::Radio), (210, Rung::Restart), (450, Rung::Context)];
        assert_eq!(climbed(Trouble::Address, without_pins, 1)[..4], expected);
    }

    #[test]
    fn what_does_not_answer_is_reset_then_switched_on_then_off() {
        let both = Rung::Reset.bit() | Rung::PowerKey.bit();
        let rungs: Vec<_> = climbed(Trouble::Modem, both, 1).into_iter().map(|(_, rung)| rung).collect();
        assert_eq!(rungs[..4], [Rung::Reset, Rung::PowerKey, Rung::PowerKey, Rung::Reset]);
        assert!(climbed(Trouble::Modem, Rung::Context.bit(), 1).is_empty());
        let told = Rung::Context.bit() | Rung::Restart.bit();
        assert_eq!(climbed(Trouble::Modem, told, 1)[0], (0, Rung::Restart));
    }

    #[test]
    fn a_link_that_hears_nothing_is_made_anew_ever_more_seldom() {
        let mut ladder = Ladder::new();
        ladder.offer(Rung::Radio.bit() | Rung::Restart.bit() | Rung::Reset.bit());
        let mut now = Instant::START;
        let mut pauses = Vec::new();
        for _ in 0..8 {
            // Up again each time, at once.
            ladder.well(now);
            ladder.watch(now, Trouble::Data);
            let at = ladder.due(WAIT);
            pauses.push(((at.as_micros() - now.as_micros()) / 1_000_000, ladder.climb(at).unwrap().0));
            now = at;
        }
        let (a, b) = (Rung::Radio, Rung::Restart);
        let expected = [(60, a), (120, b), (240, a), (480, b), (960, a), (1920, b), (3600, a), (3600, b)];
        assert_eq!(pauses, expected);
        ladder.heard();
        ladder.well(now);
        ladder.watch(now, Trouble::Data);
        assert_eq!(ladder.due(WAIT), now + DEAF);
    }

    #[test]
    fn what_comes_and_goes_is_not_waited_for_for_ever() {
        let mut ladder = Ladder::new();
        ladder.offer(u8::MAX);
        ladder.well(Instant::START);
        for second in 0..600 {
            let trouble = if second % 20 < 10 { Trouble::Registration } else { Trouble::Address };
            let now = Instant::from_millis(second * 1000);
            assert!(ladder.due(WAIT) > now);
            ladder.watch(now, trouble);
        }
        assert_eq!(ladder.due(WAIT), Instant::from_millis(600_000));
    }
}
