//! Nobody answers: the u-blox connect ends by its option, the Sequans dial by `<connTo>`.

use crate::common;

use std::time::Duration;

use common::{Rig, SERVER, running};
use modem_sim::{DialFailure, Model, Options, Peer};

#[test]
fn ublox() {
    let mut rig = Rig::new(Model::SaraR5, running());
    rig.net.on(SERVER, 7, Peer::Blackhole);
    rig.ok("AT+USOCR=6");
    let start = rig.now;
    assert!(rig.command("AT+USOCO=0,\"192.0.2.1\",7").contains("\r\nERROR\r\n"));
    let took = rig.now - start;
    assert!(took > Duration::from_secs(20) && took < Duration::from_secs(21), "{took:?}");
    rig.pass_ms(10);
    assert_eq!(rig.modem.open_sockets(), []);
}

#[test]
fn sequans() {
    let options = Options { dial_failure: DialFailure::Error, ..running() };
    let mut rig = Rig::new(Model::Ryz014a, options);
    rig.net.on(SERVER, 7, Peer::Blackhole);
    rig.ok("AT+SQNSCFG=3,1,300,0,100,50");
    rig.ok("AT+CMEE=1");
    let start = rig.now;
    let answer = rig.command("AT+SQNSD=3,0,7,\"192.0.2.1\",0,0,1");
    assert!(answer.contains("+CME ERROR: 4"), "{answer}");
    let took = rig.now - start;
    assert!(took > Duration::from_secs(10) && took < Duration::from_secs(11), "{took:?}");
    assert_eq!(rig.modem.open_sockets(), []);
}

#[test]
fn a_name_server_that_is_silent() {
    for &model in Model::ALL {
        let mut rig = Rig::new(model, running());
        rig.net.silent_host("nobody.example");
        let name = if model == Model::SaraR5 { "UDNSRN=0," } else { "SQNDNSLKUP=" };
        assert!(rig.command(&format!("AT+{name}\"nobody.example\"")).contains("ERROR"));
        assert!(rig.now > Duration::from_secs(70));
    }
}
