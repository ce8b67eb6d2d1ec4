//! IPCP is refused, or is not wanted: the link is up when there is an address of IPv6.
use crate::common;

use std::net::{IpAddr, SocketAddr};

use cellular_nal::Error;
use common::conversation::{exactly, tcp};
use common::six::{BOTH_NAME, ECHO6, build, setup};
use common::{ECHO, Mode};
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, Dns};
use modem_sim::{Authentication, Model};

#[test]
fn a_network_that_has_ipv6_alone_is_enough() {
    for (refused, mode) in [(true, Mode::Ppp), (true, Mode::Cmux), (false, Mode::Ppp)] {
        let mut setup = setup(Model::SaraR5, mode, !refused, true);
        setup.ppp.ipv4 = refused;
        if !refused {
            setup.options.dialup.authentication = Authentication::Pap;
        }
        let mut world = build(setup);
        world.bring_up();
        let stack = world.ip.expect("there is a stack").0;
        // It waits by itself.
        let own = world.run(60, stack.wait_for_link()).expect("it comes up");
        assert!(own.is_ipv6(), "{own}");
        let server = SocketAddr::from(ECHO6);
        let heard = world.run(60, async {
            let found = stack.get_host_by_name(BOTH_NAME, AddrType::Either).await?;
            let mut socket = tcp(stack, (found, server.port())).await?;
            socket.write_all(b"hello").await?;
            let mut heard = [0; 5];
            socket.read_exact(&mut heard).await.map_err(exactly)?;
            Ok::<_, Error>((found, heard))
        });
        assert_eq!(heard, Ok((IpAddr::from(ECHO6.0), *b"hello")), "{mode:?}\n{}", world.tail());
        assert_eq!(world.run(70, tcp(stack, ECHO)).err(), Some(Error::WrongFamily));
        assert!(world.ip.expect("there is a stack").1.borrow().ppp().ipv4().is_none());
    }
}
