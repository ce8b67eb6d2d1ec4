//! SARA/LEXI internet applications §2.1: 7 of 12 with SARA-R5, 4 of 8 with SARA-R42.

use crate::common;

use common::{Rig, running};
use modem_sim::Model;

#[test]
fn with_the_one_of_the_registration() {
    for (model, last, active) in [(Model::SaraR5, 11, 7), (Model::SaraR42, 7, 4)] {
        let mut rig = Rig::new(model, running());
        assert!(rig.command(&format!("AT+CGDCONT={},\"IP\",\"a\"", last + 1)).contains("ERROR"));
        for cid in 2..=last {
            rig.ok(&format!("AT+CGDCONT={cid},\"IP\",\"a\""));
            let answer = rig.command(&format!("AT+CGACT=1,{cid}"));
            assert_eq!(answer.contains("OK"), cid <= active, "{model} {cid}: {answer}");
        }
    }
}
