//! What a model cannot do is decided by its table: the modem hears nothing of it.
use crate::common;

use cellular_nal::{Error, SecurityProfile, TlsVersion};
use common::script::{Canned, Desk, lines, up};
use common::tls::profile;
use common::{Setup, dialect};
use embedded_nal_async::{TcpConnect, UdpStack};
use modem_sim::Model;

const REMOTE: ([u8; 4], u16) = ([192, 0, 2, 1], 443);

fn named() -> SecurityProfile {
    SecurityProfile::new().authority(8).server_name("server.example")
}

#[test]
fn models_without_tls_have_no_secure_socket() {
    for &model in Model::ALL {
        let expected = !matches!(model, Model::SaraR42 | Model::Cassiopeia);
        assert_eq!(dialect(model).security().is_some(), expected, "{model}");
        if expected {
            continue;
        }
        let mut world = Setup::new(model).build();
        world.bring_up();
        let (stack, before) = (world.stack, world.modem.commands());
        let tls = stack.tls(profile(named()));
        let tcp = world.run(10, async { TcpConnect::connect(&tls, REMOTE.into()).await.map(drop) });
        let udp = world.run(10, async { UdpStack::connect(&tls, REMOTE.into()).await.map(drop) });
        assert_eq!((tcp, udp), (Err(Error::Unsupported), Err(Error::Unsupported)), "{model}");
        assert_eq!(world.modem.commands(), before, "{model}");
    }
}

fn try_both(desk: &mut Desk<Canned>, wanted: SecurityProfile) -> [Option<Error>; 2] {
    let (stack, tls) = (desk.stack, profile(wanted));
    let before = desk.far.commands.len();
    let tcp = desk.run(10, async { TcpConnect::connect(&stack.tls(tls), REMOTE.into()).await.err() });
    if tcp.is_some() {
        assert_eq!(desk.far.commands.len(), before, "something was sent");
    }
    desk.pass(std::time::Duration::from_secs(1));
    let before = desk.far.commands.len();
    let udp = desk.run(10, async { UdpStack::connect(&stack.tls(tls), REMOTE.into()).await.err() });
    if udp.is_some() {
        assert_eq!(desk.far.commands.len(), before, "something was sent");
    }
    desk.pass(std::time::Duration::from_secs(1));
    [tcp, udp]
}

#[test]
fn versions_datagrams_suites_and_passwords_are_the_models_own() {
    const NO: Option<Error> = Some(Error::UnsupportedProfile);
    let password = named().client(9, 9).key_password("secret");
    let newest = named().min_version(TlsVersion::Tls13);
    let two = named().cipher_suites(&[0xc02b, 0xc02f]);
    // Plain, TLS 1.3, two suites, a key with a password: over TCP, over UDP.
    for (name, model, plain, thirteen, suites, key) in [
        ("sara-r5", Model::SaraR5, [None; 2], [None, NO], [None; 2], [None; 2]),
        ("sara-r5-00b", Model::SaraR5, [None; 2], [NO; 2], [None; 2], [None; 2]),
        ("sara-r422s", Model::SaraR5, [None; 2], [NO; 2], [NO; 2], [None; 2]),
        ("lena-r8", Model::SaraR5, [None, NO], [NO; 2], [None, NO], [None, NO]),
        ("ryz014a", Model::Ryz014a, [None; 2], [None, NO], [None; 2], [NO; 2]),
    ] {
        let canned = Canned::new(model, |command| match command {
            "AT+UPSND=0,8" => Some(lines(&["+UPSND: 0,8,1", "OK"])),
            "AT+UPSND=0,0" => Some(lines(&["+UPSND: 0,0,\"10.0.0.1\"", "OK"])),
            _ => None,
        });
        let dialect = cellular_nal::dialect::detect::by_name(name).expect("it is known");
        let mut desk = Desk::speaking(dialect, cellular_nal::Config::new(), canned);
        let control = desk.control;
        assert_eq!(desk.run(60, control.connect()), Ok(()), "{name}");
        let found = [named(), newest, two, password].map(|wanted| try_both(&mut desk, wanted));
        assert_eq!(found, [plain, thirteen, suites, key], "{name}\n{}", desk.tail());
    }
}

#[test]
fn a_profile_that_makes_no_sense_is_invalid_everywhere() {
    let wrong = [
        named().authority(7),
        named().client(9, 20),
        named().server_name("a\"b"),
        named().server_name("a b"),
        named().key_password("a\rb"),
        named().psk(&[1], ""),
        named().psk(&[], "me"),
        named().psk(&[0; 65], "me"),
        named().cipher_suites(&[1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ];
    for model in [Model::SaraR5, Model::Ryz014a] {
        let mut desk = up(model, |_| None);
        for profile in wrong {
            assert_eq!(try_both(&mut desk, profile), [Some(Error::InvalidInput); 2], "{model}: {profile:?}");
        }
    }
}
