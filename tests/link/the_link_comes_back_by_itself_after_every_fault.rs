//! Whatever fails, the link comes back with no action by the user, and the user just connects again. With
//! `--nocapture` the time until then is printed for each model.
use crate::common;

use std::time::Duration;

use common::{ECHO, Setup, World};
use modem_sim::{Model, Registration};

const HOUR: Duration = Duration::from_secs(3600);

/// What goes wrong, how long the cause lasts, and how soon after its end there must be service.
type Fault = (&'static str, fn(&mut World), Duration, Duration);

const FAULTS: &[Fault] = &[
    ("reboot", |world| world.modem.reboot(world.now), Duration::ZERO, Duration::from_secs(60)),
    ("brown-out 5 s", brown_out, Duration::from_secs(5), Duration::from_secs(60)),
    ("off for 10 min", off, Duration::from_secs(600), Duration::from_secs(60)),
    ("hour without network", no_network, HOUR, Duration::from_secs(60)),
    ("denied for 10 min", denied, Duration::from_secs(600), Duration::from_secs(60)),
    ("SIM pulled for 5 min", pulled, Duration::from_secs(300), Duration::from_secs(60)),
    ("cable pulled for 1 min", unplugged, Duration::from_secs(60), Duration::from_secs(60)),
];

fn brown_out(world: &mut World) {
    world.modem.power(world.now, false);
    world.pass_secs(5);
    world.modem.power(world.now, true);
}

fn off(world: &mut World) {
    world.modem.power(world.now, false);
    world.pass_secs(600);
    world.modem.power(world.now, true);
}

fn no_network(world: &mut World) {
    world.modem.set_registration(world.now, Registration::Never);
    world.pass(HOUR);
    world.modem.set_registration(world.now, Registration::Home);
}

fn denied(world: &mut World) {
    world.modem.set_registration(world.now, Registration::Denied);
    world.pass_secs(600);
    world.modem.set_registration(world.now, Registration::Home);
}

fn pulled(world: &mut World) {
    world.modem.set_sim_present(world.now, false);
    world.pass_secs(300);
    world.modem.set_sim_present(world.now, true);
}

fn unplugged(world: &mut World) {
    world.plug(false);
    world.pass_secs(60);
    world.plug(true);
}

#[test]
fn the_link_comes_back_by_itself_after_every_fault() {
    let mut table = format!("{:24}", "seconds until service");
    Model::KNOWN.iter().for_each(|model| table += &format!(" {:>11}", model.to_string()));
    for &(name, fault, _, limit) in FAULTS {
        table += &format!("\n{name:24}");
        for &model in Model::KNOWN {
            let mut world = Setup { record: true, ..Setup::new(model) }.build();
            world.bring_up();
            let stack = world.stack;
            let mut socket = world.run(30, common::conversation::tcp(stack, ECHO)).expect("it connects");
            fault(&mut world);
            // An idle link is looked at when somebody uses it: the old connection dies with an error.
            let ended = world.try_run(400, common::conversation::read_to_end(&mut socket));
            let ended = ended.unwrap_or_else(|| panic!("{model} {name}: a read hangs\n{}", world.tail()));
            assert!(ended.is_err(), "{model} {name}: {ended:?}");
            drop(socket);
            let start = world.now;
            let control = world.control;
            while world.try_run(1, control.wait_for_registration()) != Some(Ok(()))
                || world.try_run(60, control.connect()) != Some(Ok(()))
            {
                world.pass_secs(1);
                assert!(world.now - start < limit, "{model} {name}: {}", world.tail());
            }
            world.echoes(60);
            table += &format!(" {:11.1}", (world.now - start).as_secs_f64());
            world.leaves_nothing_open();
        }
    }
    println!("{table}");
}
