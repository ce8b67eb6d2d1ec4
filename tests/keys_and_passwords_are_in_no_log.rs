//! At no level does a log show a key, a password or a session, whatever the modem does with it.
mod common;
#[path = "common/sink.rs"]
mod sink;

use cellular_nal::dialect::{Credential, CredentialKind};
use cellular_nal::{Config, SecurityProfile, Session};
use common::script::{Act, Canned, Desk, bytes, lines};
use common::tls::profile;
use embedded_nal_async::TcpConnect;
use modem_sim::Model;

const KEY: &str =
    "-----BEGIN EC PRIVATE KEY-----\nTHISKEYISPRIVATE\nSOISTHISLINEOFIT\n-----END EC PRIVATE KEY-----\n";

#[test]
fn keys_and_passwords_are_in_no_log() {
    static SESSION: Session = Session::new();
    sink::record();
    let key = Credential { kind: CredentialKind::PrivateKey, slot: 9 };
    for (model, echo, late) in [
        (Model::SaraR5, false, false),
        (Model::SaraR5, true, false),
        (Model::Ryz014a, false, false),
        (Model::Ryz014a, true, false),
        (Model::Ryz014a, false, true),
    ] {
        let mut secrets = SecurityProfile::new()
            .authority(8)
            .client(9, 9)
            .psk(b"\xde\xad\xbe\xef-shared", "whose-key-it-is")
            .cipher_suites(&[0x00ae])
            .server_name("server.example")
            .resume(&SESSION);
        if model == Model::SaraR5 {
            secrets = secrets.key_password("open-sesame");
        }
        let secrets = profile(secrets);
        let canned = Canned::new(model, move |command| {
            if let Some(profile) = command.strip_prefix("AT+SQNSPCFG=") {
                return Some(lines(&[&format!("+SQNSPCFG: {profile}"), "OK"]));
            }
            if command.starts_with("AT+SQNSNVR") {
                let shown = bytes(format!("\r\n+SQNSNVR: 9,\"{KEY}\"\r\n"));
                // Behind the time limit, so that nobody waits for it any more.
                let wait = if late { vec![Act::Wait(std::time::Duration::from_secs(31))] } else { vec![] };
                return Some([wait, shown, lines(&["OK"])].concat());
            }
            if command.starts_with("AT+USOCO") {
                return Some(lines(&[
                    "+UUSECPRF: 0,13,1,0",
                    "+UUSECPRF: 0,13,2,c2Vzc2lvbg==,bWFzdGVyIHNlY3JldA==",
                    "OK",
                ]));
            }
            if command.starts_with("AT+SQNSNVW") || command.starts_with("AT+USECMNG=0") {
                let len = command.rsplit(',').next()?.parse().ok()?;
                return Some(if len == 0 {
                    lines(&["OK"])
                } else {
                    [bytes("\r\n>"), vec![Act::Take(len)], lines(&["OK"])].concat()
                });
            }
            None
        });
        let config = Config::new().pin("7431").expect("it is a PIN");
        let mut desk = Desk::new(model, config, canned);
        let control = desk.control;
        assert_eq!(desk.run(60, control.connect()), Ok(()), "{model}");
        desk.far.echo = echo;
        let _ = desk.try_run(120, control.provision(key, KEY.replace("THIS", "THAT").as_bytes()));
        desk.far.echo = false;
        desk.pass(std::time::Duration::from_secs(60));
        for _ in 0..2 {
            desk.far.echo = echo;
            let (stack, remote) = (desk.stack, ([192, 0, 2, 1], 443).into());
            let result = desk.try_run(60, async { TcpConnect::connect(&stack.tls(secrets), remote).await });
            desk.far.echo = false;
            assert!(echo || late || result.is_some_and(|result| result.is_ok()), "{model}: {}", desk.tail());
            desk.pass(std::time::Duration::from_secs(60));
        }
        let said = desk.far.commands.join("\n");
        assert!(said.contains("DEADBEEF2D736861726564"), "{model}: the key was not used: {said}");
        if model == Model::SaraR5 && !echo {
            assert!(said.contains(",13,2,\"c2Vzc2lvbg==\",\"bWFzdGVyIHNlY3JldA==\""), "{said}");
        }
        log::info!("{secrets:?} {SESSION:?}");
    }
    let log = sink::recorded();
    assert!(log.lines().count() > 100, "nothing was logged");
    for secret in
        ["deadbeef", "shared", "whose-key", "sesame", "THISKEY", "SOISTHIS", "c2Vzc2", "bWFzdG", "7431"]
    {
        let shown = log.lines().find(|line| line.to_lowercase().contains(&secret.to_lowercase()));
        assert_eq!(shown, None, "{secret} is in the log");
    }
}
