//! Wherever the cable is pulled, operations end in time; the link comes back with it, and sockets left in the modem are closed.
use crate::common;

use common::{Extra, faulty};
use modem_sim::Model;

#[test]
fn a_cable_that_is_pulled_anywhere_may_be_plugged_in_again() {
    for &model in Model::ALL {
        let mends = |&place: &usize| faulty::mends(model, place, || Extra::Unplug, |world| world.plug(true));
        let places = (0..).take_while(mends).count();
        assert!(places > 30, "{model}: only {places} pieces were seen");
    }
}
