//! Waiting for a message may be given up anywhere: the next one who waits is told of it.

use crate::common;

use cellular_nal::control::sms::Message;
use modem_sim::Model;

#[test]
fn no_message_is_missed_by_whoever_stops_waiting() {
    for model in [Model::Ryz014a, Model::LenaR8] {
        common::dropping::everywhere(
            || common::dropping::narrow(model),
            |world| {
                let control = world.control;
                world.net.deliver_sms("123", "one");
                async move {
                    control.sms().wait().await?;
                    // It is looked at in the same breath.
                    control.sms().next(0, &mut Message::new()).await.map(|index| index.is_some())
                }
            },
            |world, there| {
                assert!(there.is_none_or(|there| there == Ok(true)), "{there:?}\n{}", world.tail());
                let sms = world.control.sms();
                world.net.deliver_sms("123", "two");
                assert_eq!(world.run(60, sms.wait()), Ok(()), "{}", world.tail());
                world.pass_secs(5);
                let used = world.run(60, sms.store()).map(|store| store.used);
                assert_eq!(used, Ok(2), "{}", world.tail());
                world.leaves_nothing();
            },
        );
    }
}
