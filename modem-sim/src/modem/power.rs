//! Power, boot, reset.

use std::time::Duration;

use super::Modem;
use super::fault::Recovery;
use super::general::Speed;

/// How the modem is supplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Power {
    Off,
    Booting(Duration),
    Up,
    /// The deep sleep of the power saving mode, until T3412 is over.
    Deep {
        until: Duration,
    },
    /// The end of it.
    Waking(Duration),
}

impl Power {
    pub(super) fn due(self) -> Option<Duration> {
        match self {
            Power::Booting(until) | Power::Waking(until) | Power::Deep { until } => Some(until),
            Power::Off | Power::Up => None,
        }
    }
}

/// Something that happens later by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timer {
    /// The SIM has been read.
    SimRead,
    /// The network answers the registration request.
    Registered,
    /// The profile is active that `+UPSDA` has asked for.
    Profile,
    /// A cell has been found, and the modem may not register by itself.
    Camped,
    /// A line that nobody has asked for.
    Noise,
    /// A ping goes on.
    Ping,
    /// Short messages come.
    Message,
    /// More of a firmware file comes.
    Download,
    /// The modem restarts to install it.
    Update,
    /// An installation goes on.
    Install,
    /// The client of the device management server goes on.
    Management,
    /// The modem restarts because a command asked for it.
    Restart,
    /// The modem switches itself off because a command asked for it.
    SwitchOff,
}

/// Between the final result of a restart command and the restart.
const RESTART: Duration = Duration::from_millis(100);

impl Modem {
    /// Restarts all by itself, as after a crash: sockets are gone without a word.
    pub fn reboot(&mut self, now: Duration) {
        self.advance(now);
        self.heal(Recovery::Restart);
        self.halt();
        self.start_boot();
        self.tick();
    }

    /// Cuts the power, or applies it.
    pub fn power(&mut self, now: Duration, on: bool) {
        self.advance(now);
        self.supplied = on;
        if !on {
            self.heal(Recovery::Supply);
            self.halt();
        } else if self.power == Power::Off && self.options.supply.starts_by_itself {
            self.start_boot();
        }
        self.tick();
    }

    /// Everything that lives in RAM is gone.
    pub(super) fn halt(&mut self) {
        self.drop_call();
        self.drop_sockets();
        self.power = Power::Off;
        self.timers.clear();
        self.ping = None;
        self.stop_firmware();
        self.forget_multiplexer();
        self.terminal.halt();
    }

    pub(super) fn start_boot(&mut self) {
        let time = self.options.boot_time.unwrap_or(self.model.boot_time());
        self.power = Power::Booting(self.now + time + self.installation_time());
    }

    /// Volatile settings at the moment in which the line comes alive.
    fn defaults(&mut self) {
        self.settings.reset(self.model);
        self.settings.ports.restart();
        self.terminal.reset(&self.options);
        self.sim.power_up();
        self.sim.forget();
        self.status.power_up();
        self.bands.power_up(self.model);
        self.sms.power_up();
        self.sleep.power_up(self.now, self.options.supply.keeps_uart_sleep);
        self.cellular.power_up(self.model, &self.options);
        let keeps_hex_mode = self.model.ublox().is_some_and(|traits| traits.keeps_hex_mode);
        self.ublox.restart(keeps_hex_mode, self.options.keeps_security_profiles);
    }

    pub(super) fn found_running(&mut self) {
        self.defaults();
        self.power = Power::Up;
        self.terminal.echo = self.options.echo.unwrap_or(true);
        self.cellular.cfun = 1;
        self.sim.read = true;
        let stale = self.options.stale_sockets;
        if self.model.is_ublox() {
            self.ublox.stale(stale);
            self.ublox.hex_mode = self.options.stale_hex_mode;
        } else {
            self.sequans.stale(stale);
        }
        if self.sim.ready() {
            self.settle_registration();
            self.cellular.since = None;
            if self.options.stale_packet_data && self.model.is_ublox() {
                self.stale_profile();
                self.stale_context();
            }
        }
        self.terminal.urcs.clear();
        self.terminal.late_urcs.clear();
        self.start_noise();
        if self.options.stale_multiplexer {
            self.found_multiplexed();
        }
    }

    pub(super) fn power_step(&mut self) -> bool {
        if self.pins_step() {
            return true;
        }
        match self.power {
            Power::Deep { until } if until <= self.now => {
                self.wake_up();
                true
            }
            Power::Waking(until) if until <= self.now => {
                self.power = Power::Up;
                self.awoken();
                true
            }
            Power::Booting(until) if until <= self.now => {
                self.power = Power::Up;
                self.booted();
                true
            }
            Power::Up => self.run_timers(),
            Power::Booting(_) | Power::Waking(_) | Power::Deep { .. } | Power::Off => false,
        }
    }

    fn booted(&mut self) {
        self.restore_factory();
        self.defaults();
        if self.settings.automatic {
            self.settings.speed = Speed::Unknown;
        }
        if !self.model.is_ublox() {
            self.start_management();
            self.installed();
            return self.sequans_booted();
        }
        if self.resume_installation() {
            return;
        }
        if let Some(greeting) = self.settings.greeting.clone() {
            self.urc(&greeting);
        }
        // u-blox comes up with full functionality, RYZ014 in +CFUN=0 (RYZ014 use cases §2).
        self.sim_starts();
    }

    pub(super) fn timer(&mut self, delay: Duration, timer: Timer) {
        self.timers.push((self.now + delay, timer));
    }

    pub(super) fn cancel(&mut self, timer: Timer) {
        self.timers.retain(|&(_, t)| t != timer);
    }

    /// Tells soon that the profile is active.
    pub(crate) fn profile_soon(&mut self) {
        self.timer(self.options.activation_time, Timer::Profile);
    }

    /// Restarts soon, as a command asked for.
    pub(super) fn restart_soon(&mut self) {
        self.timer(RESTART, Timer::Restart);
    }

    /// Switches off soon, as a command asked for.
    pub(super) fn switch_off_soon(&mut self) {
        self.timer(RESTART, Timer::SwitchOff);
    }

    fn run_timers(&mut self) -> bool {
        let Some(i) = self.timers.iter().position(|&(at, _)| at <= self.now) else {
            return false;
        };
        let (_, timer) = self.timers.remove(i);
        match timer {
            Timer::SimRead => self.sim_was_read(),
            Timer::Registered => self.settle_registration(),
            Timer::Profile => self.profile_is_active(),
            Timer::Camped => self.camp(true, true),
            Timer::Noise => self.make_noise(),
            Timer::Ping => self.ping_in_background(),
            Timer::Download => self.download(),
            Timer::Install => self.install_step(),
            Timer::Management => self.management_step(),
            Timer::Update => {
                self.halt();
                self.start_boot();
            }
            Timer::Message => {
                self.take_messages();
            }
            Timer::Restart | Timer::SwitchOff => {
                self.heal(Recovery::Restart);
                self.halt();
                // RYZ014 use cases §2.1.2.1: +SHUTDOWN comes before +SYSSTART; Cassiopeia use cases
                // §2.3.2 show none.
                if !self.model.is_ublox() && !self.model.sequans().narrates {
                    self.raw(b"\r\n+SHUTDOWN\r\n");
                }
                if timer == Timer::Restart {
                    self.autoattach.restarted = true;
                    self.start_boot();
                }
            }
        }
        true
    }
}
