//! A name that nobody knows, or that has no address of the wanted family, is `NameNotFound`; the next name is resolved.
use crate::common;

use std::time::Duration;

use cellular_nal::Error;
use common::{ECHO_NAME, Setup};
use embedded_nal_async::{AddrType, Dns};
use modem_sim::Model;

#[test]
fn an_unknown_host_is_not_found() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let start = world.now;
        for (name, family) in [
            ("nobody.example", AddrType::IPv4),
            ("nobody.example", AddrType::Either),
            (ECHO_NAME, AddrType::IPv6),
        ] {
            let address = world.try_run(30, stack.get_host_by_name(name, family));
            assert_eq!(address, Some(Err(Error::NameNotFound)), "{model}: {name}\n{}", world.tail());
        }
        assert!(world.now - start < Duration::from_secs(20), "{model}: it took {:?}", world.now - start);
        let address = world.run(30, stack.get_host_by_name(ECHO_NAME, AddrType::IPv4));
        assert_eq!(address, Ok([10, 0, 0, 7].into()), "{model}: {}", world.tail());
        world.echoes(30);
        world.leaves_nothing();
    }
}
