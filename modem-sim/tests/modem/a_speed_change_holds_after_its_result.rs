//! `AT+IPR` answers at the old speed.

use crate::common;

use common::{Rig, running};
use modem_sim::Model;

#[test]
fn on_both_models() {
    for &model in Model::ALL {
        let mut rig = Rig::new(model, running());
        rig.send(b"AT+IPR=9600\r");
        assert_eq!(rig.modem.baud(), 115_200);
        rig.wait_for(b"\r\nOK\r\n");
        assert_eq!(rig.modem.baud(), 9600);
        assert!(rig.ok("AT+IPR?").contains("+IPR: 9600"));
        assert!(rig.command("AT+IPR=12345").contains("ERROR"));
        let now = rig.now;
        rig.modem.reboot(now);
        rig.pass_ms(6000);
        assert_eq!(rig.modem.baud(), 9600);
    }
}
