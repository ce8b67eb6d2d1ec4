//! A peer that has gone silent does not agree to the end of its data connection. Where DTR is wired, a modem is called back
//! by that, and nothing is typed into a connection that may still stand.
use crate::common;

use std::time::Duration;

use cellular_nal::Pin;
use common::conversation::echo;
use common::{Mode, Setup};
use modem_sim::Model;

/// What is sent from the connection on until data flows again over a modem that falls silent in its data connection.
fn sent(model: Model, pins: &[Pin]) -> Vec<String> {
    let mut setup = Setup { mode: Mode::Ppp, record: true, ..Setup::new(model) };
    setup.options.dialup.silent_after = Some(Duration::from_secs(20));
    let mut world = setup.build();
    world.wire(pins);
    world.ip_up();
    let before = world.log.borrow().len();
    world.pass_secs(19);
    let (stack, _) = world.ip.expect("there is a stack");
    let start = world.now;
    while !matches!(world.try_run(60, echo(stack, b"are you there?")), Some(Ok(_))) {
        assert!((world.now - start).as_secs() < 300, "{model} {pins:?}: {}", world.tail());
        world.pass_secs(1);
    }
    world.no_breach();
    let log = world.log.borrow();
    log[before..].iter().filter(|line| line.contains("> ")).cloned().collect()
}

fn escapes(sent: &[String]) -> usize {
    sent.iter().filter(|line| line.contains("+++")).count()
}

#[test]
fn with_dtr_nothing_has_to_be_typed_for_it() {
    for model in [Model::SaraR5, Model::SaraR42, Model::LenaR8] {
        let sent = sent(model, &[Pin::Dtr]);
        assert_eq!(escapes(&sent), 0, "{model}: {sent:#?}");
    }
}

#[test]
fn without_dtr_it_is_left_by_an_escape() {
    for model in [Model::SaraR5, Model::SaraR42, Model::LenaR8] {
        let sent = sent(model, &[]);
        assert!(escapes(&sent) > 0, "{model}: {sent:#?}");
    }
}

#[test]
fn a_modem_that_does_not_heed_dtr_is_left_by_an_escape() {
    // Sequans modems: the simulated ones have `&D0` at their start.
    let sent = sent(Model::Ryz014a, &[Pin::Dtr]);
    assert!(escapes(&sent) > 0, "{sent:#?}");
}
