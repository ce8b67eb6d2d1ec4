//! RYZ014 use cases §6.3.1: "TCP or SSL/DTLS with a UDP socket"; SARA/LEXI internet applications §5.11.

use crate::common;

use common::tls::{NAME, PORT, configure, outcome, provision, rig, rig_with};
use common::{Rig, SERVER, running};
use modem_sim::testing::{Authority, DtlsEcho, DtlsServer};
use modem_sim::{Model, Options};

/// The models that have DTLS; LENA-R8 application development §9.1 knows SSL and TLS only.
fn models() -> impl Iterator<Item = Model> {
    let without = [Model::SaraR42, Model::LenaR8];
    Model::KNOWN.iter().copied().filter(move |model| !without.contains(model))
}

fn serve(rig: &Rig, server: DtlsServer) {
    rig.net.serve(SERVER, PORT, move || Box::new(DtlsEcho::new(server.clone())));
}

fn connect(rig: &mut Rig) -> String {
    if rig.model.is_ublox() {
        rig.ok("AT+USOCR=17");
        rig.ok("AT+USOSEC=0,1,0");
        rig.command(&format!("AT+USOCO=0,\"{NAME}\",{PORT}"))
    } else {
        rig.ok("AT+SQNSCFG=1,1,300,0,50,50");
        rig.ok("AT+SQNSSCFG=1,1,1");
        rig.command(&format!("AT+SQNSD=1,1,{PORT},\"{NAME}\",0,0,1"))
    }
}

/// SARA-R42 and its kin tell of datagrams with another report.
fn echo(rig: &mut Rig, bytes: &[u8]) -> Vec<u8> {
    if rig.model.is_ublox() {
        rig.write(0, bytes);
        rig.wait_for(b"+UUSOR");
        rig.pass_ms(50);
        rig.got.clear();
        rig.read(0, 1024)
    } else {
        common::tls::echo(rig, bytes)
    }
}

#[test]
fn with_all_of_the_server_certificate_verified() {
    let authority = Authority::new("An authority");
    for model in models() {
        let mut rig = rig(model);
        serve(&rig, DtlsServer::Certificate(authority.server(&[NAME])));
        provision(&mut rig, &authority, None);
        configure(&mut rig, false);
        let answer = connect(&mut rig);
        assert!(answer.contains("OK"), "{model}: {answer:?} {}", outcome(&rig));
        for text in [&b"hello"[..], b"and again"] {
            assert_eq!(echo(&mut rig, text), text, "{model}");
        }
        let sent = rig.net.datagrams();
        assert!(!sent.iter().any(|d| d.payload.windows(5).any(|w| w == b"hello")), "{model}: in the clear");
        assert_eq!(rig.rules(), [], "{model}");
    }
}

#[test]
fn with_a_certificate_of_the_client() {
    let authority = Authority::new("An authority");
    let client = authority.client("A client");
    for model in models() {
        let mut rig = rig(model);
        serve(&rig, DtlsServer::Mutual(authority.server(&[NAME])));
        provision(&mut rig, &authority, Some(&client));
        configure(&mut rig, true);
        assert!(connect(&mut rig).contains("OK"), "{model}: {}", outcome(&rig));
        assert_eq!(echo(&mut rig, b"hello"), b"hello", "{model}");
    }
}

#[test]
fn and_not_with_a_server_of_another_authority_name_or_time() {
    let (authority, other) = (Authority::new("An authority"), Authority::new("Another authority"));
    for server in
        [other.server(&[NAME]), authority.server(&["another.example"]), authority.server_in(&[NAME], 2024)]
    {
        for model in [Model::SaraR5, Model::Ryz014a] {
            let mut rig = rig(model);
            serve(&rig, DtlsServer::Certificate(server.clone()));
            provision(&mut rig, &authority, None);
            configure(&mut rig, false);
            let answer = connect(&mut rig);
            assert!(!answer.contains("OK"), "{model}: {answer:?}");
            assert!(outcome(&rig).contains("certificate"), "{}", outcome(&rig));
            assert_eq!(rig.modem.open_sockets(), []);
        }
    }
}

#[test]
fn with_a_pre_shared_key_if_it_is_the_same() {
    for (key, same) in [("0123456789abcdef", true), ("fedcba9876543210", false)] {
        for model in models() {
            let mut rig = rig(model);
            serve(&rig, DtlsServer::SharedKey(b"0123456789abcdef".to_vec()));
            if model.is_ublox() {
                rig.ok("AT+USECPRF=0");
                rig.ok(&format!("AT+USECPRF=0,8,\"{key}\""));
                rig.ok("AT+USECPRF=0,9,\"device\"");
            } else {
                rig.ok(&format!("AT+SQNSPCFG=1,2,\"\",0,,,,\"{key}\",\"device\""));
            }
            let answer = connect(&mut rig);
            assert_eq!(answer.contains("OK"), same, "{model}: {answer:?} {}", outcome(&rig));
            if same {
                assert_eq!(echo(&mut rig, b"hello"), b"hello", "{model}");
            }
        }
    }
}

#[test]
fn but_not_where_the_documents_know_none() {
    let mut lena = rig(Model::LenaR8);
    lena.ok("AT+USOCR=17");
    assert!(lena.command("AT+USOSEC=0,1,0").contains("ERROR"));
    let mut plain = rig(Model::SaraR42);
    plain.ok("AT+USOCR=17");
    assert!(plain.command("AT+USOSEC=0,1,0").contains("ERROR"));
    // SARA-R422S and its kin.
    let mut secure = rig_with(Model::SaraR42, Options { secure_sara_r42: true, ..running() });
    secure.ok("AT+USOCR=17");
    secure.ok("AT+USOSEC=0,1,0");
}

#[test]
fn datagrams_of_strangers_and_lost_ones_do_no_harm() {
    let authority = Authority::new("An authority");
    let mut rig = rig(Model::Ryz014a);
    serve(&rig, DtlsServer::Certificate(authority.server(&[NAME])));
    provision(&mut rig, &authority, None);
    configure(&mut rig, false);
    assert!(connect(&mut rig).contains("OK"));
    let port = rig.net.udp_ports()[0];
    rig.net.push_datagram((SERVER, PORT).into(), port, b"not a record");
    rig.net.push_datagram(([192, 0, 2, 9], PORT).into(), port, b"hello");
    rig.pass_ms(500);
    assert_eq!(rig.printed(), "");
    assert_eq!(echo(&mut rig, b"hello"), b"hello");
}
