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
    Deviation::new("N04", "a refused connect is tried again for ever"),
    Deviation::new("N05", "a refused connect is tried again for ever"),
    Deviation::new("N06", "a receive without data is Ok(0)"),
    Deviation::new("N13", "a send that finds no room is Ok(0)"),
    Deviation::new("N20", "every error of send and receive is PipeClosed"),
    Deviation::new("U02", "a receive without a datagram is UdpReadFailure(Exhausted)"),
    Deviation::new("U04", "send_to does not set the peer of send"),
    Deviation::fatal("R07", "a reverse lookup is unimplemented!(), a panic"),
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
