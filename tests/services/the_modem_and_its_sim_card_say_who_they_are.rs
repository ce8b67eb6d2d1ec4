//! IMEI, IMSI, ICCID and firmware version, on every model.

use crate::common;

use modem_sim::Model;

#[test]
fn the_modem_and_its_sim_card_say_who_they_are() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let control = world.control;
        let imei = world.run(5, control.imei()).unwrap_or_else(|e| panic!("{model}: {e}"));
        assert!(imei.len() == 15 && imei.bytes().all(|b| b.is_ascii_digit()), "{model}: {imei}");
        let imsi = world.run(5, control.imsi()).unwrap_or_else(|e| panic!("{model}: {e}"));
        assert!((14..=15).contains(&imsi.len()), "{model}: {imsi}");
        let iccid = world.run(5, control.iccid()).unwrap_or_else(|e| panic!("{model}: {e}"));
        assert!((19..=20).contains(&iccid.len()), "{model}: {iccid}");
        let revision = world.run(5, control.revision()).unwrap_or_else(|e| panic!("{model}: {e}"));
        assert!(!revision.is_empty(), "{model}");
        world.no_breach();
    }
}
