//! LENA-R8 application development §7.2.2.

use crate::common;

use common::{Rig, running};
use modem_sim::Model;

#[test]
fn in_the_order_of_activation() {
    let mut rig = Rig::new(Model::LenaR8, running());
    assert_eq!((rig.modem.socket_context(), rig.modem.name_context()), (None, None));
    for cid in [3, 1, 2] {
        rig.ok(&format!("AT+CGDCONT={cid},\"IP\",\"internet\""));
        rig.ok(&format!("AT+CGACT=1,{cid}"));
    }
    assert_eq!((rig.modem.socket_context(), rig.modem.name_context()), (Some(3), Some(2)));
    rig.ok("AT+CGACT=0,2");
    assert_eq!((rig.modem.socket_context(), rig.modem.name_context()), (Some(3), Some(1)));
    rig.ok("AT+USOCR=17");
    rig.ok("AT+CGACT=0,3");
    assert_eq!((rig.modem.socket_context(), rig.modem.name_context()), (Some(1), Some(1)));
    assert_eq!(rig.modem.open_sockets(), [], "sockets go with their context");
}

#[test]
fn the_context_of_the_others_is_that_of_the_registration() {
    for model in [Model::SaraR5, Model::LexiR520] {
        let mut rig = Rig::new(model, running());
        assert_eq!((rig.modem.socket_context(), rig.modem.name_context()), (Some(1), Some(1)));
        rig.ok("AT+CFUN=0");
        assert_eq!((rig.modem.socket_context(), rig.modem.name_context()), (None, None));
    }
}
