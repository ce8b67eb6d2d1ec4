//! Sleep of the UART: `+UPSV` (LENA-R8 application development §5.6.2) and `+SQNIPSCFG`; RING: `+SQNRICFG` (RYZ014 use
//! cases §10.2) and `+URING`. `+SQNIPSCFG`, `+URING` and the times of `+UPSV` are those of shipping drivers.

use std::time::Duration;

use super::exec::Exec;
use super::general::ok;
use super::{Modem, Power, Step};
use crate::Model;
use crate::command::{Command, Form};
use crate::reply::{BAD_PARAMETERS, Final, NOT_SUPPORTED};

/// `+UPSV` counts its timeout in GSM frames.
const FRAME: Duration = Duration::from_micros(4615);
const FRAMES: u32 = 2000;
/// That of SARA-R42 cannot be chosen.
const FIXED: Duration = Duration::from_secs(6);
/// A UART that a pin sends to sleep waits so long after the last character. Inferred.
const PIN_PAUSE: Duration = Duration::from_secs(1);
const MOMENT: Duration = Duration::from_micros(1);
/// Of `+URING`.
const RING: Duration = Duration::from_secs(1);

/// What wakes a sleeping UART.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waker {
    /// A character, which is lost.
    Character,
    /// RTS.
    Rts,
    /// DTR.
    Dtr,
}

/// Sleep of the UART.
#[derive(Debug)]
pub(super) struct Sleep {
    /// `<mode>` of `+UPSV` or `+SQNIPSCFG`.
    mode: u32,
    frames: u32,
    /// Milliseconds of `+SQNIPSCFG`.
    pause: u32,
    asleep: bool,
    /// Characters are lost until then.
    waking: Option<Duration>,
    /// The last character in either direction.
    last: Duration,
    lost: usize,
    /// `<mode>`, `<triggers>` and milliseconds of `+SQNRICFG`. Kept in NVM.
    ring: [u32; 3],
    /// `+URING`.
    uring: bool,
}

impl Sleep {
    pub(super) fn new(mode: u32) -> Self {
        Sleep {
            mode,
            frames: FRAMES,
            pause: 5000,
            asleep: false,
            waking: None,
            last: Duration::ZERO,
            lost: 0,
            // RYZ014 use cases §10.2: a change of the duration alone leaves 2 and 3.
            ring: [2, 3, 1000],
            uring: false,
        }
    }

    /// What a restart leaves.
    pub(super) fn power_up(&mut self, now: Duration, keeps: bool) {
        if !keeps {
            let ring = self.ring;
            *self = Sleep { lost: self.lost, ring, ..Sleep::new(0) };
        }
        self.asleep = false;
        self.waking = None;
        self.last = now;
    }
}

impl Modem {
    /// Characters of the host that have come to a sleeping UART, or to one that was waking up.
    pub fn lost_asleep(&self) -> usize {
        self.sleep.lost
    }

    /// The UART sleeps.
    pub fn is_asleep(&self) -> bool {
        self.sleep.asleep
    }

    /// It takes no characters now.
    pub(super) fn uart_is_down(&self) -> bool {
        self.sleep.asleep || self.sleep.waking.is_some_and(|until| self.now < until)
    }

    /// What the host must not send now, so that its line holds it back: where a pin wakes the UART, CTS is off.
    pub(super) fn uart_holds_back(&self) -> bool {
        // RYZ014 use cases §8.2: "if the host MCU supports hardware flow control, the command will be buffered".
        let dormant = matches!(self.power, Power::Deep { .. } | Power::Waking(_)) && !self.model.is_ublox();
        dormant || (self.uart_is_down() && self.waker() != Some(Waker::Character))
    }

    fn waker(&self) -> Option<Waker> {
        match (self.model.is_ublox(), self.sleep.mode) {
            (_, 0) => None,
            (true, 1 | 4) => Some(Waker::Character),
            (true, 3) => Some(Waker::Dtr),
            _ => Some(Waker::Rts),
        }
    }

