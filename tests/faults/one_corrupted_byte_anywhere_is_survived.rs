//! Wherever one bit is turned on the line, all ends in time, and works again.
use crate::common;

use common::faulty;
use modem_sim::line::Faults;
use modem_sim::{Direction, Model};

#[test]
fn one_corrupted_byte_anywhere_is_survived() {
    for &model in Model::ALL {
        for direction in [Direction::ToModem, Direction::ToHost] {
            let survives = |&index: &u64| {
                let faults = Faults { flip_at: vec![index], ..Faults::paced(115_200) };
                faulty::survives(model, direction, faults, nearly)
            };
            let bytes = (0..).take_while(survives).count();
            assert!(bytes > 300, "{model}: only {bytes} bytes went over the line");
        }
    }
}

/// A turned bit inside of payload cannot be noticed; nothing else may differ.
fn nearly(heard: &[u8], said: &[u8]) -> bool {
    heard.len() == said.len() && heard.iter().zip(said).filter(|(a, b)| a != b).count() <= 1
}
