//! A sensor sends a reading each hour and lets its modem sleep in between. While the modem is asleep nothing is sent to it;
//! one that the network lets not sleep is up again after a few commands. With `--nocapture` commands and time awake are
//! printed for each model.
use crate::common;

use std::time::Duration;

use cellular_nal::{Config, Pin, PowerSaving, UartSleep};
use common::Setup;
use common::conversation::echo;
use modem_sim::{Model, Options, PsmGrant, Rule};

#[test]
fn a_day_of_hourly_readings_costs_little() {
    let second = cellular_nal::Duration::from_secs;
    let saving = PowerSaving::new(second(7200), second(2)).expect("it can be said");
    for psm in [PsmGrant::Refused, PsmGrant::AsRequested] {
        for &model in Model::KNOWN {
            let mut options = Options::default();
            options.surroundings.psm = psm;
            // u-blox modems sleep no deeper than their serial port does; RTS wakes Sequans modems.
            let (uart, pins) = match model.is_ublox() {
                true => (UartSleep::Timeout, [Pin::PowerKey]),
                false => (UartSleep::Rts, [Pin::Rts]),
            };
            let config = Config::new().power_saving(saving).uart_sleep(uart);
            let mut world = Setup { options, config, record: true, ..Setup::new(model) }.build();
            world.wire(&pins);
            let (control, stack) = (world.control, world.stack);
            world.bring_up();
            world.pass_secs(1);
            let granted = control.status().granted_power_saving();
            if psm == PsmGrant::AsRequested {
                assert_eq!(granted, Some(saving), "{model}: {}", world.tail());
            }
            let (mut most, mut awake) = (0, Duration::ZERO);
            for hour in 0..24 {
                let (commands, start) = (world.modem.commands(), world.now);
                let up = world.run(60, control.connect());
                assert_eq!(up, Ok(()), "{model} {psm:?} {hour}: {}", world.tail());
                let heard = world.run(60, echo(stack, b"23.4 degrees"));
                assert_eq!(heard.as_deref(), Ok(&b"23.4 degrees"[..]), "{model} {hour}: {}", world.tail());
                assert_eq!(world.run(60, control.sleep()), Ok(()), "{model} {hour}: {}", world.tail());
                assert!(control.status().is_asleep());
                if hour > 0 {
                    most = most.max(world.modem.commands() - commands);
                    awake = awake.max(world.now - start);
                }
                assert!(world.modem.open_sockets().is_empty(), "{model} {hour}: {}", world.tail());
                let said = world.log.borrow().len();
                world.pass(Duration::from_secs(3600));
                let log = world.log.borrow();
                let spoken = log[said..].iter().filter(|line| line.contains(" > ")).count();
                assert_eq!(spoken, 0, "{model} {hour}: a sleeping modem is spoken to");
                let deep = psm == PsmGrant::AsRequested;
                assert_eq!(world.modem.is_in_deep_sleep(), deep, "{model} {hour}");
            }
            let limit = if psm == PsmGrant::Refused { (14, 2) } else { (40, 20) };
            println!("{psm:?} {model}: {most} commands, awake for {:.1} s each hour", awake.as_secs_f64());
            assert!(
                most <= limit.0 && awake <= Duration::from_secs(limit.1),
                "{model} {psm:?}: {}",
                world.tail()
            );
            assert_eq!(control.status().recovery(), None, "{model}: sleep is no fault");
            // What a Sequans modem is called with while it wakes waits for it, all at once.
            let waits = |rule| rule == Rule::CommandWhileBusy && !model.is_ublox();
            let breaches: Vec<_> =
                world.modem.breaches().iter().filter(|breach| !waits(breach.rule)).collect();
            assert!(breaches.is_empty(), "{model} {psm:?}: {breaches:?}");
        }
    }
}
