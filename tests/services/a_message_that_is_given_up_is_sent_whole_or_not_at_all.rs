//! A message that is given up anywhere: what the network has got of it is all of it, and the line is free.

use crate::common;

use cellular_nal::control::sms::SmsFormat;
use modem_sim::Model;

const TEXT: &str = "This is one message, and there is no half of it.";

#[test]
fn a_message_that_is_given_up_is_sent_whole_or_not_at_all() {
    for model in [Model::Ryz014a, Model::SaraR5] {
        for format in [SmsFormat::Pdu, SmsFormat::Text] {
            common::dropping::everywhere(
                || common::dropping::narrow(model),
                |world| {
                    let control = world.control;
                    async move { control.sms().with_format(format).send("123", TEXT).await }
                },
                |world, sent| {
                    let control = world.control;
                    let imei = world.run(240, control.imei()).expect("the modem answers the next question");
                    assert_eq!(imei.len(), 15, "{}", world.tail());
                    let got: Vec<_> = world.net.messages().into_iter().map(|got| got.text).collect();
                    assert!(got.is_empty() || got == [TEXT], "{got:?}\n{}", world.tail());
                    assert!(sent.is_none_or(|sent| sent.is_ok() && !got.is_empty()), "{}", world.tail());
                    world.echoes(20);
                    world.leaves_nothing();
                },
            );
        }
    }
}
