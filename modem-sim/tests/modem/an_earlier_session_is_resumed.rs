//! SARA/LEXI internet applications §3.4: session data is printed, the host keeps it and brings it back, also
//! after a restart.

use crate::common;

use common::Rig;
use common::tls::{NAME, configure, connect_securely, echo, provision, rig, serve};
use modem_sim::testing::{Authority, rustls, server_config};
use modem_sim::{Handshake, Model};

/// Switches resumption on, connects and closes; the values of both reports.
fn session(rig: &mut Rig, kind: u32, data: Option<&str>) -> Option<String> {
    rig.ok("AT+USECPRF=0,13,0,1");
    rig.ok(&format!("AT+USECPRF=0,13,1,{kind}"));
    if let Some(data) = data {
        rig.ok(&format!("AT+USECPRF=0,{data}"));
    }
    let mut printed = connect_securely(rig);
    assert!(printed.contains("OK"), "{printed:?}");
    rig.pass_ms(300);
    printed += &rig.printed();
    assert_eq!(echo(rig, b"hello"), b"hello");
    rig.ok("AT+USOCL=0");
    let reports: Vec<_> = printed.lines().filter_map(|line| line.strip_prefix("+UUSECPRF: 0,")).collect();
    match reports.as_slice() {
        [] => None,
        [first, second] => {
            assert_eq!(*first, format!("13,1,{kind}"));
            Some((*second).to_owned())
        }
        other => panic!("{other:?}"),
    }
}

fn resumed(rig: &Rig) -> bool {
    rig.modem.handshakes().last().is_some_and(|Handshake { result, .. }| result.as_ref().unwrap().resumed)
}

fn prepared(model: Model, versions: &[&'static rustls::SupportedProtocolVersion]) -> Rig {
    let authority = Authority::new("An authority");
    let mut rig = rig(model);
    serve(&rig.net, server_config(&authority.server(&[NAME]), versions, None));
    provision(&mut rig, &authority, None);
    configure(&mut rig, false);
    rig
}

#[test]
fn with_the_data_of_the_report() {
    for kind in [0, 10] {
        let mut rig = prepared(Model::SaraR5, &[&rustls::version::TLS12]);
        let data = session(&mut rig, kind, None).unwrap();
        assert!(data.starts_with(if kind == 0 { "13,2," } else { "13,12," }), "{data}");
        assert!(!resumed(&rig));
        // The same data tells that the session was resumed.
        assert_eq!(session(&mut rig, kind, Some(&data)), Some(data.clone()));
        assert!(resumed(&rig));
    }
}

#[test]
fn after_a_restart_only_when_the_host_brings_the_data() {
    let mut rig = prepared(Model::SaraR5, &[&rustls::version::TLS12]);
    let data = session(&mut rig, 0, None).unwrap();
    for (brought, taken_up) in [(None, false), (Some(data.as_str()), true)] {
        let now = rig.now;
        rig.modem.reboot(now);
        rig.pass_ms(10_000);
        rig.got.clear();
        let again = session(&mut rig, 0, brought).unwrap();
        assert_eq!((again == data, resumed(&rig)), (taken_up, taken_up));
    }
}

#[test]
fn other_data_gives_a_new_session() {
    let mut rig = prepared(Model::SaraR5, &[&rustls::version::TLS12]);
    let data = session(&mut rig, 0, None).unwrap();
    let other = "13,2,AAAA,BBBB";
    let again = session(&mut rig, 0, Some(other)).unwrap();
    assert!(again != data && again != other && !resumed(&rig));
}

#[test]
fn by_tickets_where_the_module_knows_them() {
    let versions = [&rustls::version::TLS13];
    // "SARA-R5 and SARA-R422S / SARA-R422M8S / SARA-R422M10S modules do not support stateless session
    // resumption."
    let mut without = prepared(Model::SaraR5, &versions);
    assert_eq!(session(&mut without, 0, None), None);
    let mut with = prepared(Model::LexiR520, &versions);
    let data = session(&mut with, 0, None).unwrap();
    assert_eq!(session(&mut with, 0, Some(&data)), Some(data));
    assert!(resumed(&with));
}

#[test]
fn nothing_is_printed_unless_it_is_on() {
    let mut rig = prepared(Model::SaraR5, &[&rustls::version::TLS12]);
    let printed = connect_securely(&mut rig);
    rig.pass_ms(300);
    assert!(!(printed + &rig.printed()).contains("+UUSECPRF"));
}
