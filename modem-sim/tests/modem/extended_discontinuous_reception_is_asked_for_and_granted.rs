//! `+CEDRXS`, `+SQNEDRX`, what `+CEDRXRDP` tells and when `+CEDRXP` comes.

use crate::common;

use common::{Rig, running};
use modem_sim::{Model, Options, Registration, Surroundings};

const SEQUANS: [Model; 3] = [Model::Ryz014a, Model::Cassiopeia, Model::Gm02s];

fn granting(edrx: bool, edrx_grant: Option<(u8, u8)>) -> Options {
    Options { surroundings: Surroundings { edrx, edrx_grant, ..Surroundings::default() }, ..running() }
}

#[test]
fn what_is_asked_for_is_granted() {
    for &model in Model::KNOWN {
        let mut rig = Rig::new(model, running());
        assert!(rig.ok("AT+CEDRXRDP").contains("\r\n+CEDRXRDP: 0\r\n"), "{model}");
        assert_eq!(rig.command("AT+CEDRXS=1,4,\"0101\""), "\r\nOK\r\n", "{model}");
        assert_eq!(rig.command("AT+CEDRXS?"), "\r\n+CEDRXS: 4,\"0101\"\r\n\r\nOK\r\n", "{model}");
        let granted = "\r\n+CEDRXRDP: 4,\"0101\",\"0101\",\"0011\"\r\n\r\nOK\r\n";
        assert_eq!(rig.command("AT+CEDRXRDP"), granted, "{model}");
        rig.ok("AT+CEDRXS=0");
        assert!(rig.ok("AT+CEDRXRDP").contains("\r\n+CEDRXRDP: 0\r\n"), "{model}");
    }
}

#[test]
fn sara_r4_shows_a_bare_name_while_it_is_off() {
    for &model in Model::KNOWN {
        let mut rig = Rig::new(model, running());
        let bare = matches!(model, Model::SaraR42 | Model::LexiR422);
        let off = if bare { "\r\n+CEDRXS:\r\n\r\nOK\r\n" } else { "\r\nOK\r\n" };
        assert_eq!(rig.command("AT+CEDRXS?"), off, "{model}");
        rig.ok("AT+CEDRXS=1,4,\"0101\"");
        rig.ok("AT+CEDRXS=3");
        assert_eq!(rig.command("AT+CEDRXS?"), off, "{model}");
    }
}

#[test]
fn each_technology_has_a_cycle_of_its_own() {
    let mut rig = Rig::new(Model::SaraR5, running());
    rig.ok("AT+CEDRXS=1,4,\"0101\"");
    rig.ok("AT+CEDRXS=1,5,\"1111\"");
    let both = "\r\n+CEDRXS: 4,\"0101\"\r\n\r\n+CEDRXS: 5,\"1111\"\r\n\r\nOK\r\n";
    assert_eq!(rig.command("AT+CEDRXS?"), both);
    assert_eq!(rig.command("AT+CEDRXS=?"), "\r\n+CEDRXS: (0-3),(4,5),(\"0000\"-\"1111\")\r\n\r\nOK\r\n");
    // RYZ014A knows no NB-IoT.
    let mut rig = Rig::new(Model::Ryz014a, running());
    assert_eq!(rig.command("AT+CEDRXS=?"), "\r\n+CEDRXS: (0-3),(4),(\"0000\"-\"1111\")\r\n\r\nOK\r\n");
    assert!(rig.command("AT+CEDRXS=1,5,\"0101\"").contains("ERROR"));
    // A cycle of NB-IoT alone is none on the cells here.
    let mut rig = Rig::new(Model::Gm02s, running());
    rig.ok("AT+CEDRXS=1,5,\"0101\"");
    assert!(rig.ok("AT+CEDRXRDP").contains("\r\n+CEDRXRDP: 0\r\n"));
}

#[test]
fn the_network_may_give_something_else() {
    let mut rig = Rig::new(Model::SaraR42, granting(true, Some((0b1001, 0b0001))));
    rig.ok("AT+CEDRXS=1,4,\"0101\"");
    let granted = "\r\n+CEDRXRDP: 4,\"0101\",\"1001\",\"0001\"\r\n\r\nOK\r\n";
    assert_eq!(rig.command("AT+CEDRXRDP"), granted);
}

