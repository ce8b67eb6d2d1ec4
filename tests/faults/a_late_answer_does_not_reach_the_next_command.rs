//! An answer that comes after its time is dropped, whatever it says and whenever it comes.
use crate::common;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use common::script::{self, Act, lines};
use modem_sim::Model;

/// A command of the status, the longest time for its answer, and a late answer that would be
/// believed by the command that follows or taken for its end.
const LATE: &[(&str, u64, &[&str])] = &[
    ("AT+CSQ", 10, &["+CSQ: 31,99", "OK"]),
    ("AT+CSQ", 10, &["ERROR"]),
    ("AT+CSQ", 10, &["+COPS: 0,0,\"Wrong\",7", "OK"]),
    ("AT+COPS?", 60, &["+COPS: 0,0,\"Wrong\",7", "OK"]),
    ("AT+COPS?", 60, &["+CME ERROR: 3"]),
    ("AT+COPS?", 60, &["+CSQ: 31,99", "OK"]),
];

/// After the time is over: at once, while bare `AT` is asked, while the marked question is asked.
const DELAYS: [u64; 12] = [0, 1, 50, 100, 101, 150, 999, 1000, 1050, 1101, 2500, 4000];

#[test]
fn a_late_answer_does_not_reach_the_next_command() {
    for &model in Model::ALL {
        for &(slow, limit, late) in LATE {
            for delay in DELAYS {
                let armed = Rc::new(Cell::new(false));
                let trigger = armed.clone();
                let wait = Duration::from_secs(limit) + Duration::from_millis(delay);
                let mut desk = script::up(model, move |command| {
                    (command == slow && trigger.take()).then(|| [vec![Act::Wait(wait)], lines(late)].concat())
                });
                desk.pass(Duration::from_secs(1));
                armed.set(true);
                let control = desk.control;
                let context = format!("{model}: {slow} answers {late:?} {delay} ms late");
                assert!(desk.try_run(200, control.refresh()).is_some(), "{context}\n{}", desk.tail());
                desk.pass(Duration::from_secs(20));
                let refreshed = desk.run(200, control.refresh());
                let status = refreshed.unwrap_or_else(|error| panic!("{context}: {error}\n{}", desk.tail()));
                assert_eq!(status.signal_dbm(), Some(-73), "{context}\n{}", desk.tail());
                assert_eq!(status.operator(), "Dull", "{context}\n{}", desk.tail());
                desk.echoes(60);
            }
        }
    }
}
