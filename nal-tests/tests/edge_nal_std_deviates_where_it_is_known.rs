//! All cases of edge-nal on edge-nal-std 0.7.
mod common;
mod results;

use common::{System, verify};
use edge_nal_std::Stack;
use nal_tests::asynch;
use nal_tests::peer::Peers;
use nal_tests::{Context, Deviation, Print, Records, Role};

const DEVIATIONS: &[Deviation] = &[
    Deviation::new("A07", "a read waits for data before it looks at the buffer (0.7.0, src/lib.rs:158)"),
    Deviation::new("D03", "recv_from of the system cuts the length too (0.7.0, src/lib.rs:400)"),
    Deviation::new(
        "E04",
        "an abort does nothing (0.7.0, src/lib.rs:234), which the documentation of TcpShutdown allows",
    ),
];

#[test]
fn edge_nal_std_deviates_where_it_is_known() {
    let peers = Peers::start().expect("the system has ports");
    let mut bench = peers.bench();
    // The system gives up after two minutes, which is too long for a test.
    bench.tcp.unset(Role::Blackhole);
    bench.names.v4 = Some(("localhost", [127, 0, 0, 1].into()));
    bench.names.missing = Some("nothing.invalid");
    bench.port = 28_200;
    bench.limit_ms = 30_000;
    bench.rounds = 200;
    bench.deviations = DEVIATIONS;
    let (stack, mut records) = (Stack::new(), Records::new());
    let context = Context { bench: &bench, timer: &System };
    async_io::block_on(async {
        let report = &mut (&mut records, Print);
        asynch::all_of_edge("edge", &stack, context, report).await;
    });
    verify(&records, DEVIATIONS);
    results::check("edge", 1, "edge-nal-std 0.7", &records);
}
