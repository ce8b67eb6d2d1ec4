//! A modem that goes on echoing commands after `ATE0` is understood all the same.
use crate::common;

use cellular_nal::Config;
use common::script::{Canned, Desk};
use modem_sim::Model;

#[test]
fn echo_that_stays_on_does_no_harm() {
    for &model in Model::ALL {
        let mut far = Canned::new(model, |_| None);
        far.echo = true;
        let mut desk = Desk::new(model, Config::new(), far);
        let control = desk.control;
        assert_eq!(desk.try_run(20, control.connect()), Some(Ok(())), "{model}: {}", desk.tail());
        desk.echoes(20);
        desk.echoes(20);
        assert_eq!(desk.far.count("ATE0"), 1, "{model}: the link came up more than once\n{}", desk.tail());
    }
}
