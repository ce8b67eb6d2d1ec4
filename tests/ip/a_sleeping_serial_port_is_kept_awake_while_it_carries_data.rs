//! A line that lets the modem's serial port sleep stays active while there is a data connection: DTR that goes off would
//! leave it (`&D1`, SARA/LEXI internet applications §4.2), and what came in the pauses would be lost.
use crate::common;

use std::time::Duration;

use cellular_nal::{Config, Pin, UartSleep};
use common::conversation::echo;
use common::{Mode, Setup, pattern};
use modem_sim::Model;

#[test]
fn a_sleeping_serial_port_is_kept_awake_while_it_carries_data() {
    for mode in [Mode::Ppp, Mode::Cmux] {
        for (sleep, pin) in [(UartSleep::Rts, Pin::Rts), (UartSleep::Dtr, Pin::Dtr)] {
            for &model in Model::KNOWN {
                if mode == Mode::Cmux && common::dialect(model).multiplexer().is_none() {
                    continue;
                }
                let config = Config::new().uart_sleep(sleep);
                let mut world = Setup { config, mode, record: true, ..Setup::new(model) }.build();
                world.wire(&[pin]);
                world.comes_up(200);
                let stack = world.ip.expect("there is a stack").0;
                for pause in [0, 1, 3, 7, 20, 60] {
                    let until = world.now + Duration::from_secs(pause);
                    while world.now < until {
                        world.pass(Duration::from_millis(100));
                        assert!(!world.modem.is_asleep(), "{mode:?} {model} {sleep:?}: {}", world.tail());
                    }
                    let said = pattern(500, pause);
                    let heard = world.run(60, echo(stack, &said));
                    assert_eq!(heard, Ok(said), "{mode:?} {model} {sleep:?}, {pause} s: {}", world.tail());
                }
                assert_eq!(world.modem.lost_asleep(), 0, "{mode:?} {model} {sleep:?}: {}", world.tail());
                let dials = world
                    .log
                    .borrow()
                    .iter()
                    .filter(|line| line.contains("> ") && line.contains("ATD*99"))
                    .count();
                assert!(dials <= 1, "{mode:?} {model} {sleep:?}: dialled {dials} times\n{}", world.tail());
            }
        }
    }
}
