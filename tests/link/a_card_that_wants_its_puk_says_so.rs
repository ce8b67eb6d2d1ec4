//! A blocked card gives `PukRequired`; nothing is tried on it, and the link comes up once it is not blocked any more.
use crate::common;

use cellular_nal::{Config, Error};
use common::Setup;
use modem_sim::{Model, Options, Rule};

#[test]
fn a_card_that_wants_its_puk_says_so() {
    for &model in Model::ALL {
        // The wrong PIN, given once, is one too many: its user has to insist.
        let options = Options { pin: Some("1234".into()), puk_after: 1, ..Options::default() };
        let config = Config::new().pin("9999").expect("it is a PIN");
        let mut world = Setup { options, config, record: true, ..Setup::new(model) }.build();
        let control = world.control;
        let spared = world.try_run(60, control.connect());
        assert_eq!(spared, Some(Err(Error::LastPinTry)), "{model}: {}", world.tail());
        control.spend_last_pin_try();
        let refused = world.try_run(60, control.connect());
        assert!(
            matches!(refused, Some(Err(Error::WrongPin | Error::PukRequired))),
            "{model}: {refused:?}\n{}",
            world.tail()
        );
        world.pass_secs(30);
        assert_eq!(
            world.try_run(60, control.connect()),
            Some(Err(Error::PukRequired)),
            "{model}: {}",
            world.tail()
        );
        let tries = world.log.borrow().iter().filter(|line| line.contains("> AT+CPIN=")).count();
        assert_eq!(tries, 1, "{model}: {}", world.tail());
        world.modem.set_pin(world.now, None);
        world.pass_secs(40);
        assert_eq!(world.try_run(10, control.connect()), Some(Ok(())), "{model}: {}", world.tail());
        world.echoes(30);
        world.leaves_nothing_open();
        let breaches: Vec<_> = world.modem.breaches().iter().map(|breach| breach.rule).collect();
        assert_eq!(breaches, [Rule::LastTry], "{model}: only what its user has insisted on");
    }
}
