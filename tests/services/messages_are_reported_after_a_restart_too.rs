//! A modem that has started anew has forgotten that it is to report messages: those that came in meanwhile are found, and
//! it is told again.

use crate::common;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use cellular_nal::control::sms::Message;
use modem_sim::Model;

#[test]
fn messages_are_reported_after_a_restart_too() {
    for &model in Model::KNOWN {
        let mut world = common::up(model);
        let (control, sms) = (world.control, world.control.sms());
        assert_eq!(world.try_run(20, sms.wait()), None, "{model}: there is none");
        {
            // Somebody waits all the time.
            let mut waiting = pin!(sms.wait());
            assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            assert_eq!(world.run(120, control.restart()), Ok(()), "{model}");
            world.net.deliver_sms("123", "while it was away");
            assert_eq!(world.run(300, control.connect()), Ok(()), "{model}");
            assert_eq!(world.run(300, waiting), Ok(()), "{model}");
        }
        let mut message = Message::new();
        let mut read = |world: &mut common::World| {
            let index = world.run(60, sms.next(0, &mut message)).expect("an answer").expect("a message");
            assert_eq!(world.run(60, sms.delete(index)), Ok(()), "{model}");
            message.text().map(str::to_owned)
        };
        assert_eq!(read(&mut world).as_deref(), Some("while it was away"), "{model}");
        assert_eq!(world.try_run(20, sms.wait()), None, "{model}: it has been told");
        world.net.deliver_sms("123", "afterwards");
        assert_eq!(world.run(60, sms.wait()), Ok(()), "{model}");
        assert_eq!(read(&mut world).as_deref(), Some("afterwards"), "{model}");
        world.no_breach();
    }
}
