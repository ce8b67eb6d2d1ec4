//! Wherever the modem says that it is not registered although it is, a conversation has the same outcome.
use crate::common;

use common::urcs;
use modem_sim::Model;

#[test]
fn a_wrong_registration_report_at_any_line_boundary_only_delays() {
    for &model in Model::ALL {
        for urc in ["+CEREG: 2", "+CEREG: 0", "+CEREG: 4", "+CEREG: 3", "+CEREG:2", "+CEREG: 80"] {
            let places = (0..).take_while(|&place| urcs::disturbed(model, urc, place)).count();
            assert!(places > 20, "{model}: only {places} lines were seen");
        }
    }
}
