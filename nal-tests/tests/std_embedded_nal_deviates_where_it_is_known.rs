//! std-embedded-nal 0.4 on the loopback interface, in real time.
mod results;

use std::thread;
use std::time::Duration;

use nal_tests::peer::Peers;
use nal_tests::{Deviation, Print, Records, Role, nb};

const KNOWN: &[Deviation] = &[
    Deviation::new("N03", "each connect opens a new connection (0.4.0, src/tcp.rs:88)"),
    Deviation::new("N07", "the end of the stream is Ok(0) (0.4.0, src/tcp.rs:107)"),
    Deviation::new("N09", "only BrokenPipe is PipeClosed; ConnectionReset is Other (0.4.0, src/tcp.rs:29)"),
    Deviation::new(
        "U04",
        "send needs connect; after send_to alone it is NotConnected (0.4.0, src/udp.rs:62)",
    ),
];

#[test]
fn std_embedded_nal_deviates_where_it_is_known() {
    let peers = Peers::start().expect("there are ports to be had");
    let mut stack = std_embedded_nal::Stack;
    // On this network a millisecond is long.
    let mut spin = || thread::sleep(Duration::from_micros(100));
    let mut bench = peers.bench();
    bench.limit_ms = 30_000;
    bench.idle_ms = 300;
    bench.settle_ms = 2_000;
    bench.port = 20_480;
    // A connect waits as long as the operating system does, which is minutes.
    bench.tcp.unset(Role::Blackhole);
    // Other names would be asked for outside this machine.
    bench.names.v4 = Some(("localhost", [127, 0, 0, 1].into()));
    bench.names.other = Some(("127.0.0.2", [127, 0, 0, 2].into()));
    bench.deviations = KNOWN;
    let mut records = Records::new();
    let report = &mut (&mut records, Print);
    nb::all("nb", &mut stack, &mut spin, &bench, report);
    results::check("nb", 1, "std-embedded-nal 0.4", &records);
    assert!(records.summary().is_success(), "{}", records.summary());
}
