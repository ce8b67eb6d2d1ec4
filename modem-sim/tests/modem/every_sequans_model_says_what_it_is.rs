//! Cassiopeia use cases §2.1.2, RYZ014 FOTA (`ATI1`); the rest is inferred.

use crate::common;

use common::{Rig, running};
use modem_sim::Model;

#[test]
fn every_sequans_model_says_what_it_is() {
    for (model, maker, name, firmware) in [
        (Model::Ryz014a, "Renesas", "RYZ014A", "LR5."),
        (Model::Cassiopeia, "Sequans Communications", "CB610L", "LR4.2.2.0-46115"),
        (Model::Gm02s, "Sequans Communications", "GM02S", "LR8."),
    ] {
        let mut rig = Rig::new(model, running());
        assert_eq!(rig.ok("AT+CGMI"), format!("\r\n{maker}\r\n\r\nOK\r\n"));
        assert_eq!(rig.ok("AT+CGMM"), format!("\r\n{name}\r\n\r\nOK\r\n"));
        assert!(rig.ok("AT+CGMR").starts_with("\r\nUE"));
        assert!(rig.ok("ATI").contains(name));
        assert!(rig.ok("ATI1").contains(firmware));
        let imei = rig.ok("AT+CGSN");
        assert_eq!(imei.trim_start().find("\r\n"), Some(15), "{imei:?}");
        assert!(rig.ok("AT+CIMI").contains("0"));
        assert!(rig.ok("AT+SQNCCID").contains("+SQNCCID: \""));
        assert_eq!(name.to_lowercase().parse(), Ok(model));
        assert_eq!(model.to_string().parse(), Ok(model));
    }
}
