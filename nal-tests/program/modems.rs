//! In what cellular-nal is known to do otherwise, and what it lacks, because of its modems.
#![allow(missing_docs, unreachable_pub)]

use modem_sim::Model;
use nal_tests::{Bench, Capabilities, Deviation, Lack};

/// Which traits a suite is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    Async,
    Nb,
    Edge,
}

/// Where a suite is known to fail on a modem.
pub fn deviations(model: Model, api: Api) -> Vec<Deviation> {
    if api == Api::Nb {
        return Vec::new();
    }
    let mut known = vec![Deviation::new(
        "A10",
        "the modem tells a reset and an orderly end with the same words (+UUSOCL: IADG §5.9; +SQNSH: RYZ014 use cases §6.1)",
    )];
    if api == Api::Edge {
        known.push(Deviation::new(
            "E04",
            "no command of the modem resets a connection (+USOCL: IADG §5.9; +SQNSH: RYZ014 use cases §6.1)",
        ));
    }
    if !model.is_ublox() {
        let reason = "no document says whose a datagram is that anybody may have sent, so a UDP socket has \
                      one peer, that of the last datagram (+SQNSD, +SQNSRECV: RYZ014 use cases §6.1.4)";
        known.extend([Deviation::new("D05", reason), Deviation::new("D11", reason)]);
    }
    known
}

/// What no modem of a vendor has, and where its documents say so.
pub fn lacks(model: Model) -> &'static [Lack] {
    if model.is_ublox() { UBLOX } else { SEQUANS }
}

/// What an IP stack over PPP can do, and what it lacks.
pub fn of_ip(bench: &mut Bench<'_>) {
    bench.can.empty_datagrams = true;
    bench.can.half_close = true;
    bench.can.close_write = true;
    bench.can.one_pool = false;
    // A packet of 1500 bytes without the headers.
    bench.max_datagram = 1472;
    (bench.deviations, bench.lacks) = (&[], IP);
}

/// What the sockets of this machine do not pass on from an IP stack behind the simulated modem.
#[allow(dead_code, reason = "the tests in virtual time have other sockets")]
pub const SIMULATED_IP: &[Deviation] = &[Deviation::new(
    "E04",
    "the simulator closes the socket of this machine in peace where the stack resets",
)];

const IP: &[Lack] = &[
    IPV6,
    Lack {
        what: Capabilities::ONE_POOL,
        reason: "TCP and UDP sockets have memory of their own: docs of ip::Resources",
    },
];

const IPV6: Lack = Lack { what: Capabilities::IPV6, reason: "the peers have IPv4 addresses only" };

const UBLOX: &[Lack] = &[
    IPV6,
    Lack {
        what: Capabilities::HALF_CLOSE,
        reason: "a write behind the peer's end is answered +USOWR: 0,0, and +USOCL closes both directions: \
                 IADG §5.5, §5.9",
    },
    Lack {
        what: Capabilities::EMPTY_DATAGRAMS,
        reason: "+USOST and +USORF are documented for one byte and more only: IADG §5.6, §5.7",
    },
];

const SEQUANS: &[Lack] = &[
    IPV6,
    Lack {
        what: Capabilities::HALF_CLOSE,
        reason: "+SQNSH, which is reported and commanded, ends both directions: RYZ014 use cases §6.1.3",
    },
    Lack {
        what: Capabilities::EMPTY_DATAGRAMS,
        reason: "+SQNSSENDEXT and +SQNSRECV are documented for 1 to 1500 bytes: RYZ014 use cases §6.1.3",
    },
];
