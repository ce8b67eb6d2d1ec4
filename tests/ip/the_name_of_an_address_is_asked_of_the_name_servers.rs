//! The name of an address is found over PPP as by the modem's own resolver, and takes no socket for good.
use crate::common;

use std::net::{IpAddr, SocketAddr};

use cellular_nal::{Error, ip};
use common::{ECHO, ECHO_NAME, Mode, Setup, World};
use embedded_nal_async::{AddrType, Dns, UdpStack};
use modem_sim::Model;

fn up(model: Model, mode: Mode) -> (World, ip::Stack<'static>) {
    let mut world = Setup { mode, ..Setup::new(model) }.build();
    world.ip_up();
    let stack = world.ip.expect("there is a stack").0;
    (world, stack)
}

#[test]
fn names_of_both_families_are_found() {
    for (model, mode) in [
        (Model::SaraR5, Mode::Ppp),
        (Model::SaraR5, Mode::Cmux),
        (Model::LenaR8, Mode::Cmux),
        (Model::Ryz014a, Mode::Ppp),
    ] {
        let (mut world, stack) = up(model, mode);
        let six: IpAddr = "2001:db8::7".parse().expect("it is an address");
        world.net.host("six.example", &[six]);
        let mut name = [0; 255];
        for (address, expected) in [(ECHO.0.into(), ECHO_NAME), (six, "six.example")] {
            let found = world.run(60, stack.get_host_by_address(address, &mut name));
            assert_eq!(found.map(|len| &name[..len]), Ok(expected.as_bytes()), "{model}, {mode:?}");
        }
        let known = world.run(60, stack.get_host_by_name(ECHO_NAME, AddrType::IPv4));
        assert_eq!(known, Ok(ECHO.0.into()), "{model}, {mode:?}");
    }
}

#[test]
fn mistakes_are_errors() {
    let (mut world, stack) = up(Model::SaraR5, Mode::Ppp);
    let short = world.run(60, stack.get_host_by_address(ECHO.0.into(), &mut [0; 5]));
    assert_eq!(short, Err(Error::Oversized));
    let unknown = world.run(60, stack.get_host_by_address([10, 9, 9, 9].into(), &mut [0; 255]));
    assert_eq!(unknown, Err(Error::NameNotFound));
}

#[test]
fn the_socket_is_free_again() {
    let (mut world, stack) = up(Model::SaraR5, Mode::Ppp);
    let mut sockets = Vec::new();
    let mut name = [0; 255];
    for _ in 0..2 {
        sockets.push(world.run(10, stack.connect(SocketAddr::from(ECHO))).expect("there is a socket").1);
    }
    for _ in 0..5 {
        world.run(60, stack.get_host_by_address(ECHO.0.into(), &mut name)).expect("it is found");
        // Given up while it is under way.
        assert_eq!(world.try_run(0, stack.get_host_by_address(ECHO.0.into(), &mut name)), None);
    }
    sockets.push(world.run(10, stack.connect(SocketAddr::from(ECHO))).expect("the last one is free").1);
    let none = world.run(60, stack.get_host_by_address(ECHO.0.into(), &mut name));
    assert_eq!(none, Err(Error::NoSocket));
}

#[test]
fn it_ends_with_the_link() {
    let (mut world, stack) = up(Model::SaraR5, Mode::Ppp);
    let mut name = [0; 255];
    let control = world.control;
    let lookup = world.run(60, async {
        let (found, ()) =
            embassy_futures::join::join(stack.get_host_by_address(ECHO.0.into(), &mut name), async {
                _ = control.disconnect().await;
            })
            .await;
        found
    });
    assert!(lookup.is_err(), "{lookup:?}");
}
