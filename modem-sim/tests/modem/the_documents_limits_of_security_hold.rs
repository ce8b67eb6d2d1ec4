//! SARA/LEXI internet applications §3.1, §3.3, §5.3.3, §5.11, RYZ014 use cases §3.1, §3.2, §3.5.

use crate::common;

use common::tls::{
    NAME, PORT, configure, connect_securely, import, provision, rig, rig_with, serve, write_file,
};
use common::{Rig, SERVER, running};
use modem_sim::testing::{Authority, rustls, server_config};
use modem_sim::{Model, Options, Rule};

fn prepared(model: Model) -> Rig {
    let authority = Authority::new("An authority");
    let mut rig = rig(model);
    serve(&rig.net, server_config(&authority.server(&[NAME]), &[], None));
    provision(&mut rig, &authority, None);
    configure(&mut rig, false);
    rig
}

#[test]
fn four_connections_are_secured_at_a_time() {
    let mut rig = prepared(Model::SaraR5);
    let connect = |rig: &mut Rig, id: u8| {
        assert!(rig.ok("AT+USOCR=6").contains(&format!("+USOCR: {id}")));
        rig.ok(&format!("AT+USOSEC={id},1,0"));
        rig.command(&format!("AT+USOCO={id},\"{NAME}\",{PORT}"))
    };
    for id in 0..4 {
        assert!(connect(&mut rig, id).contains("OK"));
    }
    assert!(connect(&mut rig, 4).contains("ERROR"));
    assert_eq!(rig.rules(), [Rule::TooManySecureConnections]);
    // One less, and an unsecured one is not counted.
    rig.ok("AT+USOCL=2");
    rig.pass_ms(100);
    rig.got.clear();
    assert!(connect(&mut rig, 2).contains("OK"));
}

#[test]
fn socket_commands_wait_for_a_handshake() {
    let mut rig = prepared(Model::SaraR5);
    rig.ok("AT+USOCR=6");
    rig.ok("AT+USOCR=6");
    rig.ok("AT+USOSEC=0,1,0");
    rig.ok(&format!("AT+USOCO=0,\"{SERVER}\",{PORT},1"));
    // The TCP connection is there, the answer to the ClientHello is not.
    rig.pass_ms(50);
    assert!(rig.command("AT+USOCTL=1,0").contains("ERROR"));
    assert_eq!(rig.rules(), [Rule::SocketCommandDuringHandshake]);
    // Other commands do not.
    rig.ok("AT+CSQ");
    rig.wait_for(b"+UUSOCO: 0,0");
    rig.ok("AT+USOCTL=1,0");
}

#[test]
fn a_secured_socket_queues_one_kilobyte() {
    let mut rig = prepared(Model::SaraR5);
    assert!(connect_securely(&mut rig).contains("OK"));
    rig.net.set_reading(rig.net.connections()[0].id, false);
    rig.write(0, &[0; 1000]);
    rig.pass_ms(25);
    rig.send(b"AT+USOWR=0,25\r");
    rig.wait_for(b"@");
    rig.pass_ms(50);
    rig.send(&[0; 25]);
    assert!(rig.final_result().contains("ERROR"));
    rig.write(0, &[0; 24]);
}

#[test]
fn what_is_no_certificate_is_refused() {
    let authority = Authority::new("An authority");
    let identity = authority.client("A client");
    let (pem, key) = (identity.certificate.as_bytes(), identity.key.as_bytes());
    let mut damaged = pem.to_vec();
    damaged[60] = b'!';
    let mut rig = rig(Model::SaraR5);
    for bad in [b"hello".as_slice(), &pem[..pem.len() - 30], &damaged, key, &identity.der[1..]] {
        assert!(import(&mut rig, 0, "ca", bad).contains("ERROR"), "{}", bad.escape_ascii());
    }
    assert!(import(&mut rig, 2, "key", pem).contains("ERROR"));
    assert_eq!(rig.modem.nvram().writes(), 0);
    // DER is as good as PEM, and the sum is that of the DER either way (§3.3).
    let sum = format!("\"{:x}\"", md5::compute(&identity.der));
    assert!(import(&mut rig, 0, "pem", pem).contains(&format!("+USECMNG: 1,0,\"pem\",{sum}")));
    assert!(import(&mut rig, 0, "der", &identity.der).contains(&format!("+USECMNG: 1,0,\"der\",{sum}")));
    assert!(rig.ok("AT+USECMNG=4,0,\"pem\"").contains(&sum));
    let list = rig.ok("AT+USECMNG=3");
    assert!(list.contains("CA,\"pem\",\"A client\",\"4096/01/01 00:00:00\""), "{list:?}");
}

