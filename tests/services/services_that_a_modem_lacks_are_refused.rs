//! What a modem's document does not know is `Unsupported`, and not a byte of it is sent.

use crate::common;

use cellular_nal::control::{AccessTechnology, EdrxCycle, PingOptions, SimSlot};
use cellular_nal::dialect::detect::AUTO;
use cellular_nal::{Config, Duration, Error};
use common::script::{Canned, Desk};
use modem_sim::Model;

const UNSUPPORTED: Result<(), Error> = Err(Error::Unsupported);

#[test]
fn services_that_a_modem_lacks_are_refused() {
    for &model in Model::KNOWN {
        let mut desk = Desk::new(model, Config::new(), Canned::new(model, |_| None));
        let control = desk.control;
        // Not every model has canned answers to the rest.
        _ = desk.try_run(60, control.connect());
        let heard = desk.far.commands.len();
        if model != Model::Ryz014a {
            assert_eq!(desk.run(10, control.sim_slot()).map(drop), UNSUPPORTED, "{model}");
            assert_eq!(
                desk.run(10, control.set_sim_slot(SimSlot::Internal)).map(drop),
                UNSUPPORTED,
                "{model}"
            );
        }
        if matches!(model, Model::LenaR8 | Model::Cassiopeia) {
            let technology = AccessTechnology::LteM;
            let cycle = EdrxCycle::new(technology, Duration::from_secs(20)).expect("there is one");
            assert_eq!(desk.run(10, control.set_edrx(Some(cycle))), UNSUPPORTED, "{model}");
            assert_eq!(desk.run(10, control.set_edrx(None)), UNSUPPORTED, "{model}");
            assert_eq!(desk.run(10, control.edrx(technology)).map(drop), UNSUPPORTED, "{model}");
        }
        if model == Model::Cassiopeia {
            let ping = desk.run(10, control.ping("192.0.2.1", PingOptions::new()));
            assert_eq!(ping.map(drop), UNSUPPORTED, "{model}");
        }
        let mut said = desk.far.commands.split_off(heard);
        // What the link asks by itself.
        said.retain(|command| !command.starts_with("AT+CEREG") && !command.starts_with("AT+CGPADDR"));
        assert_eq!(said, Vec::<String>::new(), "{model}");
    }
}

#[test]
fn what_an_unknown_modem_lacks_is_not_known() {
    let mut desk = Desk::speaking(&AUTO, Config::new(), Canned::new(Model::SaraR5, |_| None));
    let control = desk.control;
    assert_eq!(desk.run(10, control.sim_slot()).map(drop), Err(Error::LinkDown));
    let ping = desk.run(10, control.ping("192.0.2.1", PingOptions::new()));
    assert_eq!(ping.map(drop), Err(Error::LinkDown));
    assert_eq!(desk.far.commands, Vec::<String>::new());
}
