//! Runs the conformance cases of embedded-nal-async on the board: `tcp=` and `udp=` are the ports of the far end by role,
//! `known=` the cases in which the modem is known to do otherwise, `only=` the ones to run.
#![no_std]
#![no_main]

use core::net::Ipv4Addr;

use embassy_executor::Spawner;
use embassy_time::Timer;
use nal_tests::asynch::{self, Nal};
use nal_tests::{Addresses, Bench, Case, Context, Deviation, Figures, Outcome, Report, Role, Summary};
use qemu_mps2::{modem, semihosting};

/// As many sockets as the board has memory for, and as long datagrams as every modem takes.
const SOCKETS: usize = 4;
const DATAGRAM: usize = 1024;

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(spawner: Spawner) {
    let world = modem::start(spawner).await;
    let list = |name| world.parameters.get(name).unwrap_or_default().split(',').filter(|it| !it.is_empty());
    let mut known = [Deviation::new("", "see nal-tests/program/modems.rs"); 8];
    let count = known.iter_mut().zip(list("known")).map(|(known, id)| known.id = id).count();
    let mut only = [""; 8];
    let wanted = only.iter_mut().zip(list("only")).map(|(only, id)| *only = id).count();

    let mut bench = Bench::new();
    (bench.tcp, bench.udp) = (addresses(list("tcp")), addresses(list("udp")));
    (bench.deviations, bench.only) = (&known[..count], &only[..wanted]);
    bench.can.ipv6 = false;
    bench.can.half_close = false;
    bench.can.close_write = false;
    bench.can.empty_datagrams = false;
    bench.can.tcp_server = false;
    bench.names.v4 = Some(("server.example", Ipv4Addr::LOCALHOST.into()));
    bench.names.missing = Some("nothing.invalid");
    (bench.max_sockets, bench.max_datagram) = (Some(SOCKETS), DATAGRAM);
    (bench.bulk, bench.rounds, bench.cancellations) = (16 << 10, 5, 20);
    (bench.limit_ms, bench.idle_ms, bench.settle_ms) = (60_000, 500, 2000);

    let mut summary = Summary::new();
    let context = Context { bench: &bench, timer: &Clock };
    asynch::all("async", &Nal(&world.stack), context, &mut (&mut summary, Log)).await;
    semihosting::print(format_args!("{summary}"));
    let ran = summary.all().passed + summary.all().deviations > 0;
    semihosting::exit(if ran && summary.exit_code() == 0 { Ok(()) } else { Err(()) })
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

struct Clock;

impl nal_tests::Timer for Clock {
    async fn after(&self, milliseconds: u32) {
        Timer::after_millis(milliseconds.into()).await;
    }
}

struct Log;

impl Report for Log {
    fn end(&mut self, suite: &str, case: &Case, outcome: &Outcome, _: Figures) {
        log::info!("{suite} {} {} {outcome}", case.id, case.level);
    }
}
