//! Echo requests over the simulated network: a host with a name, the same by its address, and one that is not there.

use crate::common;

use cellular_nal::Error;
use cellular_nal::control::PingOptions;
use common::ECHO_NAME;
use modem_sim::Model;

#[test]
fn every_modem_that_can_ping_counts_the_replies_of_a_host() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let control = world.control;
        let options = PingOptions::new().count(3).size(64);
        if model == Model::Cassiopeia {
            assert_eq!(world.run(10, control.ping(ECHO_NAME, options)).err(), Some(Error::Unsupported));
            continue;
        }
        for host in [ECHO_NAME, "10.0.0.7"] {
            let ping = world.run(100, control.ping(host, options));
            let ping = ping.unwrap_or_else(|error| panic!("{model} {host}: {error}\n{}", world.tail()));
            assert_eq!((ping.sent, ping.received), (3, 3), "{model} {host}\n{}", world.tail());
            assert!(ping.min <= ping.mean && ping.mean <= ping.max && ping.max.as_millis() > 0, "{ping:?}");
            assert_eq!(ping.address, Some([10, 0, 0, 7].into()), "{model} {host}");
        }
        let nobody = world.run(300, control.ping("10.99.99.99", options));
        assert_eq!(nobody.err(), Some(Error::Timeout), "{model}\n{}", world.tail());
        let unknown = world.run(300, control.ping("nobody.example", options));
        assert!(unknown.is_err(), "{model}: {unknown:?}");
        world.echoes(30);
        world.no_breach();
    }
}
