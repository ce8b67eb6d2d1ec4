//! Wherever one byte is lost on the line while messages are sent and read in PDU mode: none arrives that is not what was
//! said, all ends in time, and works again.

use crate::common;

use cellular_nal::Error;
use cellular_nal::control::Control;
use cellular_nal::control::sms::Message;
use common::{Setup, World};
use modem_sim::line::Faults;
use modem_sim::{Direction, Model};

const SAID: &str = "Two messages, 0123456789";
const HEARD: &str = "went over a bad line.";

/// Sends one message and reads one.
async fn converse(control: Control<'_>, message: &mut Message) -> Result<bool, Error> {
    let sms = control.sms();
    sms.send("+15557654321", SAID).await?;
    sms.wait().await?;
    let Some(index) = sms.next(0, message).await? else { return Ok(false) };
    sms.delete(index).await?;
    Ok(true)
}

fn up(model: Model) -> World {
    let mut world = Setup { record: true, ..Setup::new(model) }.build();
    world.bring_up();
    world.pass_secs(1);
    world
}

/// False when the conversation is shorter than that.
fn survives(model: Model, direction: Direction, place: u64) -> bool {
    let mut world = up(model);
    world.net.deliver_sms("456", HEARD);
    world.pass_secs(1);
    let begin = world.line.counters(direction).pushed;
    world.line.set_faults(direction, Faults { lose_at: vec![begin + place], ..Faults::paced(115_200) });
    let control = world.control;
    let mut message = Message::new();
    let outcome = world.try_run(600, converse(control, &mut message));
    let context = format!("{model} {direction:?} {place}");
    let lost = world.line.counters(direction).lost;
    assert!(outcome.is_some(), "{context}: it hangs\n{}", world.tail());
    if let Some(Ok(true)) = outcome {
        assert_eq!(
            (message.number.as_str(), message.text()),
            ("456", Some(HEARD)),
            "{context}\n{}",
            world.tail()
        );
    }
    for got in world.net.messages() {
        assert_eq!(got.text, SAID, "{context}\n{}", world.tail());
    }
    world.recovers(600);
    let again = world.run(600, control.sms().send("123", SAID));
    assert!(again.is_ok(), "{context}: {again:?}\n{}", world.tail());
    lost > 0
}

#[test]
fn one_lost_byte_never_changes_a_message() {
    for model in [Model::Ryz014a, Model::SaraR5] {
        for direction in [Direction::ToModem, Direction::ToHost] {
            let bytes = (0..).take_while(|&place| survives(model, direction, place)).count();
            assert!(bytes > 100, "{model}: only {bytes} bytes went over the line");
        }
    }
}
