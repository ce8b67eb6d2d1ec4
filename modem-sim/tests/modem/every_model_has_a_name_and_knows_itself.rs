//! Names on the command line, and what the u-blox modules say to ATI and +CGMM.

use crate::common;

use common::{Rig, running};
use modem_sim::{Model, Options};

#[test]
fn a_name_is_read_as_it_is_written() {
    for &model in Model::KNOWN {
        assert_eq!(model.to_string().parse(), Ok(model));
        assert!(!model.summary().is_empty());
    }
    assert_eq!("SARA-R5-02B".parse(), Ok(Model::SaraR5));
    assert!("sara-r6".parse::<Model>().is_err());
}

#[test]
fn ublox_modules_tell_maker_type_and_product() {
    let all = [
        (Model::SaraR5, "SARA-R510S", "-02B-00"),
        (Model::SaraR500b, "SARA-R510S", "-00B-00"),
        (Model::SaraR501b, "SARA-R510S", "-01B-00"),
        (Model::LexiR520, "LEXI-R520", "-02B-00"),
        (Model::SaraR42, "SARA-R422", "-00B-00"),
        (Model::LexiR422, "LEXI-R422", "-01B-00"),
        (Model::LenaR8, "LENA-R8001", "-00C-00"),
    ];
    for (model, name, product) in all {
        let mut rig = Rig::new(model, running());
        assert!(rig.ok("AT+CGMI").contains("\r\nu-blox\r\n"));
        assert!(rig.ok("AT+GMM").contains(&format!("\r\n{name}\r\n")));
        assert!(rig.ok("ATI").contains(&format!("\r\n{name}{product}\r\n")));
        let mut rig = Rig::new(model, Options { product_version: false, ..running() });
        assert!(rig.ok("ATI0").contains(&format!("\r\n{name}\r\n")));
    }
}