    /// Something went over the line.
    pub(super) fn uart_is_used(&mut self) {
        self.sleep.last = self.now;
    }

    /// A pin of the host wakes the UART, or lets it sleep; the pin is named by its mode of `+UPSV`.
    pub(super) fn pin_wakes(&mut self, mode: u32, on: bool) {
        let which = if mode == 2 { Waker::Rts } else { Waker::Dtr };
        if on && which == Waker::Rts && matches!(self.power, Power::Deep { .. }) && !self.model.is_ublox() {
            // RYZ014 use cases §11.1.2.1: wakeRTS0 is enabled.
            return self.wake_up();
        }
        if on && self.waker() == Some(which) && std::mem::take(&mut self.sleep.asleep) {
            self.sleep.waking = Some(self.now + self.options.supply.uart_wake_time);
        }
        self.uart_is_used();
    }

    /// Characters that a sleeping UART loses; the first of them wakes it in some modes. What is left is heard.
    pub(super) fn sleep_through<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        if bytes.is_empty() {
            return bytes;
        }
        if matches!(self.power, Power::Deep { .. }) {
            if !self.model.is_ublox() && self.options.flow_control {
                // They are still at the host.
                return bytes;
            }
            self.sleep.lost += bytes.len();
            return &[];
        }
        if self.sleep.asleep && self.waker() == Some(Waker::Character) {
            self.sleep.asleep = false;
            self.sleep.waking = Some(self.now + self.options.supply.uart_wake_time);
        }
        if !self.sleep.asleep && self.waker() == Some(Waker::Character) {
            self.uart_is_used();
        }
        if self.uart_is_down() {
            self.sleep.lost += bytes.len();
            return &[];
        }
        self.uart_is_used();
        bytes
    }

    /// When the UART goes to sleep; `None` while it does not.
    pub(super) fn sleep_due(&self) -> Option<Duration> {
        if self.sleep.asleep || !self.uart_is_idle() {
            return None;
        }
        let pause = match self.waker()? {
            Waker::Rts if self.pins.rts => return None,
            Waker::Dtr if self.pins.dtr => return None,
            Waker::Rts if !self.model.is_ublox() => Duration::from_millis(u64::from(self.sleep.pause)),
            Waker::Rts | Waker::Dtr => PIN_PAUSE,
            Waker::Character if self.fixed_pause() => FIXED,
            Waker::Character => FRAME * self.sleep.frames,
        };
        Some(self.sleep.last + pause)
    }

    fn fixed_pause(&self) -> bool {
        matches!(self.model, Model::SaraR42 | Model::LexiR422)
    }

    /// No command is executing, nothing is to be printed, no command line has begun.
    pub(super) fn uart_is_idle(&self) -> bool {
        self.terminals().all(|terminal| {
            let idle = matches!(terminal.exec, Exec::Idle) && terminal.line.is_empty();
            idle && terminal.output() == 0 && terminal.urcs.is_empty() && terminal.late_urcs.is_empty()
        })
    }

    /// The end of the waking, in the past or to come.
    pub(super) fn waking_due(&self) -> Option<Duration> {
        // A moment later too, so that whoever looks at CTS sees that it is on.
        let until = self.sleep.waking?;
        Some(if self.now < until { until } else { until + MOMENT })
    }

    pub(super) fn sleep_step(&mut self) -> bool {
        if self.sleep.waking.is_some_and(|until| until + MOMENT <= self.now) {
            self.sleep.waking = None;
            return true;
        }
        if self.sleep_due().is_some_and(|due| due <= self.now) {
            self.sleep.asleep = true;
            return true;
        }
        false
    }

    /// RING for an unsolicited line, or for data that cannot be shown.
    pub(super) fn ring_for(&mut self, data: bool) {
        if self.model.is_ublox() {
            if self.sleep.uring {
                self.start_ringing(RING);
            }
            return;
        }
        let [mode, triggers, time] = self.sleep.ring;
        if mode > 0 && triggers & (1 << u32::from(data)) != 0 {
            self.start_ringing(Duration::from_millis(u64::from(time)));
        }
    }

    /// Commands of this chapter; `None` when this is not one.
    pub(super) fn sleep_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        let ublox = self.model.is_ublox();
        Some(match command.name.as_str() {
            "+UPSV" if ublox => self.upsv(command),
            "+URING" if ublox => self.uring(command),
            "+SQNIPSCFG" if !ublox => self.ipscfg(command),
            "+SQNRICFG" if !ublox => self.ricfg(command),
            _ => return None,
        })
    }

    /// LENA-R8 application development §13.1 lists its modes; those of the others are inferred from shipping drivers.
    fn upsv_modes(&self) -> &'static [u32] {
        match self.model {
            Model::LenaR8 => &[0, 2, 3, 4],
            Model::SaraR42 | Model::LexiR422 => &[0, 4],
            _ => &[0, 1, 2, 3],
        }
    }

    /// `AT+UPSV=<mode>[,<timeout>]`.
    fn upsv(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let mode = command.number(0)?;
                if !self.upsv_modes().contains(&mode) {
                    return Err(NOT_SUPPORTED);
                }
                if command.arg(1).is_some() {
                    self.sleep.frames = command.within(1, 40, 65_000)?;
                }
                self.sleep.mode = mode;
            }
            Form::Read if matches!(self.sleep.mode, 1 | 4) && !self.fixed_pause() => {
                self.info(format!("+UPSV: {},{}", self.sleep.mode, self.sleep.frames));
            }
            Form::Read => self.info(format!("+UPSV: {}", self.sleep.mode)),
            Form::Test => {
                let modes: Vec<_> = self.upsv_modes().iter().map(u32::to_string).collect();
                self.info(format!("+UPSV: ({}),(40-65000)", modes.join(",")));
            }
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    fn uring(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => self.sleep.uring = command.within(0, 0, 1)? == 1,
            Form::Read => self.info(format!("+URING: {}", u8::from(self.sleep.uring))),
            Form::Test => self.info("+URING: (0,1)"),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// `AT+SQNIPSCFG=<mode>[,<milliseconds>]`.
    fn ipscfg(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Set => {
                let mode = command.within(0, 0, 1)?;
                self.sleep.pause = command.within_or(1, 100, 10_000, self.sleep.pause)?;
                self.sleep.mode = mode;
            }
            Form::Read => self.info(format!("+SQNIPSCFG: {},{}", self.sleep.mode, self.sleep.pause)),
            Form::Test => self.info("+SQNIPSCFG: (0,1),(100-10000)"),
            Form::Action => return Err(Final::Error),
        }
        Ok(ok())
    }

    /// `AT+SQNRICFG=<mode>[,<triggers>[,<milliseconds>]]`. RYZ014 use cases §10.2 change the duration with
    /// `AT+SQNRICFG=2000`, which leaves the others.
    fn ricfg(&mut self, command: &Command) -> Result<Step, Final> {
        let [mode, triggers, time] = self.sleep.ring;
        match command.form {
            Form::Set if command.len() == 1 && command.number(0).is_ok_and(|n| n > 2) => {
                self.sleep.ring[2] = command.within(0, 100, 60_000)?;
            }
            Form::Set => {
                let new = [
                    command.within_or(0, 0, 2, mode)?,
                    command.within_or(1, 0, 3, triggers)?,
                    command.within_or(2, 100, 60_000, time)?,
                ];
                self.sleep.ring = new;
            }
            Form::Read => self.info(format!("+SQNRICFG: {mode},{triggers},{time}")),
            Form::Test => self.info("+SQNRICFG: (0-2),(0-3),(100-60000)"),
            Form::Action => return Err(BAD_PARAMETERS),
        }
        Ok(ok())
    }
}
