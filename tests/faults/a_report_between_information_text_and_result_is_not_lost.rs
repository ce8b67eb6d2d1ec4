//! Peers lose a report that comes between the information text of a command and its `OK`.
use crate::common;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use common::conversation::tcp;
use common::{ECHO, script};
use modem_sim::Model;

#[test]
fn a_report_between_information_text_and_result_is_not_lost() {
    for &model in Model::ALL {
        let (report, read) = match model {
            _ if model.is_ublox() => ("+UUSORD: 0,5", "AT+USORD=0,5"),
            _ => ("+SQNSRING: 1", "AT+SQNSRECV=1,"),
        };
        for between in
            [["+CSQ: 7,99", report, "OK"], [report, "+CSQ: 7,99", "OK"], ["+CSQ: 7,99", "OK", report]]
        {
            let armed = Rc::new(Cell::new(false));
            let trigger = armed.clone();
            let mut desk = script::up(model, move |command| {
                (command == "AT+CSQ" && trigger.get()).then(|| script::lines(&between))
            });
            let stack = desk.stack;
            let socket = desk.run(10, tcp(stack, ECHO)).expect("it connects");
            desk.pass(Duration::from_millis(300));
            armed.set(true);
            desk.far.unread = b"12345".into();
            let control = desk.control;
            let status = desk.run(10, control.refresh()).expect("the status is read");
            assert_eq!(status.signal_dbm(), Some(-99), "{model}: {}", desk.tail());
            // Long before a silent socket is asked for anything.
            desk.pass(Duration::from_millis(500));
            assert_eq!(desk.far.count(read), 1, "{model}: nobody reads after {between:?}\n{}", desk.tail());
            drop(socket);
        }
    }
}
