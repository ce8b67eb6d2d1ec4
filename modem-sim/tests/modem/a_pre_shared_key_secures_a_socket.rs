//! TLS 1.3 and DTLS 1.2 with a pre-shared key (SARA/LEXI internet applications §3.2, RYZ014 use cases §6.7.3.2).
//! There is no other server with that than `openssl s_server`.

use crate::common;

use common::openssl::Server;
use modem_sim::Model;

const KEY: &str = "0123456789abcdef";

fn ublox(tail: &[&str]) -> Vec<String> {
    let hex: String = KEY.bytes().map(|byte| format!("{byte:02X}")).collect();
    let mut commands = vec![
        "AT+USECPRF=0".to_owned(),
        format!("AT+USECPRF=0,8,\"{hex}\",1"),
        "AT+USECPRF=0,9,\"device\"".to_owned(),
    ];
    commands.extend(tail.iter().map(|&command| command.to_owned()));
    commands
}

fn sequans(key: &str) -> Vec<String> {
    vec![
        format!("AT+SQNSPCFG=1,2,\"\",0,,,,\"{key}\",\"device\""),
        "AT+SQNSCFG=1,1,300,0,600,50".to_owned(),
        "AT+SQNSSCFG=1,1,1".to_owned(),
    ]
}

fn openssl_key() -> String {
    KEY.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn over_tcp() {
    let key = openssl_key();
    let arguments = ["-tls1_3", "-nocert", "-psk", &key, "-psk_identity", "device"];
    for (model, setup) in
        [(Model::SaraR5, ublox(&["AT+USOCR=6", "AT+USOSEC=0,1,0"])), (Model::Ryz014a, sequans(KEY))]
    {
        let Some(server) = Server::tcp(&arguments) else { return };
        assert_eq!(server.talk(model, &setup, b"hello"), Ok(b"hello".to_vec()), "{model}");
    }
}

#[test]
fn over_udp() {
    let key = openssl_key();
    for suite in ["PSK-AES128-GCM-SHA256", "PSK-AES128-CCM8"] {
        let arguments = ["-dtls1_2", "-nocert", "-psk", &key, "-psk_identity", "device", "-cipher", suite];
        for (model, setup) in
            [(Model::SaraR5, ublox(&["AT+USOCR=17", "AT+USOSEC=0,1,0"])), (Model::Ryz014a, sequans(KEY))]
        {
            let Some(server) = Server::udp(&arguments) else { return };
            assert_eq!(server.talk(model, &setup, b"hello"), Ok(b"hello".to_vec()), "{model} {suite}");
        }
    }
}

#[test]
fn and_another_key_does_not() {
    let tcp = ["-tls1_3", "-nocert", "-psk", "00112233445566778899aabbccddeeff", "-psk_identity", "device"];
    let Some(server) = Server::tcp(&tcp) else { return };
    let answer = server.talk(Model::Ryz014a, &sequans(KEY), b"hello");
    assert!(answer.is_err(), "{answer:?}");
}
