//! Listening (SARA/LEXI internet applications §5.2, LENA-R8 application development §9.2.2).

use std::collections::BTreeMap;

use super::{Socket, State, errno};
use crate::command::Command;
use crate::modem::{Modem, Step};
use crate::network::Handle;
use crate::reply::{Final, NOT_ALLOWED};

impl Modem {
    /// `AT+USOLI=<id>,<port>`. The documents show TCP only; a UDP socket is refused.
    pub(super) fn usoli(&mut self, command: &Command) -> Result<Step, Final> {
        let id = self.socket_id(command)?;
        let port = command.port(1)?;
        let reachable = self.data_context().is_some();
        let s = self.ublox.socket(id)?;
        if !s.tcp || s.state != State::Created || !reachable {
            return Err(NOT_ALLOWED);
        }
        let net = self.net.listen(port).map_err(|failure| {
            self.ublox.last_error = errno(failure);
            NOT_ALLOWED
        })?;
        let s = self.ublox.socket(id)?;
        s.net = Some(net);
        s.local_port = Some(port);
        s.state = State::Listening;
        Ok(Final::Ok.into())
    }

    /// A connection gets "the first integer identifier available"; without one it is refused.
    pub(super) fn pump_listener(&mut self, listener: u8, net: Handle) -> bool {
        let mut any = false;
        while let Some((tcp, from)) = self.net.accepted(net) {
            any = true;
            let Some(id) = self.ublox.sockets.iter().position(Option::is_none) else {
                self.net.abort(tcp);
                continue;
            };
            let mut s = Socket::new(true, Some(self.net.local_port(tcp)), Some(tcp));
            s.state = State::Open;
            s.remote = Some(from);
            s.accepted = Some(listener);
            self.ublox.sockets[id] = Some(s);
        }
        any
    }

    /// +UUSOLI of every socket for which it is due.
    pub(super) fn accepted_lines(&self) -> BTreeMap<u8, Vec<u8>> {
        let address = self.options.address;
        let mut lines = BTreeMap::new();
        for (id, s) in (0..).zip(&self.ublox.sockets) {
            if let Some(s) = s
                && let (Some(listener), Some(from), Some(port)) = (s.accepted, s.remote, s.local_port)
            {
                let (ip, far) = (from.ip(), from.port());
                let line = format!("+UUSOLI: {id},\"{ip}\",{far},{listener},\"{address}\",{port}");
                lines.insert(id, line.into_bytes());
            }
        }
        lines
    }
}
