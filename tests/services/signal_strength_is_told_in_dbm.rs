//! `+CSQ` and `+CESQ` in the units that people use.

use crate::common;

use modem_sim::Model;

#[test]
fn signal_strength_is_told_in_dbm() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let control = world.control;
        let signal = world.run(5, control.signal()).unwrap_or_else(|error| panic!("{model}: {error}"));
        assert_eq!(signal.rssi, Some(-77), "{model}");
        // LENA-R8 has no +CESQ.
        let lte = (model != Model::LenaR8).then_some((-90, -95));
        assert_eq!(signal.rsrp.zip(signal.rsrq), lte, "{model}");
        world.no_breach();
    }
}
