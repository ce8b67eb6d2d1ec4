//! A command of a user that is given up anywhere: its answer is nobody else's.

use crate::common;

use modem_sim::Model;

#[test]
fn a_dropped_question_to_the_modem_harms_nothing() {
    for &model in Model::ALL {
        common::dropping::everywhere(
            || common::dropping::narrow(model),
            |world| {
                let control = world.control;
                async move { control.iccid().await }
            },
            |world, _| {
                let control = world.control;
                let imei = world.run(5, control.imei()).expect("the modem answers the next question");
                assert_eq!(imei.len(), 15, "{}", world.tail());
                world.echoes(20);
                world.leaves_nothing();
            },
        );
    }
}
