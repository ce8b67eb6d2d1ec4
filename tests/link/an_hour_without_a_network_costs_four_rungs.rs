//! Without coverage the modem is detached, restarted and reset with growing pauses: four times in the first hour, once in
//! each that follows. Each is told with its reason. When there is a network again, the modem finds it by itself.
use crate::common;

use std::time::Duration;

use cellular_nal::{Error, Pin, Rung};
use common::Setup;
use modem_sim::{Model, Options, Registration};

#[test]
fn an_hour_without_a_network_costs_four_rungs() {
    for &model in Model::KNOWN {
        let options = Options { registration: Registration::Never, ..Options::default() };
        let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
        world.wire(&[Pin::Reset]);
        let control = world.control;
        assert_eq!(world.run(300, control.connect()), Err(Error::NotRegistered), "{model}");
        let mut rungs = vec![(world.now, control.status().recovery().expect("the first").rung())];
        while world.now < Duration::from_secs(5 * 3600) {
            world.pass_secs(1);
            let recovery = control.status().recovery().expect("it stays");
            assert_eq!(recovery.reason(), Error::NotRegistered, "{model}");
            if usize::from(recovery.count()) > rungs.len() {
                rungs.push((world.now, recovery.rung()));
            }
        }
        let names: Vec<Rung> = rungs.iter().map(|&(_, rung)| rung).collect();
        let expected = [Rung::Radio, Rung::Restart, Rung::Reset, Rung::Radio, Rung::Restart, Rung::Reset];
        assert_eq!(names[..6], expected, "{model}: {rungs:?}");
        let first = rungs.iter().filter(|(at, _)| *at < Duration::from_secs(3600)).count();
        assert_eq!(first, 4, "{model}: {rungs:?}");
        assert!(rungs.len() <= 8, "{model}: {rungs:?}");
        world.modem.set_registration(world.now, Registration::Home);
        let up = world.comes_up(60);
        println!(
            "{model}: {:?}, service after {up:?}",
            rungs.iter().map(|(at, _)| at.as_secs()).collect::<Vec<_>>()
        );
        world.echoes(30);
        world.no_breach();
    }
}
