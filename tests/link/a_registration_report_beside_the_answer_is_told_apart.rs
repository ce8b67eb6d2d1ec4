//! The answer to `AT+CEREG?` and the report begin alike; whichever order they come in, the last word counts.
use crate::common;

use std::time::Duration;

use cellular_nal::Config;
use common::script::{Canned, Desk, lines};
use modem_sim::Model;

#[test]
fn a_registration_report_beside_the_answer_is_told_apart() {
    for &model in Model::ALL {
        let registered: [&[&str]; 7] = [
            &["+CEREG: 2", "+CEREG: 2,1", "OK"],
            &["+CEREG: 2", "+CEREG: 2,1,\"0002\",\"01A22002\",7", "OK"],
            &["+CEREG: 2,2", "+CEREG: 1", "OK"],
            &["+CEREG: 2,2", "+CEREG: 1,\"0002\",\"01A22002\",7", "OK"],
            &["+CEREG: 2,2", "OK", "+CEREG: 5,\"0002\",\"01A22002\",7"],
            &["+CEREG:2,5", "OK"],
            &["+CEREG: 2,1,\"0002\",\"01A22002\",7,,,\"00000000\",\"00000000\"", "OK"],
        ];
        for answer in registered {
            let far = Canned::new(model, move |command| (command == "AT+CEREG?").then(|| lines(answer)));
            let mut desk = Desk::new(model, Config::new(), far);
            let control = desk.control;
            assert_eq!(
                desk.try_run(5, control.connect()),
                Some(Ok(())),
                "{model}: {answer:?}\n{}",
                desk.tail()
            );
            desk.echoes(10);
        }
        let searching: [&[&str]; 3] = [
            &["+CEREG: 1", "+CEREG: 2,2", "OK"],
            &["+CEREG: 2,1", "+CEREG: 2", "OK"],
            &["+CEREG: 2,2", "OK"],
        ];
        for answer in searching {
            let far = Canned::new(model, move |command| (command == "AT+CEREG?").then(|| lines(answer)));
            let mut desk = Desk::new(model, Config::new(), far);
            let control = desk.control;
            assert_eq!(
                desk.try_run(30, control.connect()),
                None,
                "{model}: {answer:?} is not registered\n{}",
                desk.tail()
            );
            desk.pass(Duration::from_secs(1));
            assert!(!control.status().is_registered(), "{model}: {answer:?}");
        }
    }
}
