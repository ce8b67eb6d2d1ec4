//! A message whose report got lost on the line is found after a while.

use crate::common;

use modem_sim::Model;

#[test]
fn a_lost_report_of_a_message_is_made_good() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let sms = world.control.sms();
        assert_eq!(world.try_run(20, sms.wait()), None, "{model}: there is none");
        world.lost = Some(Box::new(|piece| piece.windows(5).any(|part| part == b"+CMTI")));
        world.net.deliver_sms("123", "Unheard");
        let before = world.now;
        assert_eq!(world.try_run(700, sms.wait()), Some(Ok(())), "{model}");
        assert!((world.now - before).as_secs() > 60, "{model}: the report was not lost");
        assert_eq!(world.run(60, sms.store()).map(|store| store.used), Ok(1), "{model}");
    }
}
