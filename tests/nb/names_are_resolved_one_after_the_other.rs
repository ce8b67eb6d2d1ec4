//! A lookup would block until its answer is there; another name gets its own answer; mistakes are errors at once (R06).
use crate::common;

use std::net::IpAddr;

use cellular_nal::ip::{self, Dialled};
use cellular_nal::{Config, Error, Resources, ppp};
use common::ECHO_NAME;
use common::nb::{up, up_on};
use embedded_nal::{AddrType, Dns, nb};
use modem_sim::{Model, Options};

#[test]
fn nb_names_are_resolved_one_after_the_other() {
    for &model in Model::ALL {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        let other: IpAddr = [10, 9, 9, 9].into();
        world.net.host("other.example", &[other]);
        let first = stack.get_host_by_name(ECHO_NAME, AddrType::IPv4);
        assert_eq!(first, Err(nb::Error::WouldBlock), "{model}");
        let (mut echo, mut another) = (None, None);
        while echo.is_none() || another.is_none() {
            for (name, answer) in [(ECHO_NAME, &mut echo), ("other.example", &mut another)] {
                match stack.get_host_by_name(name, AddrType::IPv4) {
                    Ok(address) => *answer = Some(address),
                    Err(error) => assert_eq!(error, nb::Error::WouldBlock, "{model}: {name}"),
                }
            }
            world.tick();
            assert!(world.now().as_secs() < 60, "{model}: {echo:?} {another:?}");
        }
        assert_eq!((echo, another), (Some([10, 0, 0, 7].into()), Some(other)), "{model}");
        let bad = stack.get_host_by_name("qu\"ote", AddrType::IPv4);
        assert_eq!(bad, Err(nb::Error::Other(Error::InvalidInput)), "{model}");
        let literal = stack.get_host_by_name("10.0.0.7", AddrType::Either);
        assert_eq!(literal, Ok([10, 0, 0, 7].into()), "{model}");
        let unknown = world.until(30, || stack.get_host_by_name("nobody.example", AddrType::IPv4));
        assert_eq!(unknown, Err(Error::NameNotFound), "{model}");
        // Asked and never fetched: it does not block the next one for ever.
        let _ = stack.get_host_by_name("other.example", AddrType::IPv4);
        let next = world.until(30, || stack.get_host_by_name(ECHO_NAME, AddrType::IPv4));
        assert_eq!(next, Ok([10, 0, 0, 7].into()), "{model}");
        world.leaves_nothing(&mut stack);
    }
}

#[test]
fn nb_names_that_nobody_fetches_make_room_over_ppp() {
    let engine = Box::leak(Box::new(Resources::<1, 64, 64>::new()));
    let engine = engine.engine(common::dialect(Model::SaraR5), Config::new());
    let memory = Box::leak(Box::new(ip::Resources::<'static, 4, 1, 2048, 2048>::new()));
    let base = Dialled::new(engine, memory.ip(ppp::Config::new(4711)));
    let (mut stack, mut world) = up_on(Model::SaraR5, Options::default(), || base);
    let echo: IpAddr = [10, 0, 0, 7].into();
    let mut name = [0; 64];
    for _ in 0..2 {
        // The first waits until there is a link.
        let asked = stack.get_host_by_name("nobody.example", AddrType::IPv4);
        assert_eq!(asked, Err(nb::Error::WouldBlock));
        let next = world.until(60, || stack.get_host_by_name(ECHO_NAME, AddrType::IPv4));
        assert_eq!(next, Ok(echo));
        let asked = stack.get_host_by_address(echo, &mut name);
        assert_eq!(asked, Err(nb::Error::WouldBlock));
        let next = world.until(60, || stack.get_host_by_name(ECHO_NAME, AddrType::IPv4));
        assert_eq!(next, Ok(echo));
        let found = world.until(60, || stack.get_host_by_address(echo, &mut name));
        assert_eq!(found.map(|len| &name[..len]), Ok(ECHO_NAME.as_bytes()));
    }
}
