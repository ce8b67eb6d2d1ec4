//! All async cases on std-embedded-nal-async 0.4.
mod common;
mod results;

use common::{System, verify};
use nal_tests::asynch::{self, Nal};
use nal_tests::peer::Peers;
use nal_tests::{Context, Deviation, Print, Records, Role};
use std_embedded_nal_async::Stack;

const DEVIATIONS: &[Deviation] = &[
    Deviation::new("A07", "a read waits for data before it looks at the buffer (0.4.0, src/tcp.rs:26)"),
    Deviation::new("D03", "recv of the system cuts the length too (0.4.0, src/udp.rs:107)"),
    Deviation::fatal("D12", "a debug assertion wants the address that was told (0.4.0, src/udp.rs:120)"),
    Deviation::new(
        "D13",
        "the octets of the local address are in the wrong order (0.4.0, src/conversion.rs:33)",
    ),
];

#[test]
fn std_embedded_nal_async_deviates_where_it_is_known() {
    let peers = Peers::start().expect("the system has ports");
    let mut bench = peers.bench();
    // The system gives up after two minutes, which is too long for a test.
    bench.tcp.unset(Role::Blackhole);
    bench.names.v4 = Some(("localhost", [127, 0, 0, 1].into()));
    bench.names.missing = Some("nothing.invalid");
    bench.port = 28_100;
    bench.limit_ms = 30_000;
    bench.rounds = 200;
    bench.deviations = DEVIATIONS;
    let (stack, mut records) = (Stack::default(), Records::new());
    let context = Context { bench: &bench, timer: &System };
    async_io::block_on(async {
        let (stack, report) = (Nal(&stack), &mut (&mut records, Print));
        asynch::all("async", &stack, context, report).await;
    });
    verify(&records, DEVIATIONS);
    results::check("async", 1, "std-embedded-nal-async 0.4", &records);
}
