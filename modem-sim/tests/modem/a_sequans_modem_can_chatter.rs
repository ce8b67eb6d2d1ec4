//! Lines that nobody has asked for, as each model has them.

use crate::common;

use std::time::Duration;

use common::{Rig, running};
use modem_sim::{Model, Options};

#[test]
fn a_sequans_modem_can_chatter() {
    for (model, word) in [
        (Model::Cassiopeia, "^MODE: 17,25"),
        (Model::Gm02s, "+SQNHTTPRING: "),
        (Model::Ryz014a, "+SQNSIMST: 5"),
    ] {
        let options = Options { noise: Some(Duration::from_secs(10)), ..running() };
        let mut rig = Rig::new(model, options);
        rig.pass_ms(45_000);
        let printed = rig.printed();
        assert!(printed.contains(word), "{model}: {printed:?}");
        assert_eq!(printed.matches("\r\n").count(), 8, "{model}: {printed:?}");
        let mut quiet = Rig::new(model, running());
        quiet.pass_ms(100_000);
        assert_eq!(quiet.printed(), "");
    }
}
