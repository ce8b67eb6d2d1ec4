//! A modem whose serial port sleeps: it is woken before a command, so that neither the first character of that nor of
//! its answer is lost.

use super::{Core, Engine, Output, Pin, PinSet, Timer};
use crate::link::UartSleep;
use crate::time::{Duration, Instant};

/// Silence after which the port may sleep. The shortest that a modem waits is 6 s (SARA-R42).
const IDLE: Duration = Duration::from_secs(4);
/// How long a line is kept active behind the last byte, which may be followed by another.
const HOLD: Duration = Duration::from_secs(1);
/// From whatever wakes a port until it takes bytes. The guides at hand give 100 ms for a dummy `AT` in front of
/// which the bit rate is not known (LENA-R8 application development §5.3), and nothing for this.
const WAKE: Duration = Duration::from_millis(100);
/// How long DTR is off for a modem to leave its data connection. No guide at hand has a time for this.
const HANG_UP: Duration = Duration::from_millis(500);

/// The lines that keep a port awake.
const LINES: [Pin; 2] = [Pin::Rts, Pin::Dtr];

/// What comes before bytes.
#[derive(Debug)]
pub(super) struct Dozing {
    pub(super) before: fn(&mut Core) -> Option<Output<'static>>,
    pub(super) until: fn(&Core) -> Instant,
}

/// What wakes the modem's port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// Nothing: it is awake, or the hardware has its line.
    Nothing,
    /// A byte that gets lost.
    Byte,
    /// A line that is active.
    Line(Pin),
}

#[derive(Debug)]
pub(super) struct Doze {
    by: By,
    /// The lines that are active.
    active: PinSet,
    /// A byte that gets lost is on its way.
    knocks: bool,
    /// When the last byte came or went.
    stirred: Instant,
    /// Nothing is sent before.
    ready: Instant,
    /// DTR is to go off for a while.
    hangs_up: bool,
}

impl Doze {
    pub(super) const fn new() -> Self {
        Self {
            by: By::Nothing,
            active: PinSet::NONE,
            knocks: false,
            stirred: Instant::START,
            ready: Instant::START,
            hangs_up: false,
        }
    }
}

impl Engine {
    /// The modem has pulled its RING line: where its port is held asleep by a line, it is let wake, so that it can say
    /// why.
    pub fn ring(&mut self) {
        self.core.stirs();
        self.core.runner.wake();
    }
}

impl Core {
    /// The modem has taken the configured setting, or not.
    pub(super) fn dozes(&mut self, taken: bool) {
        let pin = |pin| if self.pins.has(pin) { By::Line(pin) } else { By::Nothing };
        self.doze.by = match self.config.uart_sleep {
            _ if !taken => By::Nothing,
            Some(UartSleep::Timeout) => By::Byte,
            Some(UartSleep::Rts) => pin(Pin::Rts),
            Some(UartSleep::Dtr) => pin(Pin::Dtr),
            Some(UartSleep::Off) | None => By::Nothing,
        };
        self.doze.stirred = self.now;
        self.use_dozing();
    }

    /// There are lines, or a setting that needs care.
    pub(super) fn use_dozing(&mut self) {
        const DOZING: Dozing = Dozing { before: Core::before_bytes, until: Core::line_until };
        self.extras.dozing = Some(&DOZING);
    }

    /// The modem begins anew, with the settings of its start.
    pub(super) fn forget_dozing(&mut self) {
        self.doze.by = By::Nothing;
    }

    /// A command is on its way, or its answer, or the line is somebody else's: data that goes over it is not seen here.
    fn is_busy(&self) -> bool {
        self.sent < self.len
            || self.job.is_some()
            || self.sync.is_some()
            || self.online.is_some()
            || self.parked
            || self.shared
    }

    /// Has DTR go off before anything is sent, where there is one: "a DTR hardware transition of the pin from ON to OFF"
    /// ends a data connection or leaves it for commands (SARA/LEXI internet applications §4.2, LENA-R8 application
    /// development §5.8.2).
    #[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
    pub(super) fn hang_up(&mut self) {
        self.doze.hangs_up = self.pins.has(Pin::Dtr);
    }

    /// From when on the port takes bytes.
    #[cfg(any(feature = "embassy-net", feature = "smoltcp"))]
    pub(super) fn awake_at(&self) -> Instant {
        self.doze.ready
    }

    /// What is to be done before anything is sent.
    fn before_bytes(&mut self) -> Option<Output<'static>> {
        let (now, begins) = (self.now, self.sent == 0 && self.len > 0);
        if self.doze.knocks {
            return Some(Output::Transmit(b"\r"));
        }
        if now < self.doze.ready {
            return Some(Output::Timeout(Some((self.doze.ready, Timer::Wake))));
        }
        match self.doze.by {
            By::Byte if begins && now.is_past(self.doze.stirred, IDLE) => {
                self.doze.knocks = true;
                Some(Output::Transmit(b"\r"))
            }
            _ => LINES.into_iter().find_map(|pin| {
                let wanted = self.wants(pin);
                if !self.pins.has(pin) || wanted == self.doze.active.has(pin) {
                    return None;
                }
                self.doze.active =
                    if wanted { self.doze.active.with(pin) } else { self.doze.active.without(pin) };
                if wanted {
                    self.doze.ready = now + WAKE;
                } else if pin == Pin::Dtr && core::mem::take(&mut self.doze.hangs_up) {
                    self.doze.ready = now + HANG_UP;
                }
                Some(Output::Pin { pin, active: wanted })
            }),
        }
    }

    /// Whether a line is to be active: always, but while the port or the modem may sleep.
    fn wants(&self, pin: Pin) -> bool {
        if pin == Pin::Dtr && self.doze.hangs_up {
            return false;
        }
        let may_sleep = self.doze.by == By::Line(pin) || self.link.is_asleep();
        !may_sleep || self.is_busy() || !self.now.is_past(self.doze.stirred, HOLD)
    }

    /// When an active line may be let go of.
    fn line_until(&self) -> Instant {
        let sleeps = matches!(self.doze.by, By::Line(_)) || self.link.is_asleep();
        let holds = sleeps && self.doze.active != PinSet::NONE && !self.is_busy();
        let until = self.doze.stirred + HOLD;
        if holds && until > self.now { until } else { Instant::NEVER }
    }

    /// Bytes have left. True when they were none of the command.
    pub(super) fn knocked(&mut self) -> bool {
        self.doze.stirred = self.now;
        let knocked = core::mem::take(&mut self.doze.knocks);
        if knocked {
            self.doze.ready = self.now + WAKE;
        }
        knocked
    }

    /// Bytes have come, or the modem has pulled its RING line.
    pub(super) fn stirs(&mut self) {
        self.doze.stirred = self.now;
    }
}
