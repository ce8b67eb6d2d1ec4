//! Wherever the modem prints something that nobody knows, a conversation has the same outcome.
use crate::common;

use common::urcs;
use modem_sim::Model;

#[test]
fn an_unknown_line_at_any_line_boundary_changes_nothing() {
    for &model in Model::ALL {
        for &urc in urcs::UNKNOWN {
            let places = (0..).take_while(|&place| urcs::disturbed(model, urc, place)).count();
            assert!(places > 20, "{model}: only {places} lines were seen");
        }
    }
}
