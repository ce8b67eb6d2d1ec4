//! `CPIN: SIM PIN`, as RYZ014 use cases §2.1.2.6 and Cassiopeia §1.1.2 print it: the PIN is given, and the link comes up.

use crate::common;

use std::cell::Cell;
use std::rc::Rc;

use cellular_nal::Config;
use common::script::{Canned, Desk, lines};
use modem_sim::Model;

#[test]
fn a_state_of_the_card_without_its_plus_is_understood() {
    for model in [Model::Ryz014a, Model::Cassiopeia] {
        let given = Rc::new(Cell::new(false));
        let far = Canned::new(model, move |command| match command {
            "AT+CPIN?" if given.get() => Some(lines(&["CPIN: READY", "OK"])),
            "AT+CPIN?" => Some(lines(&["CPIN: SIM PIN", "OK"])),
            "AT+CPIN=\"1234\"" => {
                given.set(true);
                Some(lines(&["OK"]))
            }
            _ => None,
        });
        let config = Config::new().pin("1234").expect("it is one");
        let mut desk = Desk::new(model, config, far);
        let control = desk.control;
        assert_eq!(desk.run(60, control.connect()), Ok(()), "{model}\n{}", desk.tail());
        assert_eq!(desk.far.count("AT+CPIN="), 1, "{model}\n{}", desk.tail());
    }
}
