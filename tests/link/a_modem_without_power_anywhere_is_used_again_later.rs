//! Wherever the power of the modem fails, operations end in time; the link comes back with the power.
use crate::common;

use common::{Extra, faulty};
use modem_sim::Model;

#[test]
fn a_modem_without_power_anywhere_is_used_again_later() {
    for &model in Model::ALL {
        let mends = |&place: &usize| {
            faulty::mends(model, place, || Extra::PowerOff, |world| world.modem.power(world.now, true))
        };
        let places = (0..).take_while(mends).count();
        assert!(places > 30, "{model}: only {places} pieces were seen");
    }
}
