//! `+UDCONF=1,1`, restart, `+UDCONF=1`.

use crate::common;

use common::{Rig, running};
use modem_sim::Model;

#[test]
fn hex_mode_after_a_reboot() {
    for &model in Model::KNOWN.iter().filter(|model| model.is_ublox()) {
        let mut rig = Rig::new(model, running());
        rig.ok("AT+IPR=115200");
        rig.ok("AT+UDCONF=1,1");
        let now = rig.now;
        rig.modem.reboot(now);
        rig.pass_ms(6000);
        rig.got.clear();
        let kept = u8::from(model == Model::SaraR501b);
        assert!(rig.ok("AT+UDCONF=1").contains(&format!("+UDCONF: 1,{kept}\r\n")), "{model}");
    }
}
