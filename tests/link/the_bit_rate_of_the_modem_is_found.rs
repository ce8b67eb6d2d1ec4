//! A modem at another bit rate than the configured one is found by trying.
use crate::common;

use cellular_nal::Config;
use common::Setup;
use modem_sim::line::Faults;
use modem_sim::{Boot, Model, Options};

#[test]
fn the_bit_rate_of_the_modem_is_found() {
    for &model in Model::ALL {
        for baud in [921_600, 9_600, 57_600, 460_800, 230_400, 38_400] {
            let options = Options { baud, boot: Boot::Running, ..Options::default() };
            let line = Faults::paced(baud);
            let mut world = Setup { options, line, record: true, ..Setup::new(model) }.build();
            let took = world.comes_up(90);
            assert!(took.as_secs() > 0, "{model}: {baud} bit/s need no search");
            world.echoes(30);
            world.leaves_nothing_open();
        }
        // The other way round: the modem has the usual rate, and another one is configured.
        let config = Config::new().baud(921_600);
        let mut world = Setup { config, record: true, ..Setup::new(model) }.build();
        world.host_opens_at(921_600);
        world.comes_up(90);
        world.echoes(30);
        world.leaves_nothing_open();
    }
}
