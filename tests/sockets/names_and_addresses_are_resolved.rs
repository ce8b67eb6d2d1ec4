//! Names, literal addresses and families are resolved as asked for; a reverse lookup answers or says that it cannot (R01, R02, R03, R07).
use crate::common;

use std::net::IpAddr;

use cellular_nal::Error;
use common::{ECHO_NAME, Setup};
use embedded_nal_async::{AddrType, Dns};
use modem_sim::Model;

#[test]
fn names_and_addresses_are_resolved() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let v4: IpAddr = [10, 0, 0, 7].into();
        let v6: IpAddr = "2001:db8::7".parse().expect("it is an address");
        world.net.host("both.example", &[v4, v6]);
        world.net.host("v6.example", &[v6]);
        let cases = [
            (ECHO_NAME, AddrType::IPv4, Ok(v4)),
            (ECHO_NAME, AddrType::Either, Ok(v4)),
            ("ECHO.example", AddrType::IPv4, Ok(v4)),
            ("both.example", AddrType::IPv4, Ok(v4)),
            ("v6.example", AddrType::IPv4, Err(Error::NameNotFound)),
            ("10.0.0.7", AddrType::Either, Ok(v4)),
            ("10.0.0.7", AddrType::IPv4, Ok(v4)),
            ("10.0.0.7", AddrType::IPv6, Err(Error::NameNotFound)),
            ("2001:db8::7", AddrType::IPv6, Ok(v6)),
            ("2001:db8::7", AddrType::Either, Ok(v6)),
        ];
        for (name, family, expected) in cases {
            let family_name = format!("{family:?}");
            let address = world.run(30, stack.get_host_by_name(name, family));
            assert_eq!(address, expected, "{model}: {name}, {family_name}\n{}", world.tail());
        }
        let mut name = [0; 255];
        let length = world.run(100, stack.get_host_by_address(v4, &mut name));
        match (model, length) {
            (Model::SaraR5, Ok(length)) => assert!(name[..length].ends_with(b".example"), "{model}"),
            (Model::Ryz014a, Err(Error::Unsupported)) => {}
            other => panic!("{other:?}\n{}", world.tail()),
        }
        let short = world.run(100, stack.get_host_by_address(v4, &mut [0; 3]));
        assert!(matches!(short, Err(Error::Oversized | Error::Unsupported)), "{model}: {short:?}");
        world.leaves_nothing();
    }
}
