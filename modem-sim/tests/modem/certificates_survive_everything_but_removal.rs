//! RYZ014 use cases §3.1: "non-volatile memory".

use crate::common;

use common::tls::{NAME, configure, connect_securely, import, provision, rig, serve, write_file};
use modem_sim::testing::{Authority, server_config};
use modem_sim::{Model, Modem, Nvram, Options};

fn store(rig: &mut common::Rig, name: u8, data: &[u8]) {
    let answer = match rig.model.is_ublox() {
        true => import(rig, 0, &format!("name {name}"), data),
        false => write_file(rig, "certificate", name, data),
    };
    assert!(answer.contains("OK"), "{answer:?}");
}

#[test]
fn a_reboot_and_another_run_of_the_modem() {
    let authority = Authority::new("An authority");
    for model in [Model::SaraR5, Model::Ryz014a] {
        let mut rig = rig(model);
        serve(&rig.net, server_config(&authority.server(&[NAME]), &[], None));
        provision(&mut rig, &authority, None);
        let text = rig.modem.nvram().to_text();
        let options = Options { stale_packet_data: true, ..common::running() };
        rig.modem = Modem::new(model, options, Box::new(rig.net.clone()));
        rig.modem.insert_nvram(Nvram::from_text(&text).unwrap());
        configure(&mut rig, false);
        assert!(connect_securely(&mut rig).contains("OK"), "{model}");
        let now = rig.now;
        rig.modem.reboot(now);
        rig.pass_ms(10_000);
        assert_eq!(rig.modem.nvram().to_text(), text);
    }
}

#[test]
fn each_file_that_is_stored_or_removed_is_one_write_of_flash() {
    let authority = Authority::new("An authority");
    let data = authority.identity.certificate.as_bytes();
    for model in [Model::SaraR5, Model::Ryz014a] {
        let mut rig = rig(model);
        for name in 8..20 {
            store(&mut rig, name, data);
        }
        assert_eq!(rig.modem.nvram().writes(), 12);
        // The modem does not look whether a file is the same: that is up to the host.
        store(&mut rig, 8, data);
        assert_eq!(rig.modem.nvram().writes(), 13);
        // Asking costs nothing.
        match model.is_ublox() {
            true => rig.ok("AT+USECMNG=4,0,\"name 8\""),
            false => rig.ok("AT+SQNSNVR=\"certificate\",8"),
        };
        assert_eq!(rig.modem.nvram().writes(), 13);
        match model.is_ublox() {
            true => rig.ok("AT+USECMNG=2,0,\"name 8\""),
            false => rig.ok("AT+SQNSNVW=\"certificate\",8,0"),
        };
        assert_eq!((rig.modem.nvram().writes(), rig.modem.nvram().names().count()), (14, 11));
    }
}

#[test]
fn a_power_cut_in_the_middle_of_an_upload_leaves_the_old_file() {
    let (old, new) = (Authority::new("Old").identity, Authority::new("New").identity);
    for model in [Model::SaraR5, Model::Ryz014a] {
        let mut rig = rig(model);
        store(&mut rig, 8, old.certificate.as_bytes());
        let before = rig.modem.nvram().to_text();
        let bytes = new.certificate.as_bytes();
        for sent in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            rig.pass_ms(25);
            let n = bytes.len();
            let command = match model.is_ublox() {
                true => format!("AT+USECMNG=0,0,\"name 8\",{n}\r"),
                false => format!("AT+SQNSNVW=\"certificate\",8,{n}\r"),
            };
            rig.send(command.as_bytes());
            rig.wait_for(b"\r\n>");
            rig.send(&bytes[..sent]);
            rig.pass_ms(1000);
            let now = rig.now;
            rig.modem.power(now, false);
            rig.pass_ms(1000);
            let now = rig.now;
            rig.modem.power(now, true);
            rig.pass_ms(10_000);
            assert_eq!(rig.modem.nvram().to_text(), before, "{model} after {sent} bytes");
            rig.ok("ATE0");
        }
        store(&mut rig, 8, bytes);
        assert!(rig.modem.nvram().to_text() != before);
    }
}
