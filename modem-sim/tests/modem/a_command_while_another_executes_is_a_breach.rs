//! The second command is not executed.

use crate::common;

use common::{Rig, running};
use modem_sim::{Model, Rule};

#[test]
fn on_both_models() {
    for &model in Model::ALL {
        let mut rig = Rig::new(model, running());
        rig.send(b"AT+CSQ\rAT+CMEE?\r");
        rig.pass_ms(500);
        assert_eq!(rig.printed(), "\r\n+CSQ: 18,99\r\n\r\nOK\r\n");
        assert_eq!(rig.rules(), [Rule::CommandWhileBusy]);
        assert_eq!(rig.modem.commands(), 1);
    }
}
