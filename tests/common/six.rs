//! Worlds whose network has IPv6.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use modem_sim::{Model, Peer};

use super::{ECHO, Mode, Setup, World};

/// A server that returns every byte, by IPv6.
pub const ECHO6: (Ipv6Addr, u16) = (Ipv6Addr::new(0x2001, 0xDB8, 9, 0, 0, 0, 0, 7), 7);
/// A name of that server alone, and one of both.
pub const ECHO6_NAME: &str = "six.example";
pub const BOTH_NAME: &str = "both.example";

/// With the protocols that the network has; IPv6 is asked for.
pub fn setup(model: Model, mode: Mode, ipv4: bool, ipv6: bool) -> Setup {
    let mut setup = Setup { mode, record: true, ..Setup::new(model) };
    setup.options.dialup.ipv4 = ipv4;
    setup.options.dialup.ipv6 = ipv6;
    setup.ppp.ipv6 = true;
    setup
}

pub fn build(setup: Setup) -> World {
    let world = setup.build();
    world.net.on(ECHO6.0, ECHO6.1, Peer::Echo);
    world.net.host(ECHO6_NAME, &[ECHO6.0.into()]);
    world.net.host(BOTH_NAME, &[IpAddr::from(ECHO.0), ECHO6.0.into()]);
    world
}

impl World {
    /// The link comes up, and has an address of IPv6: gives that.
    pub fn six_up(&mut self) -> Ipv6Addr {
        self.ip_up();
        let until = self.now + Duration::from_secs(60);
        let (_, ip) = self.ip.expect("there is an IP stack");
        loop {
            let address = ip.borrow().ipv6_address();
            if let Some(address) = address {
                return address;
            }
            assert!(self.step(until), "IPv6 does not come up:\n{}", self.tail());
        }
    }
}
