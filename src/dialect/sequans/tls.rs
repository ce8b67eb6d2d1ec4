//! Secure sockets (use cases chapter 3 and §6.3).

use super::socket;
use crate::at::split;
use crate::dialect::{Found, OnError, Procedure, Step};
use crate::time::Duration;

/// A line with this may hold keys.
pub(in crate::dialect) const SECRET: &[u8] = b"+SQNSPCFG";

pub(in crate::dialect) fn steps(procedure: Procedure) -> Option<&'static [Step]> {
    Some(match procedure {
        Procedure::Secure => PROFILE,
        Procedure::OpenTcp => OPEN_TLS,
        Procedure::OpenUdp => OPEN_DTLS,
        Procedure::CheckCredential => READ_BACK,
        _ => return None,
    })
}

/// The modem keeps the settings of its sockets (use cases chapter 6): a plain one may have the id that a
/// secure one had.
pub(in crate::dialect) fn plain_steps(procedure: Procedure) -> Option<&'static [Step]> {
    Some(match procedure {
        Procedure::OpenTcp => OPEN_TCP,
        Procedure::OpenUdp => OPEN_UDP,
        Procedure::Listen => LISTEN,
        _ => return None,
    })
}

/// Version, cipher suites, validation, authority, certificate, key, pre-shared key in hexadecimal digits, its
/// identity, and 0 for keys in the modem's own store (use cases §3.4.1, §4.2.2, §6.3.2, §6.7.3.2).
const PROFILE: &[Step] = &[Step::new(
    "+SQNSPCFG={Tordinal},{Tversion},{Tsuites},{Tbits},{Tauthority},{Tcertificate},{Tkey},{Thex key},{Twho},0",
)
.optional_text("+SQNSPCFG: {*}")];

/// Enabled on the socket before it is dialled (use cases §6.3.2).
const SECURE: Step = Step::new("+SQNSSCFG={id},1,{Tordinal}");

const PLAIN: Step = Step::new("+SQNSSCFG={id},0,1").on_error(OnError::Ignore);

/// TCP, then the handshake.
const CONNECT: Duration = Duration::from_secs(120);

/// By name, as in the use case: there is no other place where the modem could learn whose certificate it
/// has to expect.
const OPEN_TLS: &[Step] = &[
    socket::CONFIGURE,
    socket::CONFIGURE_MORE,
    SECURE,
    Step::new("+SQNSD={id},0,{port},{Tname},0,0,1").when(|a| a.has_server_name()).timeout(CONNECT),
    Step::new("+SQNSD={id},0,{port},{address},0,0,1").when(|a| !a.has_server_name()).timeout(CONNECT),
    socket::CLEAN_UP,
];

const OPEN_DTLS: &[Step] = &[
    socket::CONFIGURE,
    socket::CONFIGURE_MORE,
    SECURE,
    Step::new("+SQNSD={id},1,{port},{Tname},0,{own port},1").when(|a| a.has_server_name()).timeout(CONNECT),
    Step::new("+SQNSD={id},1,{port},{address},0,{own port},1")
        .when(|a| !a.has_server_name())
        .timeout(CONNECT),
    socket::CLEAN_UP,
];

const OPEN_TCP: &[Step] =
    &[socket::CONFIGURE, socket::CONFIGURE_MORE, PLAIN, socket::DIAL_TCP, socket::CLEAN_UP];

const OPEN_UDP: &[Step] =
    &[socket::CONFIGURE, socket::CONFIGURE_MORE, PLAIN, socket::DIAL_UDP, socket::CLEAN_UP];

const LISTEN: &[Step] = &[socket::CONFIGURE, socket::CONFIGURE_MORE, PLAIN, socket::START_LISTENING];

const READ_BACK: &[Step] = &[Step::new("+SQNSNVR=\"{kind}\",{slot}")
    .line(read_back)
    .on_error(OnError::End)
    .timeout(Duration::from_secs(30))];

/// A certificate is a line that ends with the SHA-1 of its file (use cases §3.2.3; that of the certificate in
/// the example is the SHA-1 of the 1078 bytes that §3.2.2 uploads). A key is its own PEM, line by line (use
/// cases §3.3.2).
fn read_back(line: &[u8], found: &mut Found) -> bool {
    if let Some((b"+SQNSNVR", rest)) = split(line) {
        if rest.starts_with(b"\"certificate\"") {
            found.set_digest(rest.rsplit(|&b| b == b'"').nth(1).unwrap_or_default());
        } else {
            found.begin_key();
        }
        return true;
    }
    found.is_key() && !line.contains(&b':') && line != b"OK" && line != b"ERROR" && {
        found.add_key(line);
        true
    }
}
