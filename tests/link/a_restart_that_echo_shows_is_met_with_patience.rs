//! When echo shows that the modem has restarted, the command that was echoed is waited for before the next one.
use crate::common;

use common::Setup;
use modem_sim::Model;

#[test]
fn a_restart_that_echo_shows_is_met_with_patience() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        world.pass_secs(5);
        world.lost = Some(Box::new(|piece| piece.ends_with(b"+SYSSTART\r\n")));
        world.modem.reboot(world.now);
        world.pass_secs(10);
        let control = world.control;
        let _ = world.run(100, control.refresh());
        world.recovers(60);
        world.no_breach();
    }
}
