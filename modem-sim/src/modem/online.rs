//! The escape sequence of online mode (RYZ014 use cases §6).

use super::Modem;
use super::exec::{Exec, Online};
use crate::reply::Final;

impl Modem {
    pub(super) fn online_byte(&mut self, byte: u8) {
        let now = self.now;
        let guard = self.options.escape_guard;
        let Exec::Online(online) = &mut self.exec else {
            return;
        };
        let id = online.id;
        let quiet = online.plus > 0 || now >= online.last_data + guard;
        if byte == b'+' && quiet && online.plus < 3 {
            online.plus += 1;
            online.escape_due = Some(now + guard);
            return;
        }
        let mut data = vec![b'+'; usize::from(online.plus)];
        data.push(byte);
        online.plus = 0;
        online.escape_due = None;
        online.last_data = now;
        self.online_data(id, &data);
    }

    /// The guard time after `+++`, and the end of the connection.
    pub(super) fn online_step(&mut self) -> bool {
        let now = self.now;
        let Exec::Online(Online { id, plus, escape_due, last_data, .. }) = &mut self.exec else {
            return false;
        };
        let id = *id;
        if escape_due.is_some_and(|due| due <= now) {
            let count = std::mem::take(plus);
            *escape_due = None;
            if count == 3 {
                self.assemble(id, true);
                self.addressed = None;
                self.print_final(Final::Ok);
            } else {
                *last_data = now;
                self.online_data(id, &vec![b'+'; usize::from(count)]);
            }
            return true;
        }
        if self.online_over(id) {
            self.addressed = None;
            self.print_final(Final::NoCarrier);
            return true;
        }
        false
    }
}
