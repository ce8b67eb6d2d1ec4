//! After its setup the modem gets the bit rate that is configured, and the serial port follows; after a restart, too.
use crate::common;

use cellular_nal::Config;
use common::Setup;
use modem_sim::{Model, Options};

#[test]
fn the_modem_is_set_to_a_fixed_bit_rate() {
    for &model in Model::KNOWN {
        let options = Options { baud: 115_200, ..Options::default() };
        let config = Config::new().fixed_baud(921_600);
        let mut world = Setup { options, config, record: true, ..Setup::new(model) }.build();
        world.bring_up();
        assert_eq!(world.modem.baud(), 921_600, "{model}: {}", world.tail());
        world.echoes(30);
        let told = world.log.borrow().iter().filter(|line| line.contains("AT+IPR=")).count();
        assert_eq!(told, 1, "{model}: {}", world.tail());
        world.modem.reboot(world.now);
        world.pass_secs(60);
        assert_eq!(world.modem.baud(), 921_600, "{model}: {}", world.tail());
        world.echoes(60);
        world.leaves_nothing();
    }
}
