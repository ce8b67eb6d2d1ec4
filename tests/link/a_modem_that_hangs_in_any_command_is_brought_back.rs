//! The modem stops in the middle of any command that the engine gives, behind none, some or all but the end of its answer, and
//! hears nothing until its reset line is pulled: the link comes back by itself. So it does without pins when the modem still
//! obeys a restart.
use crate::common;

use std::time::Duration;

use cellular_nal::{Config, Pin, PowerSaving};
use common::Setup;
use common::conversation::standard;
use modem_sim::{Hang, Model, Options, Recovery};

fn config() -> Config {
    let minute = cellular_nal::Duration::from_secs(60);
    let saving = PowerSaving::new(minute, minute).expect("it can be said");
    Config::new().apn("iot.example").expect("a name").pin("1234").expect("a PIN").power_saving(saving)
}

/// The commands of a usual conversation, without their parameters.
fn commands(model: Model) -> Vec<String> {
    let options = Options { pin: Some("1234".into()), ..Options::default() };
    let mut world = Setup { options, config: config(), record: true, ..Setup::new(model) }.build();
    world.run(300, standard(world.control, world.stack)).expect("all is well");
    let log = world.log.borrow();
    let mut names: Vec<String> = Vec::new();
    for line in log.iter() {
        let Some((_, command)) = line.split_once("> AT") else { continue };
        let name = command.trim_end_matches("\\r").split('=').next().unwrap_or_default().to_owned();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[test]
fn a_modem_that_hangs_in_any_command_is_brought_back() {
    for &model in Model::KNOWN {
        let mut worst = (Duration::ZERO, String::new());
        let names = commands(model);
        assert!(names.len() > 12, "{model}: {names:?}");
        for command in names {
            for (after, until, pins) in [
                (0, Recovery::ResetPin, &[Pin::Reset][..]),
                (7, Recovery::ResetPin, &[Pin::Reset]),
                (0, Recovery::Restart, &[]),
            ] {
                let hang = Hang { command: command.clone(), skip: 0, after, until };
                let options = Options { pin: Some("1234".into()), hangs: vec![hang], ..Options::default() };
                let mut world =
                    Setup { options, config: config(), record: true, ..Setup::new(model) }.build();
                world.wire(pins);
                let context = format!("{model}: hangs in AT{command} behind {after} bytes until {until:?}");
                let (control, stack) = (world.control, world.stack);
                let ended = world.try_run(900, standard(control, stack));
                assert!(ended.is_some(), "{context}: it is waited for ever\n{}", world.tail());
                let start = world.now;
                loop {
                    // The user just connects again.
                    let heard = world.try_run(200, common::conversation::echo(stack, b"hello"));
                    if heard.is_some_and(|heard| heard.as_deref() == Ok(&b"hello"[..])) {
                        break;
                    }
                    world.pass_secs(1);
                    assert!(
                        world.now < start + Duration::from_secs(300),
                        "{context}: no service\n{}",
                        world.tail()
                    );
                }
                if world.now > worst.0 {
                    worst = (world.now, context.clone());
                }
                world.leaves_nothing_open();
                assert!(!world.modem.is_deaf(), "{context}");
                assert_eq!(world.modem.sim_tries().0, 3, "{context}");
            }
        }
        println!("{}: service {:.0} s after power-up at the latest", worst.1, worst.0.as_secs_f64());
    }
}
