//! What a modem's document does not know is `Unsupported`, and not a byte of it is sent.

use crate::common;

use cellular_nal::Config;
use cellular_nal::Error;
use cellular_nal::control::{FotaReports, UpgradeOptions};
use common::script::{Canned, Desk, device_server};
use modem_sim::Model;

const UNSUPPORTED: Result<(), Error> = Err(Error::Unsupported);

/// A modem of this kind, as far as its setup goes.
fn desk(model: Model) -> Desk<Canned> {
    let mut desk = Desk::new(model, Config::new(), Canned::new(model, |_| None));
    let control = desk.control;
    // Not every model has canned answers to the rest.
    _ = desk.try_run(60, control.connect());
    desk
}

#[test]
fn new_firmware_is_refused_where_the_modem_takes_none() {
    for &model in Model::KNOWN {
        let mut desk = desk(model);
        let (control, heard) = (desk.control, desk.far.commands.len());
        let source = async |_, _: &mut [u8]| Ok(1);
        let server = device_server("00");
        let reports = FotaReports { every: 10, check: None, download: None, certificate: None };
        let sequans = !model.is_ublox();
        let lwm2m = sequans && model != Model::Cassiopeia;
        let installs =
            matches!(control.model(), "lena-r8" | "lexi-r520" | "sara-r5" | "sara-r5-00b" | "sara-r5-01b");
        if !sequans {
            let upgrade = control.upgrade("http://192.0.2.1/", UpgradeOptions::new());
            assert_eq!(desk.run(10, upgrade).map(drop), UNSUPPORTED, "{model}");
            assert_eq!(desk.run(10, control.upgrade_state()).map(drop), UNSUPPORTED, "{model}");
        } else {
            assert_eq!(desk.run(10, control.upload_file("x", 1, source)), UNSUPPORTED, "{model}");
            assert_eq!(desk.run(10, control.delete_file("x")), UNSUPPORTED, "{model}");
            assert_eq!(desk.run(10, control.free_file_space()).map(drop), UNSUPPORTED, "{model}");
        }
        if !lwm2m {
            assert_eq!(desk.run(10, control.lwm2m_registrations()).map(drop), UNSUPPORTED, "{model}");
            assert_eq!(desk.run(10, control.add_lwm2m_server(&server)), UNSUPPORTED, "{model}");
            assert_eq!(desk.run(10, control.remove_lwm2m_servers()), UNSUPPORTED, "{model}");
            assert_eq!(desk.run(10, control.report_fota(reports)), UNSUPPORTED, "{model}");
        }
        if !installs {
            assert_eq!(desk.run(10, control.install_firmware()).map(drop), UNSUPPORTED, "{model}");
            assert_eq!(desk.run(10, control.upload_firmware(1, source)), UNSUPPORTED, "{model}");
        }
        let mut said = desk.far.commands.split_off(heard);
        // What the link asks by itself.
        said.retain(|command| !command.starts_with("AT+CEREG") && !command.starts_with("AT+CGPADDR"));
        assert_eq!(said, Vec::<String>::new(), "{model}");
    }
}
