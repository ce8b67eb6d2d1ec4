//! Wherever one byte is lost on the line, what arrives is right, all ends in time, and works again.
use crate::common;

use common::faulty;
use modem_sim::line::Faults;
use modem_sim::{Direction, Model};

#[test]
fn one_lost_byte_anywhere_never_damages_data() {
    for &model in Model::ALL {
        for direction in [Direction::ToModem, Direction::ToHost] {
            let survives = |&index: &u64| {
                let faults = Faults { lose_at: vec![index], ..Faults::paced(115_200) };
                faulty::survives(model, direction, faults, |heard, said| heard == said)
            };
            let bytes = (0..).take_while(survives).count();
            assert!(bytes > 300, "{model}: only {bytes} bytes went over the line");
        }
    }
}
