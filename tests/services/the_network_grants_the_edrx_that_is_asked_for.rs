//! eDRX over the simulated network: it is asked for, granted and switched off again.

use crate::common;

use cellular_nal::control::{AccessTechnology, EdrxCycle};
use cellular_nal::{Duration, Error};
use modem_sim::Model;

#[test]
fn the_network_grants_the_edrx_that_is_asked_for() {
    let technology = AccessTechnology::LteM;
    let cycle = EdrxCycle::new(technology, Duration::from_secs(60)).expect("there is one");
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let control = world.control;
        if [Model::Cassiopeia, Model::LenaR8].contains(&model) {
            assert_eq!(world.run(10, control.set_edrx(Some(cycle))), Err(Error::Unsupported), "{model}");
            assert_eq!(world.run(10, control.edrx(technology)).err(), Some(Error::Unsupported), "{model}");
            continue;
        }
        assert_eq!(world.run(10, control.set_edrx(Some(cycle))), Ok(()), "{model}: {}", world.tail());
        world.pass_secs(5);
        let edrx = world.run(10, control.edrx(technology)).expect("it is told");
        assert_eq!(edrx.requested, Some(cycle), "{model}: {}", world.tail());
        assert_eq!(edrx.granted, Some(cycle), "{model}: {}", world.tail());
        assert_eq!(world.run(10, control.set_edrx(None)), Ok(()), "{model}: {}", world.tail());
        world.pass_secs(5);
        let edrx = world.run(10, control.edrx(technology)).expect("it is told");
        assert_eq!(edrx.granted, None, "{model}: {}", world.tail());
        world.echoes(30);
        world.no_breach();
    }
}
