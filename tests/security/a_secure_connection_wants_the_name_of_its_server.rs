//! The name that the server has to show is filled in by itself: the one of the profile, or the last one
//! that this stack has resolved to the address. Without any nothing is sent.
use crate::common;

use cellular_nal::{Error, SecurityProfile, Validation};
use common::script::{Canned, Desk, lines, up};
use common::tls::{FULL, profile};
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use modem_sim::Model;

const MODELS: [Model; 2] = [Model::SaraR5, Model::Ryz014a];

/// Names end with the last number of their address.
fn desk(model: Model) -> Desk<Canned> {
    up(model, move |command| {
        let name = command.strip_prefix("AT+UDNSRN=0,").or(command.strip_prefix("AT+SQNDNSLKUP="))?;
        let host = name.trim_matches('"').rsplit('-').next()?.trim_end_matches('.').to_owned();
        let head =
            if model == Model::SaraR5 { "+UDNSRN: ".to_owned() } else { format!("+SQNDNSLKUP: {name},") };
        Some(lines(&[&format!("{head}\"192.0.2.{host}\""), "OK"]))
    })
}

fn resolve(desk: &mut Desk<Canned>, name: &str) -> std::net::IpAddr {
    let stack = desk.stack;
    desk.run(10, stack.get_host_by_name(name, AddrType::IPv4)).expect("it is known")
}

/// Connects to an address and gives the name that the modem was told, or the error.
fn told(
    desk: &mut Desk<Canned>,
    profile: &'static SecurityProfile,
    last: u8,
) -> Result<Option<String>, Error> {
    let (stack, from) = (desk.stack, desk.far.commands.len());
    let remote = ([192, 0, 2, last], 443).into();
    let socket = desk.run(10, async { TcpConnect::connect(&stack.tls(profile), remote).await });
    let said: Vec<String> = desk.far.commands[from..].to_vec();
    if socket.is_err() {
        assert!(said.is_empty(), "{said:?}");
    }
    drop(socket?);
    desk.pass(std::time::Duration::from_secs(1));
    let quoted = |command: &String| command.split('"').nth(1).map(str::to_owned);
    let of = |begin: &str| said.iter().find(|said| said.starts_with(begin)).and_then(quoted);
    let sni = of("AT+USECPRF=0,10,");
    let expected = of("AT+USECPRF=0,4,");
    assert!(expected.is_none() || expected == sni, "{said:?}");
    let dialled = said.iter().find(|said| said.starts_with("AT+SQNSD=")).and_then(quoted);
    Ok(sni.or(dialled.filter(|host| host.parse::<std::net::IpAddr>().is_err())))
}

#[test]
fn the_name_that_was_resolved_last_is_told() {
    for model in MODELS {
        let mut desk = desk(model);
        for name in ["a-1", "b-2", "c.example-1", "d-3"] {
            resolve(&mut desk, name);
        }
        for (last, name) in [(1, "c.example-1"), (2, "b-2"), (3, "d-3"), (1, "c.example-1")] {
            assert_eq!(told(&mut desk, &FULL, last), Ok(Some(name.to_owned())), "{model}");
        }
        resolve(&mut desk, "e.example-1.");
        assert_eq!(told(&mut desk, &FULL, 1), Ok(Some("e.example-1".to_owned())), "{model}");
    }
}

#[test]
fn the_name_of_the_profile_wins() {
    let named = profile(SecurityProfile::new().authority(8).server_name("the.one.example"));
    for model in MODELS {
        let mut desk = desk(model);
        resolve(&mut desk, "another-1");
        for last in [1, 2] {
            assert_eq!(told(&mut desk, named, last), Ok(Some("the.one.example".to_owned())), "{model}");
        }
    }
}

#[test]
fn an_address_without_name_is_an_error_before_anything_is_sent() {
    let named = profile(SecurityProfile::new().authority(8).validation(Validation::Name));
    for model in MODELS {
        let mut desk = desk(model);
        assert_eq!(resolve(&mut desk, "192.0.2.9"), std::net::IpAddr::from([192, 0, 2, 9]));
        resolve(&mut desk, "another-1");
        for profile in [&FULL, named] {
            assert_eq!(told(&mut desk, profile, 9), Err(Error::ServerNameUnknown), "{model}");
        }
    }
}

#[test]
fn who_does_not_ask_for_the_name_needs_none() {
    let chain = profile(SecurityProfile::new().authority(8).validation(Validation::Chain));
    let none = profile(SecurityProfile::new().validation(Validation::None));
    let shared = profile(SecurityProfile::new().psk(&[1, 2, 3], "me"));
    for model in MODELS {
        let mut desk = desk(model);
        for profile in [chain, none, shared] {
            assert_eq!(told(&mut desk, profile, 9), Ok(None), "{model}: {profile:?}");
        }
    }
}
