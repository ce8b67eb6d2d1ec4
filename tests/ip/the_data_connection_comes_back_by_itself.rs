//! However the data connection ends, its sockets end with an error, and a connect waits until it is there again.
use crate::common;

use common::conversation::{echo, tcp};
use common::{ECHO, Mode, Setup, World};
use embedded_io_async::Read;
use modem_sim::{DialupEnd, Model, Registration};

const MODES: [Mode; 2] = [Mode::Ppp, Mode::Cmux];

fn world(model: Model, mode: Mode, change: impl FnOnce(&mut modem_sim::DialupOptions)) -> World {
    let mut setup = Setup { mode, record: true, ..Setup::new(model) };
    change(&mut setup.options.dialup);
    let mut world = setup.build();
    world.ip_up();
    world
}

/// A connection that stands ends with an error, and a new one works within `secs`.
fn comes_back(world: &mut World, secs: u64, what: &str, cut: impl FnOnce(&mut World)) {
    let (stack, _) = world.ip.expect("there is a stack");
    let mut old = world.run(60, tcp(stack, ECHO)).expect("it connects");
    cut(world);
    let ended = world.try_run(secs, old.read(&mut [0; 8]));
    assert!(matches!(ended, Some(Err(_))), "{what}: {ended:?}\n{}", world.tail());
    drop(old);
    // Waiting is all that the user does.
    let start = world.now;
    let heard = loop {
        match world.try_run(secs, echo(stack, b"are you there?")) {
            Some(Ok(heard)) => break heard,
            other if (world.now - start).as_secs() > secs => panic!("{what}: {other:?}\n{}", world.tail()),
            _ => world.pass_secs(1),
        }
    };
    assert_eq!(heard, b"are you there?", "{what}");
}

#[test]
fn after_coverage_was_lost() {
    for model in [Model::SaraR5, Model::SaraR42] {
        for mode in MODES {
            for end in [DialupEnd::Terminate, DialupEnd::NoCarrier, DialupEnd::Silent] {
                let what = format!("{model} {mode:?} {end:?}");
                let mut world = world(model, mode, |dialup| dialup.end = end);
                comes_back(&mut world, 300, &what, |world| {
                    world.modem.set_registration(world.now, Registration::Lost);
                    world.pass_secs(20);
                    world.modem.set_registration(world.now, Registration::Home);
                });
            }
        }
    }
}

#[test]
fn after_the_modem_has_restarted_or_had_no_power() {
    for mode in MODES {
        let mut world = world(Model::SaraR5, mode, |_| {});
        comes_back(&mut world, 300, &format!("{mode:?} restart"), |world| world.modem.reboot(world.now));
        comes_back(&mut world, 300, &format!("{mode:?} power"), |world| {
            world.modem.power(world.now, false);
            world.pass_secs(30);
            world.modem.power(world.now, true);
        });
    }
}

#[test]
fn after_the_cable_was_pulled() {
    for mode in MODES {
        let mut world = world(Model::SaraR5, mode, |_| {});
        comes_back(&mut world, 600, &format!("{mode:?}"), |world| {
            world.plug(false);
            world.pass_secs(60);
            world.plug(true);
        });
    }
}

#[test]
fn after_it_was_taken_down_by_its_user() {
    for mode in MODES {
        let mut world = world(Model::SaraR5, mode, |_| {});
        let control = world.control;
        world.run(120, control.disconnect());
        let (stack, _) = world.ip.expect("there is a stack");
        let refused = world.run(10, echo(stack, b"x"));
        assert_eq!(refused, Err(cellular_nal::Error::LinkDown), "{mode:?}");
        world.ip_up();
        assert_eq!(world.run(60, echo(stack, b"x")), Ok(b"x".to_vec()), "{mode:?}");
    }
}

#[test]
fn wrong_credentials_are_told_and_tried_on() {
    for mode in MODES {
        let mut setup = Setup { mode, record: true, ..Setup::new(Model::SaraR5) };
        setup.options.dialup.authentication = modem_sim::Authentication::Chap;
        setup.options.dialup.credentials = Some(("user".to_owned(), "secret".to_owned()));
        setup.ppp = cellular_nal::ppp::Config::new(1).credentials("user", "wrong").expect("it is short");
        let mut world = setup.build();
        world.bring_up();
        let (stack, _) = world.ip.expect("there is a stack");
        let refused = world.run(120, echo(stack, b"x"));
        assert_eq!(refused, Err(cellular_nal::Error::Refused), "{mode:?}\n{}", world.tail());
    }
}

#[test]
fn the_right_credentials_are_accepted() {
    use modem_sim::Authentication;
    for kind in [Authentication::Pap, Authentication::Chap] {
        let mut setup = Setup { mode: Mode::Ppp, ..Setup::new(Model::SaraR5) };
        setup.options.dialup.authentication = kind;
        setup.options.dialup.credentials = Some(("user".to_owned(), "secret".to_owned()));
        setup.ppp = cellular_nal::ppp::Config::new(1).credentials("user", "secret").expect("it is short");
        let mut world = setup.build();
        world.ip_up();
        let (stack, _) = world.ip.expect("there is a stack");
        assert_eq!(world.run(60, echo(stack, b"x")), Ok(b"x".to_vec()), "{kind:?}");
    }
}
