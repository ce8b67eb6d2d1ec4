//! The packet data connection that sockets and name server use (SARA/LEXI internet applications
//! §2.3, LENA-R8 application development §7.2).

use super::traits::PacketData;
use crate::command::{Command, Form};
use crate::modem::{Modem, Step};
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED};

/// "IP type configuration mismatch" (§2.3.1).
const MISMATCH: Final = Final::Cme(4001);

/// Profile 0; there are others, but only one can be active (§2.3).
#[derive(Debug, Default)]
pub(crate) struct Profile {
    protocol: Option<u32>,
    /// Mapped context.
    cid: Option<u32>,
    active: bool,
}

impl Modem {
    fn packet_data(&self) -> PacketData {
        self.model.ublox().map_or(PacketData::Registration, |traits| traits.packet_data)
    }

    /// The context that sockets use, if there is one.
    pub(crate) fn data_context(&self) -> Option<u32> {
        if !self.attached() {
            return None;
        }
        match self.packet_data() {
            PacketData::Registration => Some(1),
            PacketData::Profile { .. } => self.ublox.profile.cid.filter(|_| self.ublox.profile.active),
            PacketData::MappedContext => self.ublox.profile.cid.filter(|cid| self.activated().contains(cid)),
            // LENA-R8 application development §7.2.2: sockets use the first activated context,
            PacketData::OwnContext => self.activated().first().copied(),
        }
    }

    /// The context over which names are resolved, if there is one.
    pub(crate) fn dns_context(&self) -> Option<u32> {
        if self.model.ublox().is_some_and(|traits| self.attached_within(traits.dns_settles)) {
            return None;
        }
        match self.packet_data() {
            // "Only DNS and PING functionality ... use the last activated context".
            PacketData::OwnContext if self.attached() => self.activated().last().copied(),
            _ => self.data_context(),
        }
    }

    /// Bytes of open sockets flow. Modules that have their context from the registration keep
    /// them flowing through a loss of coverage, which the simulator does not look into.
    pub(super) fn data_flows(&self) -> bool {
        self.packet_data() == PacketData::Registration || self.data_context().is_some()
    }

    /// Nothing of a detached module stays active. With SARA-R42 the mapping goes too: it is that
    /// command that "activates the PS data connection" (§2.3).
    pub(crate) fn packet_data_lost(&mut self) {
        self.heal_context();
        self.ublox.profile.active = false;
        if self.packet_data() == PacketData::MappedContext {
            self.ublox.profile.cid = None;
        }
    }

    /// A previous host has left profile 0 active.
    pub(crate) fn stale_profile(&mut self) {
        self.ublox.profile = Profile { protocol: None, cid: Some(1), active: true };
    }

    /// `AT+UPSD=0,<tag>[,<value>]`.
    pub(super) fn upsd(&mut self, command: &Command) -> Result<Step, Final> {
        let mapped = self.packet_data() == PacketData::MappedContext;
        match command.form {
            Form::Test => return Ok(Final::Ok.into()),
            Form::Set => {}
            Form::Read | Form::Action => return Err(Final::Error),
        }
        command.within(0, 0, 0)?;
        let tag = command.number(1)?;
        if command.len() == 2 {
            let value = match tag {
                0 => self.protocol(),
                100 => self.ublox.profile.cid.unwrap_or(0),
                _ => return Err(BAD_PARAMETERS),
            };
            self.info(format!("+UPSD: 0,{tag},{value}"));
            return Ok(Final::Ok.into());
        }
        if self.ublox.profile.active {
            return Err(NOT_ALLOWED);
        }
        match tag {
            0 => self.ublox.profile.protocol = Some(command.within(2, 0, 3)?),
            100 => {
                let cid = self.cid(command, 2)?;
                // §2.3: "after the +CGDCONT AT command returns that the context is active".
                self.ublox.profile.cid = Some(cid).filter(|cid| !mapped || self.is_active(*cid));
            }
            // Name servers, authentication and the rest do nothing here.
            _ => {}
        }
        Ok(Final::Ok.into())
    }

    fn protocol(&self) -> u32 {
        let default = match self.packet_data() {
            PacketData::Profile { protocol, .. } => protocol,
            _ => 0,
        };
        self.ublox.profile.protocol.unwrap_or(default)
    }

    /// The table of §2.3.1.
    fn types_match(&self, cid: u32) -> bool {
        let fits = |kind: &str| match kind {
            "IPV4V6" => matches!(self.protocol(), 2 | 3),
            "IPV6" => self.protocol() == 1,
            _ => self.protocol() == 0,
        };
        let assigned = matches!(self.packet_data(), PacketData::Profile { assigned_type: true, .. });
        // The simulated network gives nothing but IPv4 addresses.
        self.context_type(cid).is_some_and(|kind| fits(kind) || assigned && fits("IP"))
    }

    /// `AT+UPSDA=0,<action>`: OK comes before the address.
    pub(super) fn upsda(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        command.within(0, 0, 0)?;
        match command.within(1, 0, 4)? {
            3 => {
                let cid = self.ublox.profile.cid.ok_or(NOT_ALLOWED)?;
                if self.ublox.profile.active || !self.is_active(cid) {
                    return Err(NOT_ALLOWED);
                }
                if !self.types_match(cid) {
                    return Err(MISMATCH);
                }
                self.profile_soon();
            }
            4 if self.ublox.profile.active => {
                self.packet_data_lost();
                self.drop_sockets();
            }
            4 => return Err(NOT_ALLOWED),
            0 => self.ublox.profile = Profile::default(),
            _ => {}
        }
        Ok(Final::Ok.into())
    }

    /// The activation that `+UPSDA` has asked for is done.
    pub(crate) fn profile_is_active(&mut self) {
        if let Some(cid) = self.ublox.profile.cid.filter(|cid| self.is_active(*cid)) {
            self.ublox.profile.active = true;
            let text = format!("+UUPSDA: 0,\"{}\"", self.address_of(cid));
            self.urc(&text);
        }
    }

    /// `AT+UPSND=0,<what>`: 0 the address, 1 and 2 the name servers, 8 whether the profile is
    /// active. The documents name the command only.
    pub(super) fn upsnd(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(Final::Ok.into());
        }
        command.within(0, 0, 0)?;
        let what = command.number(1)?;
        let cid = self.data_context();
        let text = |text: String| format!("\"{text}\"");
        let value = match (what, cid) {
            (8, _) => u8::from(cid.is_some()).to_string(),
            (0..=2, None) => text(String::new()),
            (0, Some(cid)) => text(self.address_of(cid).to_string()),
            (1, _) => text("10.0.0.1".to_owned()),
            (2, _) => text("10.0.0.2".to_owned()),
            _ => return Err(BAD_PARAMETERS),
        };
        self.info(format!("+UPSND: 0,{what},{value}"));
        Ok(Final::Ok.into())
    }
}
