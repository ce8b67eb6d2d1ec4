//! Unsolicited lines that change nothing.

use std::cell::Cell;
use std::rc::Rc;

use modem_sim::Model;

use super::conversation::{Outcome, standard};
use super::{Extra, Setup};

/// Lines that no dialect knows.
pub const UNKNOWN: &[&str] =
    &["+UUNKNOWN: 1,2", "+FOO: \"x\"", "RANDOM NOISE", "+FOO", "^MODE: 1,2", "OKAY", "ERRORS: 0"];

/// Lines that every modem may print.
const CELLULAR: &[&str] = &[
    "+CEREG: 1",
    "+CEREG:1",
    "+CEREG: 1,\"0002\",\"01A22002\",7",
    "+CEREG: 5,\"0002\",\"01A22002\",7",
    "+CREG: 1",
    "+CREG: 0",
    "+CGREG: 2",
    "+CTZV: \"+08\"",
    "+CTZE: \"+08\",0",
    "+CIEV: 2,4",
    "+CMTI: \"SM\",1",
    "+CSCON: 1",
    "+CGEV: ME PDN ACT 1",
    "+CGEV: NW PDN DEACT 5",
    "+CGEV: EPS PDN ACT 1",
];

/// About sockets: of one's own without need, and of nobody.
const UBLOX: &[&str] = &[
    "+UUSORD: 0,0",
    "+UUSORD: 0,5",
    "+UUSORF: 0,5",
    "+UUSORD: 6,100",
    "+UUSOCL: 6",
    "+UUSOCL: 0",
    "+UUSORD: 200,99999",
    "+UUSOCO: 0,0",
    "+UUPSDA: 0,\"10.20.30.40\"",
    "+UUSTATUS: BUSY",
    "+UUSOLI: 3,\"1.2.3.4\",5,0,\"1.2.3.4\",6",
];

const SEQUANS: &[&str] = &[
    "+SQNSRING: 1",
    "+SQNSRING: 2",
    "+SQNSRING: 1,5",
    "+SQNSRING:1",
    "+SQNSRING: 6",
    "+SQNSH: 6",
    "+SQNSH: 200",
    "+SQNIMS: 1",
    "+SQNSUPGRADE: \"idle\"",
];

pub fn known(model: Model) -> Vec<&'static str> {
    let own = match model {
        _ if model.is_ublox() => UBLOX,
        _ => SEQUANS,
    };
    [CELLULAR, own].concat()
}

/// Whether an unsolicited line may stand behind a piece that the modem has printed: not inside of
/// an echo, between a prompt and its payload, or between the head of a payload and its end.
pub fn may_follow(piece: &[u8]) -> bool {
    let line = piece.starts_with(b"\r\n") && piece.ends_with(b"\r\n");
    line && !piece.starts_with(b"\r\n+SQNSRECV: ")
}

/// Holds the usual conversation with `urc` behind the `place`th line. False when it is shorter.
pub fn disturbed(model: Model, urc: &str, place: usize) -> bool {
    let mut world = Setup { record: true, ..Setup::new(model) }.build();
    let (seen, line) = (Rc::new(Cell::new(0)), format!("\r\n{urc}\r\n").into_bytes());
    let count = seen.clone();
    world.behind = Some(Box::new(move |piece| {
        if !may_follow(piece) {
            return None;
        }
        let here = count.replace(count.get() + 1) == place;
        here.then(|| Extra::Raw(line.clone()))
    }));
    let outcome = world.try_run(60, standard(world.control, world.stack));
    let context = format!("{model}: {urc} behind line {place}");
    assert_eq!(outcome, Some(Ok(Outcome::expected())), "{context}\n{}", world.tail());
    world.pass_secs(10);
    assert!(world.modem.open_sockets().is_empty(), "{context}: a socket is left\n{}", world.tail());
    world.no_breach();
    seen.get() > place
}
