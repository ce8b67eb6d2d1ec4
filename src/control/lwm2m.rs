//! Firmware by LwM2M: the servers of a Sequans modem, how it is registered there, and what it reports.
//!
//! Source: "RYZ014 Firmware Over-the-Air Upgrade", cited as "RYZ014 FOTA".

use heapless::Vec;

use super::Control;
use super::turn::{Lines, Turn};
use crate::at::CommandWriter;
use crate::dialect::{FirmwareUpdate, Step};
use crate::error::Error;
use crate::time::Duration;

const STATUS: Step = Step::new("+SQNDMST").lines("+SQNDMST", false).timeout(Duration::from_secs(30));
const CONFIGURE: Step = Step::new("+SQNDMCFG").timeout(Duration::from_secs(30));
const REPORTS: Step = Step::new("+SQNFOTACFG").timeout(Duration::from_secs(30));
const MANUFACTURING: Step = Step::new("+CFUN=5").timeout(Duration::from_secs(60));

/// The profile of a modem that belongs to no operator (RYZ014 FOTA §4.3.1.2).
const PROFILE: &[u8] = b"standard";

/// How far the registration with a server is (RYZ014 FOTA §6.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RegistrationState {
    /// `BS_HOLD_OFF`: the bootstrap waits for its timer.
    HoldOff,
    /// `BS_INITIATED`: it has been asked for.
    Initiated,
    /// `BS_FINISHED`.
    Finished,
    /// `BS_FAILING`, `BS_FAILED`, `REG_FAILED`.
    Failed,
    /// `REGISTERED`.
    Registered,
    /// `REG_PENDING`, `REG_UPDATE_PENDING`, `REG_UPDATE_NEEDED`, `REG_NEEDED`.
    Pending,
    /// `DEREGISTERED`, `DEREG_PENDING`.
    Deregistered,
    /// Another word.
    Other,
}

/// A LwM2M server, and how the modem is registered with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Registration {
    /// The server's short id.
    pub server: u16,
    /// Whether it is a bootstrap server; otherwise one for device management.
    pub bootstrap: bool,
    /// How far it is.
    pub state: RegistrationState,
    /// The hold-off time of a bootstrap server, the lifetime of a registration, in seconds.
    pub lifetime: Option<u32>,
    /// Seconds until the bootstrap or the next update; `None` while it is under way, or done.
    pub next: Option<u32>,
}

/// A LwM2M server that new firmware is to come from.
#[derive(Clone, Copy)]
pub struct DeviceServer<'a> {
    /// Its short id, from 1 on.
    pub id: u16,
    /// Its URL, as in `coaps://eu.iot.avsystem.cloud:5694`.
    pub url: &'a str,
    /// Whether it is a bootstrap server; otherwise one for device management.
    pub bootstrap: bool,
    /// Seconds that a bootstrap is held off, or that a registration lasts; 32000000 at most.
    pub lifetime: u32,
    /// The PDP context for it; the modem's choice, if `None`.
    pub cid: Option<u8>,
    /// The identity of the pre-shared key: `urn:imei:` and the modem's IMEI.
    pub psk_identity: &'a str,
    /// The pre-shared key in hexadecimal digits, 64 at most.
    pub psk: &'a str,
}

impl core::fmt::Debug for DeviceServer<'_> {
    /// Without the key.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("DeviceServer").field("id", &self.id).field("url", &self.url).finish_non_exhaustive()
    }
}

/// What the modem reports of firmware that comes by LwM2M (RYZ014 FOTA §6.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct FotaReports {
    /// A report every so many per cent of a download; none, if 0.
    pub every: u8,
    /// Seconds between two looks for new firmware, 60 to 32000000; the server's choice, if `None`.
    pub check: Option<u32>,
    /// Seconds that a download may take, 60 to 65535; any time, if `None`.
    pub download: Option<u16>,
    /// The certificate of the server that images come from, 11 to 19.
    pub certificate: Option<u8>,
}

