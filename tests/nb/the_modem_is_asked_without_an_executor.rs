//! What `Control` offers is there for the nb facade, too.
use crate::common;

use std::pin::pin;

use modem_sim::{Model, Options};

#[test]
fn nb_the_modem_is_asked_without_an_executor() {
    for &model in Model::ALL {
        let (mut stack, mut world) = common::nb::up::<1>(model, Options::default());
        let control = stack.control();
        let mut question = pin!(control.imei());
        let imei = world.until(5, || stack.drive(question.as_mut())).expect("the modem answers");
        assert_eq!(imei.len(), 15, "{model}");
    }
}
