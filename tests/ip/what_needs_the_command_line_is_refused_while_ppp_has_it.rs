//! While PPP has the line nothing can be asked of the modem: that is an error at once, and no waiting.
use crate::common;

use cellular_nal::Error;
use cellular_nal::dialect::{Credential, CredentialKind};
use common::{Mode, Setup};
use modem_sim::Model;

#[test]
fn what_needs_the_command_line_is_refused_while_ppp_has_it() {
    for &model in Model::ALL {
        let mut world = Setup { mode: Mode::Ppp, ..Setup::new(model) }.build();
        world.ip_up();
        let control = world.control;
        let refreshed = world.run(10, control.refresh()).map(|_| ());
        assert_eq!(refreshed, Err(Error::Unsupported), "{model}");
        let credential = Credential { kind: CredentialKind::Authority, slot: 8 };
        let stored = world.run(10, control.store_credential(credential, b"file"));
        assert_eq!(stored, Err(Error::Unsupported), "{model}");
        assert_eq!(world.run(60, control.wait_for_registration()), Ok(()), "{model}");
    }
}
