//! Twenty thousand runs with bytes lost or damaged on the serial line, modems that restart, sockets
//! that vanish and reports at odd places. Whatever happens: what a connection delivers without an
//! error is what was sent, no socket stays open in the modem, and the engine works afterwards.
use crate::common;

use std::time::Duration;

use cellular_nal::Error;
use common::{ECHO, Setup, World, pattern};
use embedded_io_async::{Read, Write};
use embedded_nal_async::TcpConnect;
use modem_sim::line::{Chunking, Faults};
use modem_sim::{Boot, Direction, Model, Peer, Prng, Registration};

const RUNS: u64 = 20_000;
const DISCARD: ([u8; 4], u16) = ([10, 0, 0, 9], 9);

/// What one run does to the line and the modem.
#[derive(Debug)]
struct Plan {
    model: Model,
    seed: u64,
    lose: u32,
    flip: u32,
    mishap: Mishap,
    at: Duration,
}

#[derive(Debug, PartialEq)]
enum Mishap {
    None,
    Reboot,
    Vanish,
    Detach,
    PowerCut,
    Report(&'static str),
}

const REPORTS: [&str; 8] = [
    "+CEREG: 2",
    "+UUSORD: 0,12",
    "+UUSOCL: 3",
    "+SQNSRING: 1",
    "+SQNSH: 4",
    "+CGEV: EPS PDN ACT 1",
    "RANDOM",
    "+UNKNOWN: \"OK\"",
];

fn plan(seed: u64) -> Plan {
    let mut prng = Prng::new(seed);
    let model = Model::ALL[(seed % Model::ALL.len() as u64) as usize];
    let lose = [0, 100, 500, 1500][prng.below(4) as usize];
    let flip = if prng.below(3) == 0 { [100, 500, 1500][prng.below(3) as usize] } else { 0 };
    let mishap = match prng.below(12) {
        0 => Mishap::Reboot,
        1 => Mishap::Vanish,
        2 => Mishap::Detach,
        3 => Mishap::PowerCut,
        4..=6 => Mishap::Report(REPORTS[prng.below(REPORTS.len() as u64) as usize]),
        _ => Mishap::None,
    };
    Plan { model, seed, lose, flip, mishap, at: Duration::from_millis(prng.below(4000)) }
}

fn faults(plan: &Plan) -> Faults {
    let mut prng = Prng::new(plan.seed ^ 77);
    let chunking = match prng.below(3) {
        0 => Chunking::Whole,
        1 => Chunking::Fixed(1 + prng.below(20) as usize),
        _ => Chunking::Random(60),
    };
    Faults {
        chunking,
        latency: Duration::from_micros(prng.below(3000)),
        lose_per_million: plan.lose,
        flip_per_million: plan.flip,
        ..Faults::paced(115_200)
    }
}

/// Sends `bytes` to the echo and reads them back; what came before an error, and the error.
async fn echo(world: &cellular_nal::asynch::Stack<'static>, bytes: &[u8]) -> (Vec<u8>, Option<Error>) {
    let mut back = Vec::new();
    let mut exchange = async || {
        let mut socket = world.connect(ECHO.into()).await?;
        let mut buffer = [0; 300];
        let mut sent = 0;
        while back.len() < bytes.len() {
            while sent < bytes.len() && sent < back.len() + 900 {
                let end = bytes.len().min(sent + 400);
                sent += socket.write(&bytes[sent..end]).await?;
            }
            let count = socket.read(&mut buffer).await?;
            if count == 0 {
                return Err(Error::Closed);
            }
            back.extend_from_slice(&buffer[..count]);
        }
        Ok(())
    };
    let result = exchange().await;
    (back, result.err())
}

/// Sends `bytes` to where they are only counted.
async fn upload(world: &cellular_nal::asynch::Stack<'static>, bytes: &[u8]) -> Result<(), Error> {
    let mut socket = world.connect(DISCARD.into()).await?;
    socket.write_all(bytes).await?;
    socket.flush().await
}

fn make(plan: &Plan, record: bool) -> World {
    let mut setup = Setup { seed: plan.seed, record, ..Setup::new(plan.model) };
    setup.options.boot = Boot::Running;
    setup.options.boot_time = Some(Duration::from_secs(1));
    setup.options.registration_time = Duration::from_millis(300);
    let mut world = setup.build();
    world.net.on(ECHO.0, ECHO.1, Peer::Echo);
    world.net.on(DISCARD.0, DISCARD.1, Peer::Discard);
    world.bring_up();
    // How this modem frames payload, and what its counters mean, is learnt on a good line.
    let stack = world.stack;
    let (back, error) = world.run(20, echo(&stack, b"first"));
    assert_eq!((&back[..], error), (&b"first"[..], None));
    world.pass_secs(1);
    world
}

fn run(plan: &Plan, record: bool) -> Result<(), String> {
    let mut world = make(plan, record);
    for direction in [Direction::ToModem, Direction::ToHost] {
        world.line.set_faults(direction, faults(plan));
    }
    let bytes = pattern(2500, plan.seed);
    let uploaded = pattern(1800, plan.seed ^ 99);
    let stack = world.stack;
    let control = world.control;
    let mut both = Box::pin(embassy_futures::join::join(echo(&stack, &bytes), upload(&stack, &uploaded)));
    let mut both = both.as_mut();
    let outcome = match world.try_run_for(plan.at, &mut both) {
        Some(outcome) => Some(outcome),
        None => {
            let now = world.now;
            match plan.mishap {
                Mishap::None => {}
                Mishap::Reboot => world.modem.reboot(now),
                Mishap::Vanish => world.modem.vanish_sockets(),
                Mishap::Detach => {
                    world.modem.set_registration(now, Registration::Never);
                    world.pass_secs(3);
                    world.modem.set_registration(world.now, Registration::Home);
                }
                Mishap::PowerCut => {
                    world.modem.power(now, false);
                    world.pass_secs(2);
                    world.modem.power(world.now, true);
                }
                Mishap::Report(line) => world.modem.inject(now, line),
            }
            world.try_run_for(Duration::from_secs(900), &mut both)
        }
    };
    let Some(((back, error), sent)) = outcome else {
        return Err("stuck: neither end nor error in 900 s".into());
    };
    // A turned bit in the payload cannot be seen by anybody on this side of TLS.
    if plan.flip == 0 {
        if back.len() > bytes.len() || back != bytes[..back.len()] {
            return Err(format!("{} bytes came back and are not what was sent ({error:?})", back.len()));
        }
        if error.is_none() && back.len() != bytes.len() {
            return Err(format!("only {} bytes came back", back.len()));
        }
    }
    for direction in [Direction::ToModem, Direction::ToHost] {
        world.line.set_faults(direction, Faults::paced(115_200));
    }
    if plan.flip == 0 && sent.is_ok() {
        world.pass_secs(2);
        let arrived = world
            .net
            .connections()
            .iter()
            .rfind(|c| c.remote == std::net::SocketAddr::from(DISCARD))
            .map(|c| c.id);
        let arrived = arrived.map(|id| world.net.received(id)).unwrap_or_default();
        if arrived != uploaded {
            return Err(format!("{} bytes arrived of {} that were flushed", arrived.len(), uploaded.len()));
        }
    }
    // The cause is gone: the link is back, and a new connection works.
    let again = world.try_run_for(
        Duration::from_secs(600),
        &mut Box::pin(async {
            while control.connect().await.is_err() {
                embassy_futures::yield_now().await;
            }
            loop {
                let (back, error) = echo(&stack, b"once more").await;
                if error.is_none() && back == b"once more" {
                    return;
                }
            }
        })
        .as_mut(),
    );
    if again.is_none() {
        return Err("no new connection in 600 s".into());
    }
    world.pass_secs(150);
    let open = world.modem.open_sockets();
    // A turned bit can make "close socket 1" a "close socket 0"; such a socket is closed when it
    // is needed again.
    if plan.flip == 0 && !open.is_empty() {
        return Err(format!("leaked sockets {open:?}"));
    }
    Ok(())
}

#[test]
fn faults_on_the_line_never_change_a_connection_in_silence() {
    let failures: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|part| {
                scope.spawn(move || {
                    let mut failures = Vec::new();
                    for seed in (part..RUNS).step_by(2) {
                        let plan = plan(seed);
                        let result = std::panic::catch_unwind(|| run(&plan, false));
                        let result = result.unwrap_or_else(|_| Err("panic".into()));
                        if let Err(error) = result {
                            failures.push(format!("{plan:?}: {error}"));
                        }
                    }
                    failures
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(
        failures.is_empty(),
        "{} of {RUNS}:\n{}",
        failures.len(),
        failures[..failures.len().min(40)].join("\n")
    );
}

/// For looking at one run: `SEED=17 cargo test --test faults on_the_line -- --ignored --nocapture`.
#[test]
#[ignore = "a tool, not a test"]
fn one_seed_in_full() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0);
    let plan = plan(seed);
    println!("{plan:?}");
    let result = run(&plan, true);
    println!("{result:?}");
}
