//! Until it is switched on again and has booted.

use crate::common;

use common::{Rig, running};
use modem_sim::{Model, Options, Registration};

#[test]
fn on_both_models() {
    for &model in Model::ALL {
        let mut rig = Rig::new(model, Options { echo: None, ..running() });
        rig.ok("AT+CEREG=1");
        let now = rig.now;
        rig.modem.power(now, false);
        rig.modem.inject(now, "+CREG: 1");
        rig.modem.set_registration(now, Registration::Denied);
        rig.send(b"AT\r");
        rig.pass_ms(20_000);
        let printed = rig.printed();
        assert_eq!(printed, "");
        let now = rig.now;
        rig.modem.power(now, true);
        rig.pass_ms(6000);
        let greeting = if model == Model::SaraR5 { "" } else { "\r\n+SYSSTART\r\n" };
        assert_eq!(rig.ok("AT"), format!("{greeting}AT\r\r\nOK\r\n"));
    }
}
