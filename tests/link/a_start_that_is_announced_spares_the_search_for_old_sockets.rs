//! After `+SYSSTART` the modem holds no sockets, so none are closed; after any other start they are.
use crate::common;

use common::Setup;
use modem_sim::{Boot, Model, Options};

#[test]
fn a_start_that_is_announced_spares_the_search_for_old_sockets() {
    for &model in Model::ALL {
        let closes = |boot| {
            let options = Options { boot, ..Options::default() };
            let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
            world.bring_up();
            world.pass_secs(10);
            world.no_breach();
            let log = world.log.borrow();
            log.iter().filter(|line| line.contains("> AT+USOCL=") || line.contains("> AT+SQNSH=")).count()
        };
        let announces = model == Model::Ryz014a;
        let all = if announces { 6 } else { 7 };
        assert_eq!(closes(Boot::Cold), if announces { 0 } else { all }, "{model}");
        assert_eq!(closes(Boot::Running), all, "{model}");
    }
}
