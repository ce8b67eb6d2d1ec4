//! Peers glue a line that they do not know to the next answer.
use crate::common;

use common::script;
use modem_sim::Model;

#[test]
fn an_unknown_line_before_an_answer_is_no_part_of_it() {
    for &model in Model::ALL {
        for unknown in ["+UUNKNOWN: 1", "hello", "+CSQX: 3", "+CS: 31", "OK then", "CSQ: 31,99"] {
            let answer = ["+CSQ: 7,99", "OK"];
            let mut desk = script::up(model, move |command| {
                (command == "AT+CSQ").then(|| script::lines(&[unknown, answer[0], answer[1]]))
            });
            let control = desk.control;
            let status = desk.run(10, control.refresh()).expect("the status is read");
            assert_eq!(status.signal_dbm(), Some(-99), "{model}: {unknown}\n{}", desk.tail());
            assert_eq!(status.operator(), "Dull", "{model}: {unknown}");
        }
    }
}
