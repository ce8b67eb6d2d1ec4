//! What the commands about a secure socket are made of.

use super::{Security, SecurityProfile, Session, Validation};
use crate::at::CommandWriter;
use crate::dialect::Args;

/// A secure socket on its way to the modem: what the commands of its tables are made of.
#[derive(Clone, Copy)]
pub(crate) struct Secure<'a> {
    pub(crate) profile: &'static SecurityProfile,
    pub(crate) can: &'static Security,
    /// The server's name; empty where it is not known.
    pub(crate) name: &'a [u8],
    /// The place among the modem's profiles, from 0.
    pub(crate) place: u8,
    /// [`write`], through a pointer so that nobody else has it linked.
    pub(crate) write: fn(Option<u8>, &Secure<'_>, &mut CommandWriter<'_>),
}

impl core::fmt::Debug for Secure<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Secure").field("profile", self.profile).finish_non_exhaustive()
    }
}

/// Writes what stands behind the `T` of a name in braces, by its first letter.
pub(crate) fn write(letter: Option<u8>, secure: &Secure<'_>, w: &mut CommandWriter<'_>) {
    let Secure { profile, can, place, .. } = *secure;
    let level = profile.level(can);
    let suites = profile.suites(can);
    let number = match letter.unwrap_or_default() {
        // {Tindex}, {Tordinal}: the place of the profile, from 0 and from 1
        b'i' => place.into(),
        b'o' => u32::from(place) + 1,
        // {Tlevel}: none, chain, chain and name, chain and name and date
        b'l' => level as u32,
        // {Tbits}: 1 chain, 2 date, 4 name
        b'b' => match level {
            Validation::None => 0,
            Validation::Chain => 1,
            Validation::Name => 5,
            Validation::Full => 7,
        },
        // {Tversion}; {Tminimum}, where 0 would be any
        b'v' => profile.min_version as u32,
        b'm' => profile.min_version as u32 + 1,
        letter => {
            match letter {
                // {Tauthority}, {Tcertificate}, {Tkey}: slots, or nothing
                b'a' => optional(profile.authority, w),
                b'c' => optional(profile.certificate(), w),
                b'k' => optional(profile.key(), w),
                // {Tname}, {Tpassword}, {Twho}: name of the server, password of the key, identity of the
                // shared key
                b'n' => _ = w.quoted(secure.name),
                b'p' => _ = w.quoted(profile.key_password.as_bytes()),
                b'w' => _ = w.quoted(profile.psk_identity.as_bytes()),
                // {Thex key}: the shared key
                b'h' => {
                    w.byte(b'"');
                    hex(profile.psk, w);
                    w.byte(b'"');
                }
                // {Tresumed}: a session
                b'r' => {
                    w.byte(b'"');
                    if let Some(session) = profile.session {
                        session.each(|byte| _ = w.byte(byte));
                    }
                    w.byte(b'"');
                }
                // {Tsuites}: all
                b's' => {
                    w.byte(b'"');
                    for (index, suite) in suites.iter().enumerate() {
                        w.text(if index > 0 { ";0x" } else { "0x" });
                        hex(&suite.to_be_bytes(), w);
                    }
                    w.byte(b'"');
                }
                // {T0} to {T7}: one of them
                letter => match suites.get(usize::from(letter.wrapping_sub(b'0'))) {
                    Some(suite) => {
                        let [high, low] = suite.to_be_bytes();
                        w.byte(b'"');
                        hex(&[high], w);
                        w.text("\",\"");
                        hex(&[low], w);
                        w.byte(b'"');
                    }
                    None => w.fail(),
                },
            }
            return;
        }
    };
    w.number(number);
}

fn optional(slot: Option<u8>, w: &mut CommandWriter<'_>) {
    if let Some(slot) = slot {
        w.number(slot.into());
    }
}

fn hex(bytes: &[u8], w: &mut CommandWriter<'_>) {
    for digit in bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]) {
        w.byte(if digit < 10 { b'0' + digit } else { b'A' - 10 + digit });
    }
}

/// What steps ask before they are needed.
impl Args<'_> {
    fn asks(&self, ask: impl Fn(&Secure<'_>) -> bool) -> bool {
        self.secure.is_some_and(ask)
    }

    pub(crate) fn has_suites(&self, count: usize) -> bool {
        self.asks(|secure| secure.profile.suites(secure.can).len() >= count)
    }

    pub(crate) fn has_one_suite(&self) -> bool {
        self.asks(|secure| secure.profile.suites(secure.can).len() == 1)
    }

    pub(crate) fn has_authority(&self) -> bool {
        self.asks(|secure| secure.profile.authority.is_some())
    }

    pub(crate) fn has_client(&self) -> bool {
        self.asks(|secure| secure.profile.client.is_some())
    }

    pub(crate) fn has_key_password(&self) -> bool {
        self.asks(|secure| !secure.profile.key_password.is_empty())
    }

    pub(crate) fn has_psk(&self) -> bool {
        self.asks(|secure| !secure.profile.psk.is_empty())
    }

    pub(crate) fn has_server_name(&self) -> bool {
        self.asks(|secure| !secure.name.is_empty())
    }

    pub(crate) fn expects_name(&self) -> bool {
        self.asks(|secure| secure.profile.wants_name(secure.can))
    }

    pub(crate) fn may_resume(&self) -> bool {
        self.asks(|secure| secure.can.sessions && secure.profile.session.is_some())
    }

    pub(crate) fn resumes(&self) -> bool {
        self.may_resume() && self.asks(|secure| secure.profile.session.is_some_and(Session::fits))
    }
}
