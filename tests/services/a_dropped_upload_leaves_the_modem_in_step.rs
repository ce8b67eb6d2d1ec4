//! A credential whose upload is dropped at any moment does not swallow the next command.
use crate::common;

use cellular_nal::dialect::{Credential, CredentialKind};
use common::{Setup, World, dropping, pattern};
use modem_sim::{Model, Options, Security};

/// What is uploaded here is no certificate.
fn narrow(model: Model) -> World {
    let options = Options { security: Security::Pretended, ..Options::default() };
    let mut world = Setup { record: true, options, ..Setup::new(model) }.build_sized::<1, 1024, 1024>();
    world.bring_up();
    world
}

#[test]
fn a_dropped_upload_leaves_the_modem_in_step() {
    for &model in Model::ALL {
        let credential = Credential { kind: CredentialKind::Authority, slot: 8 };
        let body: String = pattern(400, 9).iter().map(|byte| char::from(b'a' + byte % 26)).collect();
        let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        dropping::everywhere(
            || narrow(model),
            |world| {
                let (control, pem) = (world.control, pem.clone());
                async move { control.store_credential(credential, pem.as_bytes()).await }
            },
            |world, output| {
                assert!(matches!(output, None | Some(Ok(()))), "{model}: {output:?}\n{}", world.tail());
                world.echoes(60);
                let control = world.control;
                let stored = world.run(60, control.store_credential(credential, pem.as_bytes()));
                assert_eq!(stored, Ok(()), "{model}: {}", world.tail());
                assert_eq!(world.run(60, control.remove_credential(credential)), Ok(()), "{model}");
                world.leaves_nothing();
            },
        );
    }
}
