//! Wherever the modem prints a report that needs no action, a conversation has the same outcome.
use crate::common;

use common::urcs;
use modem_sim::Model;

#[test]
fn a_known_report_at_any_line_boundary_changes_nothing() {
    for &model in Model::ALL {
        for urc in urcs::known(model) {
            let places = (0..).take_while(|&place| urcs::disturbed(model, urc, place)).count();
            assert!(places > 20, "{model}: only {places} lines were seen");
        }
    }
}
