//! A cycle of eDRX is asked for, and what was asked for and what was granted is told, in the words of each family.

use crate::common;

use cellular_nal::control::{AccessTechnology, EdrxCycle};
use cellular_nal::{CmeCode, Duration, Error};
use common::script::{Act, Canned, Desk, lines, up};
use modem_sim::Model;

const TECHNOLOGY: AccessTechnology = AccessTechnology::LteM;

fn cycle(technology: AccessTechnology, millis: u32) -> EdrxCycle {
    EdrxCycle::new(technology, Duration::from_millis(millis)).expect("there is one")
}

/// A modem with these answers to what is asked about eDRX.
fn desk(model: Model, requested: &'static [&'static str], granted: &'static [&'static str]) -> Desk<Canned> {
    up(model, move |command| -> Option<Vec<Act>> {
        match command {
            "AT+CEDRXS?" | "AT+SQNEDRX?" => Some(lines(requested)),
            "AT+CEDRXRDP" => Some(lines(granted)),
            _ => None,
        }
    })
}

#[test]
fn a_cycle_is_asked_for_and_no_more() {
    for (model, on, narrow, off) in [
        (Model::SaraR5, "AT+CEDRXS=1,4,\"0101\"", "AT+CEDRXS=1,5,\"1111\"", "AT+CEDRXS=0"),
        (
            Model::Ryz014a,
            "AT+SQNEDRX=1,4,\"0101\",\"0001\"",
            "AT+SQNEDRX=1,5,\"1111\",\"0001\"",
            "AT+SQNEDRX=0",
        ),
    ] {
        let mut desk = desk(model, &["OK"], &["OK"]);
        let control = desk.control;
        let narrow_cycle = cycle(AccessTechnology::NbIot, 10_000_000);
        for (asked, said) in
            [(Some(cycle(TECHNOLOGY, 80_000)), on), (Some(narrow_cycle), narrow), (None, off)]
        {
            assert_eq!(desk.run(10, control.set_edrx(asked)), Ok(()), "{model}");
            assert_eq!(desk.far.commands.last().map(String::as_str), Some(said), "{model}");
        }
    }
}

#[test]
fn what_was_asked_for_and_what_was_granted_are_told() {
    for (model, requested) in [
        (Model::SaraR5, &["+CEDRXS: 4,\"0101\"", "+CEDRXS: 5,\"1001\"", "OK"][..]),
        (Model::Ryz014a, &["+SQNEDRX: 1,4,\"0101\",\"0001\"", "OK"]),
    ] {
        let mut desk = desk(model, requested, &["+CEDRXRDP: 4,\"0101\",\"0010\",\"0011\"", "OK"]);
        let control = desk.control;
        let edrx = desk.run(10, control.edrx(TECHNOLOGY)).unwrap_or_else(|error| panic!("{model}: {error}"));
        assert_eq!(edrx.requested, Some(cycle(TECHNOLOGY, 81_920)), "{model}");
        assert_eq!(edrx.granted, Some(cycle(TECHNOLOGY, 20_480)), "{model}");
        assert_eq!(edrx.window, Some(Duration::from_millis(5120)), "{model}");
        let edrx = desk.run(10, control.edrx(AccessTechnology::NbIot)).expect("it is told");
        let other = (model == Model::SaraR5).then(|| cycle(AccessTechnology::NbIot, 163_840));
        assert_eq!((edrx.requested, edrx.granted), (other, None), "{model}");
    }
}

#[test]
fn nothing_is_told_where_there_is_nothing() {
    let none: [(Model, &[&str], &[&str]); 4] = [
        (Model::SaraR5, &["+CEDRXS:", "OK"], &["+CEDRXRDP: 0", "OK"]),
        (Model::SaraR5, &["OK"], &["ERROR"]),
        (Model::Ryz014a, &["+SQNEDRX: 0,4,\"0101\",\"0001\"", "OK"], &["+CME ERROR: 4"]),
        (Model::Ryz014a, &["+SQNEDRX: 0", "OK"], &["OK"]),
    ];
    for (model, requested, granted) in none {
        let mut desk = desk(model, requested, granted);
        let control = desk.control;
        assert_eq!(desk.run(10, control.edrx(TECHNOLOGY)), Ok(Default::default()), "{}", desk.tail());
    }
}

#[test]
fn a_modem_that_refuses_is_believed() {
    let mut desk = desk(Model::SaraR5, &["+CME ERROR: 3"], &["OK"]);
    let control = desk.control;
    assert_eq!(desk.run(10, control.edrx(TECHNOLOGY)), Err(Error::Modem(CmeCode::NOT_ALLOWED)));
}

#[test]
fn a_report_of_the_network_is_no_part_of_another_answer() {
    let mut desk = up(Model::SaraR5, |command| {
        (command == "AT+CGMR").then(|| lines(&["+CEDRXP: 4,\"0101\",\"0101\",\"0011\"", "02.06", "OK"]))
    });
    let control = desk.control;
    assert_eq!(desk.run(10, control.revision()).as_deref(), Ok("02.06"), "{}", desk.tail());
}