#[test]
fn a_sequans_file_is_pem_with_line_feeds_of_the_exact_length() {
    let authority = Authority::new("An authority");
    let pem = authority.identity.certificate.as_bytes();
    let mut rig = rig(Model::Ryz014a);
    rig.ok("AT+CMEE=2");
    let short = write_file(&mut rig, "certificate", 9, &pem[..pem.len() - 2]);
    assert!(short.contains("+CME ERROR: operation not supported"), "{short:?}");
    let der = write_file(&mut rig, "certificate", 9, &authority.identity.der);
    assert!(der.contains("+CME ERROR: operation not supported"), "{der:?}");
    assert_eq!(rig.rules(), [Rule::CarriageReturnInFile; 0]);
    let crlf = authority.identity.certificate.replace('\n', "\r\n");
    let crlf = write_file(&mut rig, "certificate", 9, crlf.as_bytes());
    assert!(crlf.contains("+CME ERROR: operation not supported"), "{crlf:?}");
    assert_eq!(rig.rules(), [Rule::CarriageReturnInFile]);
    // With and without the last line feed.
    assert!(write_file(&mut rig, "certificate", 9, pem).contains("OK"));
    assert!(write_file(&mut rig, "certificate", 9, pem.trim_ascii_end()).contains("OK"));
    let shown = rig.ok("AT+SQNSNVR=\"certificate\",9");
    assert!(shown.contains("\"/CN=An authority\""), "{shown:?}");
    assert!(shown.contains("\"75/01/01 00:00:00\",\"96/01/01 00:00:00\",\"sha256ECDSA\""), "{shown:?}");
}

#[test]
fn sizes_of_sequans_files_are_limited() {
    let mut rig = rig_with(Model::Ryz014a, Options { security: modem_sim::Security::Pretended, ..running() });
    let file = |size: usize| {
        let (head, tail) = ("-----BEGIN X-----\n", "\n-----END X-----\n");
        format!("{head}{}{tail}", "A".repeat(size - head.len() - tail.len()))
    };
    assert!(rig.command("AT+SQNSNVW=\"certificate\",8,8193").contains("ERROR"));
    assert!(rig.command("AT+SQNSNVW=\"privatekey\",8,2048").contains("ERROR"));
    assert!(write_file(&mut rig, "privatekey", 8, file(2047).as_bytes()).contains("OK"));
    // All of them just fit into the 200 kB, whatever their size; the slots below 8 belong to the operators.
    for slot in 0..20 {
        assert!(write_file(&mut rig, "certificate", slot, file(8192).as_bytes()).contains("OK"), "{slot}");
    }
    for slot in 0..20 {
        assert!(write_file(&mut rig, "privatekey", slot, file(2047).as_bytes()).contains("OK"), "{slot}");
    }
    assert_eq!(rig.rules(), [Rule::PreloadedSlot; 8]);
}

#[test]
fn what_only_the_simulator_cannot_do_is_said() {
    let mut rig = prepared(Model::SaraR5);
    // TLS_RSA_WITH_AES_256_CBC_SHA, the example of §3.2.
    rig.ok("AT+USECPRF=0,2,3");
    assert!(connect_securely(&mut rig).contains("ERROR"));
    assert_eq!(rig.rules(), [Rule::BeyondTheSimulator]);
    let why = rig.modem.handshakes().last().map(ToString::to_string);
    assert!(why.is_some_and(|why| why.contains("0x0035")));
}

#[test]
fn a_pinned_certificate_is_the_only_one() {
    let authority = Authority::new("An authority");
    let (server, other) = (authority.server(&[NAME]), authority.server(&[NAME]));
    for (pinned, good) in [(&server, true), (&other, false)] {
        let mut rig = rig(Model::SaraR5);
        serve(&rig.net, server_config(&server, &[&rustls::version::TLS13], None));
        provision(&mut rig, &authority, None);
        configure(&mut rig, false);
        assert!(import(&mut rig, 3, "pin", &pinned.der).contains("OK"));
        rig.ok("AT+USECPRF=0,12,\"pin\",1");
        assert_eq!(connect_securely(&mut rig).contains("OK"), good);
    }
}
