//! smoltcp-nal 0.7 in virtual time, on a cable to a virtual network.
mod results;
mod smoltcp_world;
mod virtual_far;

use std::cell::RefCell;

use modem_sim::VirtualNetwork;
use nal_tests::nb::{self, Polled};
use nal_tests::{Deviation, Print, Records};
use smoltcp_world::{SOCKETS, World};
use virtual_far::VirtualFar;

const KNOWN: &[Deviation] = &[
    Deviation::new("N04", "a refused connect is tried again for ever (0.7.0, src/lib.rs:482)"),
    Deviation::new("N05", "a refused connect is tried again for ever (0.7.0, src/lib.rs:482)"),
    Deviation::new("N06", "a receive without data is Ok(0) (0.7.0, src/lib.rs:516)"),
    Deviation::new("N13", "a send that finds no room is Ok(0) (0.7.0, src/lib.rs:505)"),
    Deviation::new("N20", "every error of send and receive is PipeClosed (0.7.0, src/lib.rs:67)"),
    Deviation::new(
        "U02",
        "a receive without a datagram is UdpReadFailure(Exhausted) (0.7.0, src/lib.rs:614)",
    ),
    Deviation::new("U04", "send_to does not set the peer of send (0.7.0, src/lib.rs:690)"),
    Deviation::new("R02", "the family that is asked for is ignored (0.7.0, src/lib.rs:706)"),
    Deviation::new("R03", "an address in text is asked for as a name (0.7.0, src/lib.rs:731)"),
    Deviation::fatal("R07", "a reverse lookup is unimplemented!(), a panic (0.7.0, src/lib.rs:748)"),
];

#[test]
fn smoltcp_nal_deviates_where_it_is_known() {
    let net = VirtualNetwork::new();
    let far = VirtualFar::new(&net, 20_000);
    let (mut stack, mut world) = World::new(&net);
    let stack = RefCell::new(&mut stack);
    let mut spin = || {
        world.tick(&mut stack.borrow_mut());
        far.attend(world.now());
    };
    let mut bench = far.bench();
    bench.max_sockets = Some(SOCKETS);
    bench.limit_ms = 60_000;
    bench.deviations = KNOWN;
    let (mut stack, mut records) = (Polled(&stack), Records::new());
    let report = &mut (&mut records, Print);
    nb::tcp_client("nb", &mut stack, &mut spin, &bench, report);
    nb::udp("nb", &mut stack, &mut spin, &bench, report);
    nb::dns("nb", &mut stack, &mut spin, &bench, report);
    results::check("nb", 2, "smoltcp-nal 0.7", &records);
    assert!(records.summary().is_success(), "{}", records.summary());
}
