//! A modem answers for PPP itself, so echoes of LCP do not tell whether anything goes further. Questions that nobody
//! answers do: then it is dialled anew ("disconnect and re-connect dial-up", LENA-R8 application development table 21).
use crate::common;

use std::time::Duration;

use cellular_nal::Error;
use common::conversation::{echo, tcp};
use common::{Mode, Setup, World};
use embedded_nal_async::{AddrType, Dns};
use modem_sim::{Model, Peer};

const SILENT: ([u8; 4], u16) = ([10, 0, 0, 9], 9);

fn world(mode: Mode) -> World {
    let mut world = Setup { mode, record: true, ..Setup::new(Model::SaraR5) }.build();
    world.net.on(SILENT.0, SILENT.1, Peer::Blackhole);
    world.ip_up();
    world
}

/// A connect that has no answer within `secs`, then no more patience.
fn connect_in_vain(world: &mut World, secs: u64) {
    let stack = world.ip.expect("there is a stack").0;
    let connected = world.try_run(secs, tcp(stack, SILENT)).map(|result| result.map(drop));
    assert!(matches!(connected, None | Some(Err(Error::Timeout))), "{connected:?}");
}

fn hears(world: &mut World) {
    let stack = world.ip.expect("there is a stack").0;
    assert_eq!(world.run(60, echo(stack, b"there?")), Ok(b"there?".to_vec()), "{}", world.tail());
}

fn dials(world: &World) -> usize {
    world.log.borrow().iter().filter(|line| line.contains("> ") && line.contains("ATD*99")).count()
}

#[test]
fn after_three_connects_in_a_row_without_an_answer() {
    for mode in [Mode::Ppp, Mode::Cmux] {
        for secs in [10, 100] {
            let mut world = world(mode);
            let before = dials(&world);
            for _ in 0..3 {
                connect_in_vain(&mut world, secs);
            }
            world.pass_secs(10);
            hears(&mut world);
            assert_eq!(dials(&world) - before, 1, "{mode:?}: {}", world.tail());
            world.no_breach();
        }
    }
}

#[test]
fn not_while_others_answer() {
    let mut world = world(Mode::Ppp);
    for _ in 0..3 {
        connect_in_vain(&mut world, 10);
        connect_in_vain(&mut world, 10);
        hears(&mut world);
    }
    world.pass(Duration::from_secs(10));
    assert_eq!(dials(&world), 1, "{}", world.tail());
}

#[test]
fn not_for_names_that_do_not_exist() {
    let mut world = world(Mode::Ppp);
    let stack = world.ip.expect("there is a stack").0;
    for _ in 0..5 {
        let asked = async { stack.get_host_by_name("no.such.name", AddrType::IPv4).await };
        assert_eq!(world.run(60, asked), Err(Error::NameNotFound));
    }
    world.pass(Duration::from_secs(10));
    assert_eq!(dials(&world), 1, "{}", world.tail());
}
