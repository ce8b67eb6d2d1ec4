//! Wherever the modem restarts by itself, operations end in time and the link comes back.
use crate::common;

use common::{Extra, faulty};
use modem_sim::Model;

#[test]
fn a_modem_that_restarts_anywhere_is_used_again() {
    for &model in Model::ALL {
        let mends = |&place: &usize| faulty::mends(model, place, || Extra::Reboot, |_| {});
        let places = (0..).take_while(mends).count();
        assert!(places > 30, "{model}: only {places} pieces were seen");
    }
}
