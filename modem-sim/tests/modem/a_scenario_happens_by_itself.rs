//! What is planned happens at its time, whatever the host does.
use crate::common;

use std::time::Duration;

use common::{Rig, running};
use modem_sim::{Fault, Happening, Model, Options, Recovery, Registration};

fn at(seconds: u64, what: Happening) -> (Duration, Happening) {
    (Duration::from_secs(seconds), what)
}

#[test]
fn the_sim_goes_and_comes_back() {
    for &model in Model::KNOWN {
        let scenario = vec![at(10, Happening::SimOut), at(20, Happening::SimIn)];
        let mut rig = Rig::new(model, Options { scenario, ..running() });
        rig.ok("AT+CMEE=1");
        rig.ok("AT+CPIN?");
        rig.pass_ms(12_000);
        assert!(rig.command("AT+CPIN?").contains("+CME ERROR: 10"), "{model}");
        assert!(rig.ok("AT+CEREG?").contains(",0"), "{model}");
        rig.pass_ms(20_000);
        assert!(rig.ok("AT+CPIN?").contains("READY"), "{model}");
        assert!(rig.ok("AT+CEREG?").contains(",1"), "{model}");
    }
}

#[test]
fn an_hour_passes_without_a_network() {
    for &model in Model::KNOWN {
        let scenario = vec![
            at(10, Happening::Network(Registration::Never)),
            at(3610, Happening::Network(Registration::Roaming)),
        ];
        let mut rig = Rig::new(model, Options { scenario, ..running() });
        rig.ok("AT+CEREG=1");
        rig.wait_for(b"+CEREG: 2\r\n");
        rig.pass(Duration::from_secs(3599));
        assert!(!rig.printed().contains("+CEREG"), "{model}");
        rig.wait_for(b"+CEREG: 5\r\n");
    }
}

#[test]
fn a_brown_out_and_a_fault_come_in_the_middle_of_everything() {
    for &model in Model::KNOWN {
        for millisecond in (0..4000).step_by(499) {
            let scenario = vec![
                (Duration::from_millis(millisecond), Happening::BrownOut(Duration::from_millis(50))),
                (Duration::from_millis(5000 + millisecond), Happening::Fault(Fault::Deaf(Recovery::Command))),
            ];
            let mut rig = Rig::new(model, Options { scenario, ..Options::default() });
            for _ in 0..200 {
                rig.send(b"AT+CFUN=1\r");
                rig.pass_ms(100);
            }
            rig.printed();
            rig.ok("AT");
            assert!(!rig.modem.is_deaf(), "{model}, {millisecond} ms");
        }
    }
}
