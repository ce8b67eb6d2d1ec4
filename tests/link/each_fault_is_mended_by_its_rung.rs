//! Each fault is mended by the first rung of the ladder that helps, with no action by the user, in a bounded time; the rung
//! and its reason are told. With `--nocapture` the seconds until service are printed for each model.
use crate::common;

use cellular_nal::{Config, Error, Pin, Rung};
use common::conversation::{read_to_end, tcp};
use common::{ECHO, Setup};
use modem_sim::{Fault, Model, Recovery};

/// What goes wrong, which pins there are, which rung mends it and why it is climbed, and the seconds until service at most.
type Case = (&'static str, Fault, &'static [Pin], Rung, Error, u64);

const CASES: &[Case] = &[
    ("hears the restart", Fault::Deaf(Recovery::Restart), &[], Rung::Restart, Error::NoModem, 120),
    ("hears the detach", Fault::Deaf(Recovery::Radio), &[], Rung::Restart, Error::NoModem, 120),
    ("wants its reset", Fault::Deaf(Recovery::ResetPin), &[Pin::Reset], Rung::Reset, Error::NoModem, 120),
    ("wants its key", Fault::Deaf(Recovery::PowerKey), &[Pin::PowerKey], Rung::PowerKey, Error::NoModem, 240),
    (
        "wants its key, has both",
        Fault::Deaf(Recovery::PowerKey),
        &[Pin::Reset, Pin::PowerKey],
        Rung::PowerKey,
        Error::NoModem,
        240,
    ),
    (
        "registers after detach",
        Fault::Registration(Recovery::Radio),
        &[],
        Rung::Radio,
        Error::NotRegistered,
        240,
    ),
    (
        "registers after restart",
        Fault::Registration(Recovery::Restart),
        &[],
        Rung::Restart,
        Error::NotRegistered,
        660,
    ),
    (
        "registers after reset",
        Fault::Registration(Recovery::ResetPin),
        &[Pin::Reset],
        Rung::Reset,
        Error::NotRegistered,
        1400,
    ),
    ("context carries nothing", Fault::Context, &[], Rung::Radio, Error::Timeout, 900),
];

#[test]
fn each_fault_is_mended_by_its_rung() {
    let mut table = format!("{:24}", "seconds until service");
    Model::KNOWN.iter().for_each(|model| table += &format!(" {:>11}", model.to_string()));
    for &(name, fault, pins, rung, reason, limit) in CASES {
        table += &format!("\n{name:24}");
        for &model in Model::KNOWN {
            if pins == [Pin::PowerKey] && !model.is_ublox() || rung == Rung::PowerKey && !model.is_ublox() {
                table += &format!(" {:>11}", "–");
                continue;
            }
            let mut world = Setup { config: Config::new(), record: true, ..Setup::new(model) }.build();
            world.wire(pins);
            world.bring_up();
            let (control, stack) = (world.control, world.stack);
            let mut socket = world.run(30, tcp(stack, ECHO)).expect("it connects");
            let start = world.now;
            world.modem.fail(start, fault);
            if fault != Fault::Context {
                let ended = world.try_run(400, read_to_end(&mut socket));
                assert!(matches!(ended, Some(Err(_))), "{model} {name}: {ended:?}\n{}", world.tail());
            }
            drop(socket);
            let said = b"is anybody there?";
            loop {
                let heard = world.try_run(200, common::conversation::echo(stack, said));
                if heard.is_some_and(|heard| heard.as_deref() == Ok(&said[..])) {
                    break;
                }
                world.pass_secs(1);
                let gone = (world.now - start).as_secs();
                assert!(
                    gone < limit,
                    "{model} {name}: no service after {gone} s: {:?}\n{}",
                    control.status().recovery(),
                    world.tail()
                );
            }
            let recovery = control.status().recovery().expect("something was done");
            // Where the context is an internal profile, it can be taken down alone.
            let profile = matches!(model, Model::SaraR500b | Model::SaraR501b);
            let rung = if fault == Fault::Context && profile { Rung::Context } else { rung };
            assert_eq!(
                (recovery.rung(), recovery.reason()),
                (rung, reason),
                "{model} {name}: {}",
                world.tail()
            );
            table += &format!(" {:11.0}", (world.now - start).as_secs_f64());
            world.leaves_nothing_open();
        }
    }
    println!("{table}");
}
