//! `+UPSDA` may take up to three minutes, and the address is reported behind its OK (SARA/LEXI internet applications §2.3).

use crate::common;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use cellular_nal::Config;
use common::script::{Act, Canned, Desk, lines};
use modem_sim::Model;

#[test]
fn an_activation_that_takes_minutes_is_waited_for() {
    for secs in [25, 32, 100, 170] {
        let begun = Rc::new(Cell::new(0));
        let (asked, counter) = (Rc::new(Cell::new(0)), begun.clone());
        let looks = asked.clone();
        let far = Canned::new(Model::SaraR500b, move |command| {
            if command == "AT+UPSDA=0,3" {
                counter.set(counter.get() + 1);
                let mut acts = vec![Act::Wait(Duration::from_secs(secs))];
                acts.extend(lines(&["OK"]));
                acts.push(Act::Wait(Duration::from_millis(2500)));
                acts.extend(lines(&["+UUPSDA: 0,\"10.0.0.9\""]));
                return Some(acts);
            }
            if command == "AT+UPSND=0,8" {
                looks.set(looks.get() + 1);
                // Active from the report on; it is looked at before the command, behind it, and behind the report.
                let active = counter.get() > 0 && looks.get() > 2;
                return Some(lines(&[if active { "+UPSND: 0,8,1" } else { "+UPSND: 0,8,0" }, "OK"]));
            }
            (command == "AT+UPSND=0,0").then(|| lines(&["+UPSND: 0,0,\"10.0.0.9\"", "OK"]))
        });
        let mut desk = Desk::new(Model::SaraR500b, Config::new(), far);
        let control = desk.control;
        let up = desk.run(secs + 60, control.connect());
        assert_eq!(up, Ok(()), "{secs} s\n{}", desk.tail());
        assert_eq!(begun.get(), 1, "{secs} s: told again\n{}", desk.tail());
        assert_eq!(desk.far.count("AT+UPSDA=0,4"), 0, "{secs} s: taken back\n{}", desk.tail());
    }
}