#[test]
fn mode_2_tells_by_itself() {
    let mut rig = Rig::new(Model::Ryz014a, running());
    rig.send(b"AT+CEDRXS=2,4,\"0010\"\r");
    rig.wait_for(b"\r\nOK\r\n\r\n+CEDRXP: 4,\"0010\",\"0010\",\"0011\"\r\n");
    // The same once more is no news.
    assert_eq!(rig.command("AT+CEDRXS=2,4,\"0010\""), "\r\nOK\r\n");
    rig.pass_ms(1000);
    assert_eq!(rig.printed(), "");
    rig.send(b"AT+CEDRXS=2,4,\"0011\"\r");
    rig.wait_for(b"\r\nOK\r\n\r\n+CEDRXP: 4,\"0011\",\"0011\",\"0011\"\r\n");
}

#[test]
fn mode_2_tells_that_there_is_none() {
    let mut rig = Rig::new(Model::SaraR5, granting(false, None));
    rig.send(b"AT+CEDRXS=2,4,\"0010\"\r");
    rig.wait_for(b"\r\nOK\r\n\r\n+CEDRXP: 0\r\n");
}

#[test]
fn it_is_told_with_the_registration() {
    let registration = Registration::Never;
    let mut rig = Rig::new(Model::SaraR5, Options { registration, ..running() });
    rig.ok("AT+CEREG=1");
    assert_eq!(rig.command("AT+CEDRXS=2,4,\"0010\""), "\r\nOK\r\n");
    assert!(rig.ok("AT+CEDRXRDP").contains("\r\n+CEDRXRDP: 0\r\n"));
    let now = rig.now;
    rig.modem.set_registration(now, Registration::Home);
    rig.wait_for(b"\r\n+CEREG: 1\r\n\r\n+CEDRXP: 4,\"0010\",\"0010\",\"0011\"\r\n");
}

#[test]
fn sequans_modules_have_the_window_too() {
    for model in SEQUANS {
        let mut rig = Rig::new(model, running());
        assert_eq!(rig.command("AT+SQNEDRX?"), "\r\n+SQNEDRX: 0\r\n\r\nOK\r\n", "{model}");
        rig.ok("AT+SQNEDRX=1,4,\"0101\",\"0000\"");
        assert_eq!(
            rig.command("AT+SQNEDRX?"),
            "\r\n+SQNEDRX: 1,4,\"0101\",\"0000\"\r\n\r\nOK\r\n",
            "{model}"
        );
        assert_eq!(rig.command("AT+CEDRXS?"), "\r\n+CEDRXS: 4,\"0101\"\r\n\r\nOK\r\n", "{model}");
        let granted = "\r\n+CEDRXRDP: 4,\"0101\",\"0101\",\"0000\"\r\n\r\nOK\r\n";
        assert_eq!(rig.command("AT+CEDRXRDP"), granted, "{model}");
        rig.ok("AT+SQNEDRX=3");
        assert_eq!(rig.command("AT+SQNEDRX?"), "\r\n+SQNEDRX: 0\r\n\r\nOK\r\n", "{model}");
    }
    assert!(Rig::new(Model::SaraR5, running()).command("AT+SQNEDRX?").contains("ERROR"));
}

#[test]
fn it_survives_a_restart() {
    for &model in Model::KNOWN {
        let mut rig = Rig::new(model, running());
        rig.ok("AT+CEDRXS=1,4,\"1010\"");
        let now = rig.now;
        rig.modem.reboot(now);
        rig.pass_ms(10_000);
        // The first command after a boot of LENA-R8 only tells the speed.
        rig.send(b"AT\r");
        rig.pass_ms(200);
        rig.ok("ATE0");
        assert!(rig.ok("AT+CEDRXS?").contains("\r\n+CEDRXS: 4,\"1010\"\r\n"), "{model}");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut rig = Rig::new(Model::SaraR5, running());
    for bad in ["4", "1,3", "1,4,\"01010\"", "1,4,\"01x1\"", "1,4,0101", "1,4,\"0101\",\"0000\""] {
        assert!(rig.command(&format!("AT+CEDRXS={bad}")).contains("ERROR"), "{bad}");
    }
    assert_eq!(rig.command("AT+CEDRXS?"), "\r\nOK\r\n");
}
