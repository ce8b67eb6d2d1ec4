//! What the conformance cases need on the board: `tcp=` and `udp=` are the ports of the far end by role, `known-API=` the
//! cases in which a stack is known to do otherwise, `only=` the ones to run.

use core::net::Ipv4Addr;

use apps::Failed;
use defmt::Display2Format;
use embassy_time::Timer;
use nal_tests::{Addresses, Bench, Case, Deviation, Figures, Outcome, Report, Role, Summary};
use static_cell::StaticCell;

use crate::modem::Mode;
use crate::semihosting::Parameters;

/// As many sockets as the board has memory for.
const SOCKETS: usize = 4;

/// As long datagrams as every modem takes, and those of a packet of 1500 bytes without its headers.
const DATAGRAM: usize = 1024;
const PACKET: usize = 1472;

/// The bench for a stack whose deviations stand in the parameter `known`. It is made once.
#[must_use]
pub fn bench(parameters: Parameters, mode: Mode, known: &str) -> Bench<'static> {
    static KNOWN: StaticCell<[Deviation; 8]> = StaticCell::new();
    static ONLY: StaticCell<[&str; 8]> = StaticCell::new();
    let list = |name| parameters.get(name).unwrap_or_default().split(',').filter(|it| !it.is_empty());
    let deviations = KNOWN.init([Deviation::new("", "see nal-tests/program/modems.rs"); 8]);
    let count = deviations.iter_mut().zip(list(known)).map(|(known, id)| known.id = id).count();
    let only = ONLY.init([""; 8]);
    let wanted = only.iter_mut().zip(list("only")).map(|(only, id)| *only = id).count();

    let mut bench = Bench::new();
    (bench.tcp, bench.udp) = (addresses(list("tcp")), addresses(list("udp")));
    (bench.deviations, bench.only) = (&deviations[..count], &only[..wanted]);
    bench.can.ipv6 = false;
    bench.can.tcp_server = false;
    let ip = mode != Mode::Sockets;
    (bench.can.half_close, bench.can.close_write) = (ip, ip);
    (bench.can.empty_datagrams, bench.can.one_pool) = (ip, !ip);
    bench.names.v4 = Some(("server.example", Ipv4Addr::LOCALHOST.into()));
    bench.names.missing = Some("nothing.invalid");
    (bench.max_sockets, bench.max_datagram) = (Some(SOCKETS), if ip { PACKET } else { DATAGRAM });
    (bench.bulk, bench.rounds, bench.cancellations) = (16 << 10, 5, 20);
    (bench.limit_ms, bench.idle_ms, bench.settle_ms) = (60_000, 500, 2000);
    bench
}

/// The far end, from its ports in the order of the roles; 0 is nobody.
fn addresses<'a>(ports: impl Iterator<Item = &'a str>) -> Addresses {
    let mut addresses = Addresses::new();
    for (role, port) in Role::ALL.into_iter().zip(ports) {
        match port.parse() {
            Ok(0) => {}
            Ok(port) => addresses.set(role, (Ipv4Addr::LOCALHOST, port).into()),
            Err(_) => panic!("{port} is no port"),
        }
    }
    addresses
}

/// Prints the summary and judges it.
///
/// # Errors
/// When a case has failed, or none was run.
pub fn judge(summary: &Summary) -> Result<(), Failed> {
    defmt::println!("{}", Display2Format(summary));
    let ran = summary.all().passed + summary.all().deviations > 0;
    if ran && summary.exit_code() == 0 { Ok(()) } else { Err(Failed) }
}

/// The time of the board.
#[derive(Debug)]
pub struct Clock;

impl nal_tests::Timer for Clock {
    async fn after(&self, milliseconds: u32) {
        Timer::after_millis(milliseconds.into()).await;
    }
}

/// Tells the log each outcome.
#[derive(Debug)]
pub struct Log;

impl Report for Log {
    fn end(&mut self, suite: &str, case: &Case, outcome: &Outcome, _: Figures) {
        let (level, outcome) = (Display2Format(&case.level), Display2Format(outcome));
        defmt::info!("{=str} {=str} {} {}", suite, case.id, level, outcome);
    }
}
