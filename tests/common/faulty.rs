//! Single faults of the line, wherever they happen.

use std::cell::Cell;
use std::rc::Rc;

use cellular_nal::Error;
use embedded_nal_async::{AddrType, Dns};
use modem_sim::line::Faults;
use modem_sim::{Direction, Model};

use super::conversation::{Outcome, datagram_echo, echo, standard};
use super::{ECHO_NAME, Extra, Setup, World};

const SAID: &[u8] = b"to and fro, 0123456789";
const DATAGRAM: &[u8] = b"datagram of 22 letters";

/// Holds a conversation over a line that has these faults in one direction. What comes of it must
/// come in time and satisfy `fits`; then all works again, and nothing is left in the modem.
///
/// A datagram may be lost, and a modem that does not count what it took may have sent a part of it.
/// One socket that is opened under a wrong number may be left. False when the fault did not happen because the conversation is shorter.
pub fn survives(model: Model, direction: Direction, faults: Faults, fits: fn(&[u8], &[u8]) -> bool) -> bool {
    let mut world = Setup { record: true, ..Setup::new(model) }.build();
    let context = format!("{model} {direction:?} {:?}{:?}", faults.lose_at, faults.flip_at);
    world.line.set_faults(direction, faults);
    let (control, stack) = (world.control, world.stack);
    let hangs = |what: &str, tail: String| -> ! { panic!("{context}: {what} hangs\n{tail}") };
    let _: Result<(), Error> =
        world.try_run(600, control.connect()).unwrap_or_else(|| hangs("the link", world.tail()));
    let address = world.try_run(400, stack.get_host_by_name(ECHO_NAME, AddrType::IPv4));
    // Lost digits of an address cannot be noticed.
    let _ = address.unwrap_or_else(|| hangs("the lookup", world.tail()));
    let heard = world.try_run(600, echo(stack, SAID)).unwrap_or_else(|| hangs("TCP", world.tail()));
    if let Ok(heard) = heard {
        assert!(fits(&heard, SAID), "{context}: TCP gives '{}'\n{}", heard.escape_ascii(), world.tail());
    }
    if let Some(Ok(heard)) = world.try_run(200, datagram_echo(stack, DATAGRAM)) {
        let part = model == Model::Ryz014a && DATAGRAM.starts_with(&heard);
        assert!(
            part || fits(&heard, DATAGRAM),
            "{context}: UDP gives '{}'\n{}",
            heard.escape_ascii(),
            world.tail()
        );
    }
    let counters = world.line.counters(direction);
    world.log.borrow_mut().push(format!("---- {context}: recovering"));
    world.recovers(600);
    for _ in 0..3 {
        world.echoes(60);
    }
    world.pass_secs(200);
    let open = world.modem.open_sockets();
    assert!(
        open.len() <= counters.flipped as usize,
        "{context}: sockets {open:?} are left\n{}",
        world.tail()
    );
    counters.lost + counters.flipped > 0
}

/// Holds the usual conversation until `accident` happens behind the `place`th piece that the modem
/// prints. It ends in time, well or with an error; after `repair` all works again. False when
/// the conversation is shorter.
pub fn mends(model: Model, place: usize, accident: fn() -> Extra, repair: fn(&mut World)) -> bool {
    let mut world = Setup { record: true, ..Setup::new(model) }.build();
    let mut seen = 0;
    let happened = Rc::new(Cell::new(false));
    let happens = happened.clone();
    world.behind = Some(Box::new(move |piece| {
        // Echo comes byte by byte.
        seen += usize::from(piece.len() > 1);
        let here = seen == place + 1 && !happens.replace(seen > place);
        here.then(accident)
    }));
    let outcome = world.try_run(700, standard(world.control, world.stack));
    world.behind = None;
    let context = format!("{model}: behind piece {place}");
    match &outcome {
        Some(Ok(outcome)) => assert_eq!(*outcome, Outcome::expected(), "{context}\n{}", world.tail()),
        Some(Err(_)) => {}
        None => panic!("{context}: it hangs\n{}", world.tail()),
    }
    world.log.borrow_mut().push(format!("---- {context}: {outcome:?}"));
    repair(&mut world);
    world.recovers(300);
    world.leaves_nothing_open();
    happened.get()
}
