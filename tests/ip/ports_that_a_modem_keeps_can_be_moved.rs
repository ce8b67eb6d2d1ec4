//! Packets to ports of the modem's own clients never reach the host (`+UEMBPF`, SARA/LEXI internet applications §4.3);
//! which ports these are can be read and set.
use crate::common;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use cellular_nal::Error;
use common::{ECHO, Mode, Setup, World};
use embedded_nal_async::{UdpStack, UnconnectedUdp};
use modem_sim::Model;

/// One of the factory's 9999 to 19999.
const KEPT: u16 = 10_000;

fn up(mode: Mode) -> World {
    let mut world = Setup { mode, ..Setup::new(Model::LexiR422) }.build();
    world.ip_up();
    world
}

/// Whether a socket with this port hears what is said to it.
fn hears(world: &mut World, port: u16) -> bool {
    let stack = world.ip.expect("there is a stack").0;
    let any = SocketAddr::new(IpAddr::from(Ipv4Addr::UNSPECIFIED), port);
    let (local, mut socket) = world.run(30, stack.bind_single(any)).expect("it is bound");
    world.run(10, socket.send(local, ECHO.into(), b"hello")).expect("it is sent");
    let heard = world.try_run(30, socket.receive_into(&mut [0; 8]));
    drop(socket);
    world.pass_secs(1);
    heard.is_some_and(|heard| heard.is_ok())
}

#[test]
fn a_port_of_the_factory_is_deaf_until_others_are_set() {
    for mode in [Mode::Ppp, Mode::Cmux] {
        let mut world = up(mode);
        assert!(hears(&mut world, KEPT - 5000), "{mode:?}");
        assert!(!hears(&mut world, KEPT), "{mode:?}");
        if mode == Mode::Ppp {
            // The line carries commands again when the link is down.
            let control = world.control;
            let refused = world.run(30, control.set_embedded_ports(6000..=6050));
            assert_eq!(refused, Err(Error::Unsupported), "the line carries PPP alone");
            continue;
        }
        let control = world.control;
        assert_eq!(world.run(30, control.embedded_ports()), Ok(Some(9999..=19_999)));
        assert_eq!(world.run(90, control.set_embedded_ports(6000..=6050)), Ok(true), "{}", world.tail());
        world.ip_up();
        assert_eq!(world.run(30, control.embedded_ports()), Ok(Some(6000..=6050)));
        assert_eq!(world.run(30, control.set_embedded_ports(6000..=6050)), Ok(false));
        assert!(hears(&mut world, KEPT), "{}", world.tail());
        assert!(!hears(&mut world, 6050));
        world.no_breach();
    }
}

#[test]
fn the_ports_are_known_where_the_modem_has_some() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let control = world.control;
        let ports = world.run(30, control.embedded_ports());
        match model {
            Model::SaraR42 => assert_eq!(ports, Ok(None), "{model}"),
            Model::LexiR422 => assert_eq!(ports, Ok(Some(9999..=19_999)), "{model}"),
            _ => {
                assert_eq!(ports, Err(Error::Unsupported), "{model}");
                let set = world.run(30, control.set_embedded_ports(6000..=6050));
                assert_eq!(set, Err(Error::Unsupported), "{model}");
                continue;
            }
        }
        for wrong in [0..=5, std::ops::RangeInclusive::new(7, 6)] {
            assert_eq!(world.run(30, control.set_embedded_ports(wrong)), Err(Error::InvalidInput), "{model}");
        }
        world.no_breach();
    }
}