impl Control<'_> {
    /// The LwM2M servers that a Sequans modem has, and how it is registered with them: `+SQNDMST` (RYZ014 FOTA §6.3).
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem has no such command, before anything is sent; the modem's own when it is
    /// not attached or its client is off; [`Error::Oversized`] for more servers than fit in 280 characters; as
    /// for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn lwm2m_registrations(&self) -> Result<Vec<Registration, 6>, Error> {
        self.has_lwm2m()?;
        let read = |lines: Lines<'_>| {
            let mut all = Vec::new();
            for mut params in lines.all("+SQNDMST") {
                let bootstrap = params.text()? == b"bs";
                let (server, state) = (params.word()?, state(params.text()?));
                let (lifetime, next) = (params.number(), params.number());
                all.push(Registration { server, bootstrap, state, lifetime, next }).ok()?;
            }
            Some(all)
        };
        self.ask(&STATUS, &|w| _ = w.text("+SQNDMST"), read).await
    }

    /// Makes a LwM2M server known to the modem and switches its client on, once in the life of a device: `+SQNDMCFG`
    /// (RYZ014 FOTA §4.3.1.2, §6.2). The modem leaves the network for it and starts anew, whether that goes well or
    /// not: connections die, and the link comes back by itself.
    ///
    /// The key is in no log.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem has no such command, [`Error::InvalidInput`] for a value that it cannot
    /// take, both before anything is sent; the modem's own; as for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// When the future is dropped in the middle, a part may be set. The radio is turned on again.
    pub async fn add_lwm2m_server(&self, server: &DeviceServer<'_>) -> Result<(), Error> {
        self.has_lwm2m()?;
        let hex = server.psk.bytes().all(|b| b.is_ascii_hexdigit());
        let fits = server.id > 0
            && server.lifetime <= 32_000_000
            && server.cid.is_none_or(|cid| (1..=8).contains(&cid))
            && !server.url.is_empty()
            && server.psk.len() <= 64
            && server.psk_identity.len() <= 64
            && hex;
        if !fits {
            return Err(Error::InvalidInput);
        }
        let mut turn = self.turn();
        turn.tell(&MANUFACTURING, &|w| _ = w.text("+CFUN=5")).await?;
        let result = server.configure(&mut turn).await;
        let restart = turn.restart().await;
        result.and(restart)
    }

    /// Removes all LwM2M servers and their keys from the modem (RYZ014 FOTA §6.2.4). It starts anew, as for
    /// [`add_lwm2m_server`](Self::add_lwm2m_server).
    ///
    /// # Errors
    /// As for [`add_lwm2m_server`](Self::add_lwm2m_server).
    ///
    /// # Cancel safety
    /// As for [`add_lwm2m_server`](Self::add_lwm2m_server).
    pub async fn remove_lwm2m_servers(&self) -> Result<(), Error> {
        self.has_lwm2m()?;
        let mut turn = self.turn();
        turn.tell(&MANUFACTURING, &|w| _ = w.text("+CFUN=5")).await?;
        let remove = |w: &mut CommandWriter<'_>| _ = group(w, "delete-profile-config");
        let result = turn.tell(&CONFIGURE, &remove).await;
        let restart = turn.restart().await;
        result.and(restart)
    }

    /// Has the modem report what its LwM2M client does, for [`follow_upgrade`](Self::follow_upgrade): `+SQNFOTACFG`
    /// (RYZ014 FOTA §4.3.3, §6.1). It is kept in flash and counts after a restart, which this makes: connections die,
    /// and the link comes back by itself.
    ///
    /// # Errors
    /// As for [`add_lwm2m_server`](Self::add_lwm2m_server).
    ///
    /// # Cancel safety
    /// It may be set without the restart that makes it count.
    pub async fn report_fota(&self, reports: FotaReports) -> Result<(), Error> {
        self.has_lwm2m()?;
        let FotaReports { every, check, download, certificate } = reports;
        let fits = every <= 100
            && check.is_none_or(|secs| (60..=32_000_000).contains(&secs))
            && download.is_none_or(|secs| secs >= 60)
            && certificate.is_none_or(|slot| (11..=19).contains(&slot));
        if !fits {
            return Err(Error::InvalidInput);
        }
        let write = |w: &mut CommandWriter<'_>| {
            // Automatic, which is all there is; all changes of state and errors.
            w.text("+SQNFOTACFG=").quoted(PROFILE).text(",0,2,").number(every.into());
            let rest = [check, download.map(u32::from), certificate.map(u32::from)];
            let count = rest.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
            for value in rest.iter().take(count) {
                w.text(",");
                if let Some(value) = value {
                    w.number(*value);
                }
            }
        };
        self.tell(&REPORTS, &write).await?;
        self.restart().await
    }

    fn has_lwm2m(&self) -> Result<(), Error> {
        match self.firmware()? {
            FirmwareUpdate::Download { lwm2m: true } => Ok(()),
            _ => Err(Error::Unsupported),
        }
    }
}

impl DeviceServer<'_> {
    /// The client on, the server, its key.
    async fn configure(&self, turn: &mut Turn<'_>) -> Result<(), Error> {
        turn.tell(&CONFIGURE, &|w| _ = group(w, "service").text(",1")).await?;
        let server = |w: &mut CommandWriter<'_>| {
            group(w, "server").text(",").number(self.id.into());
            // Numbers between quotes, as in the example.
            w.text(",\"").number(self.lifetime).text("\",").quoted(self.url.as_bytes()).text(",");
            if let Some(cid) = self.cid {
                w.text("\"").number(cid.into()).text("\"");
            }
            w.text(",").quoted(if self.bootstrap { b"bs" } else { b"dm" });
        };
        turn.tell(&CONFIGURE, &server).await?;
        let psk = |w: &mut CommandWriter<'_>| {
            group(w, "psk").text(",").number(self.id.into());
            w.text(",").quoted(self.psk_identity.as_bytes()).text(",").quoted(self.psk.as_bytes());
        };
        turn.tell(&CONFIGURE, &psk).await
    }
}

fn group<'w, 'b>(w: &'w mut CommandWriter<'b>, name: &str) -> &'w mut CommandWriter<'b> {
    w.text("+SQNDMCFG=").quoted(PROFILE).text(",").quoted(name.as_bytes())
}

fn state(word: &[u8]) -> RegistrationState {
    match word {
        b"BS_HOLD_OFF" => RegistrationState::HoldOff,
        b"BS_INITIATED" => RegistrationState::Initiated,
        b"BS_FINISHED" => RegistrationState::Finished,
        b"BS_FAILING" | b"BS_FAILED" | b"REG_FAILED" => RegistrationState::Failed,
        b"REGISTERED" => RegistrationState::Registered,
        b"REG_PENDING" | b"REG_UPDATE_PENDING" | b"REG_UPDATE_NEEDED" | b"REG_NEEDED" => {
            RegistrationState::Pending
        }
        b"DEREGISTERED" | b"DEREG_PENDING" => RegistrationState::Deregistered,
        _ => RegistrationState::Other,
    }
}
