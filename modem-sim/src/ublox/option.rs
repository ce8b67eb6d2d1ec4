//! Socket options.

use crate::command::Command;
use crate::modem::{Modem, Step};
use crate::reply::{BAD_PARAMETERS, Final};

/// A socket option: level, number, largest value, default, and the same of a second value.
struct Known {
    level: u32,
    number: u32,
    most: u32,
    default: u32,
    second: Option<(u32, u32)>,
}

/// A switch that is off by default.
const fn switch(level: u32, number: u32) -> Known {
    Known { level, number, most: 1, default: 0, second: None }
}

/// Keep-alive (8) and linger (128) are those of SARA/LEXI internet applications §5.4 and §A.1.1; the
/// idle time of keep-alive (level 6, 2) counts in milliseconds. Type of service, time to live, no
/// delay, reuse and broadcast stand in no document; their defaults are those of every IP stack.
const KNOWN: &[Known] = &[
    Known { level: 0, number: 1, most: 255, default: 0, second: None },
    Known { level: 0, number: 2, most: 255, default: 255, second: None },
    switch(6, 1),
    Known { level: 6, number: 2, most: i32::MAX as u32, default: 7_200_000, second: None },
    switch(65535, 4),
    switch(65535, 8),
    switch(65535, 32),
    Known { level: 65535, number: 128, most: 1, default: 0, second: Some((32767, 0)) },
    switch(65535, 512),
];

fn known(command: &Command) -> Result<&'static Known, Final> {
    let (level, number) = (command.number(1)?, command.number(2)?);
    KNOWN.iter().find(|k| k.level == level && k.number == number).ok_or(BAD_PARAMETERS)
}

impl Modem {
    /// `AT+USOSO=<id>,<level>,<option>,<value>[,<value2>]`.
    pub(super) fn usoso(&mut self, command: &Command) -> Result<Step, Final> {
        let id = self.socket_id(command)?;
        let option = known(command)?;
        let first = command.within(3, 0, option.most)?;
        let mut values = vec![first];
        match option.second {
            // Only what is switched on needs a second value.
            Some((most, default)) if first == 0 => values.push(command.within_or(4, 0, most, default)?),
            Some((most, _)) => values.push(command.within(4, 0, most)?),
            None if command.len() > 4 => return Err(BAD_PARAMETERS),
            None => {}
        }
        self.ublox.socket(id)?.options.insert((option.level, option.number), values);
        Ok(Final::Ok.into())
    }

    /// `AT+USOGO=<id>,<level>,<option>`.
    pub(super) fn usogo(&mut self, command: &Command) -> Result<Step, Final> {
        let id = self.socket_id(command)?;
        let option = known(command)?;
        let set = self.ublox.socket(id)?.options.get(&(option.level, option.number)).cloned();
        let values = set.unwrap_or_else(|| {
            [option.default].into_iter().chain(option.second.map(|(_, default)| default)).collect()
        });
        let values: Vec<_> = values.iter().map(u32::to_string).collect();
        self.info(format!("+USOGO: {}", values.join(",")));
        Ok(Final::Ok.into())
    }
}
