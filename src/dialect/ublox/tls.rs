//! Secure sockets (IADG chapter 3 and §5.11, LENA §9.1).

use super::socket;
use crate::at::{Params, split};
use crate::dialect::{Found, OnError, Procedure, Step};
use crate::time::Duration;

/// A line with this may hold keys.
pub(in crate::dialect) const SECRET: &[u8] = b"+USECPRF";

pub(in crate::dialect) fn steps(procedure: Procedure) -> Option<&'static [Step]> {
    Some(match procedure {
        Procedure::Secure => PROFILE,
        Procedure::OpenTcp => OPEN_TLS,
        Procedure::OpenUdp => OPEN_DTLS,
        Procedure::SendDatagram => SEND_DATAGRAM,
        Procedure::ReceiveDatagram => socket::RECEIVE,
        Procedure::AvailableDatagram | Procedure::CheckDatagram => socket::AVAILABLE,
        Procedure::CheckCredential => DIGEST,
        // What the manual calls release assistance works on datagrams with an address.
        Procedure::SendLastDatagram => &[],
        _ => return None,
    })
}

/// "We recommend issuing the reset as the first command" (IADG §3.2). Each profile is written anew for
/// each connection: what an earlier one has left in it must not weaken this one.
///
/// Cipher suites by their IANA numbers: one alone with 99 (IADG §7.12.2), several one after the other
/// with 100. The pre-shared key is given in hexadecimal digits, which the 1 behind it says; the syntax of
/// both is not in the documents at hand.
const PROFILE: &[Step] = &[
    Step::new("+USECPRF={Tindex}"),
    Step::new("+USECPRF={Tindex},0,{Tlevel}"),
    Step::new("+USECPRF={Tindex},1,{Tminimum}"),
    Step::new("+USECPRF={Tindex},2,99,{T0}").when(|a| a.has_one_suite()),
    Step::new("+USECPRF={Tindex},2,100,{T0},0").when(|a| a.has_suites(2)),
    Step::new("+USECPRF={Tindex},2,100,{T1},0").when(|a| a.has_suites(2)),
    Step::new("+USECPRF={Tindex},2,100,{T2},0").when(|a| a.has_suites(3)),
    Step::new("+USECPRF={Tindex},2,100,{T3},0").when(|a| a.has_suites(4)),
    Step::new("+USECPRF={Tindex},2,100,{T4},0").when(|a| a.has_suites(5)),
    Step::new("+USECPRF={Tindex},2,100,{T5},0").when(|a| a.has_suites(6)),
    Step::new("+USECPRF={Tindex},2,100,{T6},0").when(|a| a.has_suites(7)),
    Step::new("+USECPRF={Tindex},2,100,{T7},0").when(|a| a.has_suites(8)),
    Step::new("+USECPRF={Tindex},3,\"certificate{Tauthority}\"").when(|a| a.has_authority()),
    Step::new("+USECPRF={Tindex},4,{Tname}").when(|a| a.expects_name()),
    Step::new("+USECPRF={Tindex},5,\"certificate{Tcertificate}\"").when(|a| a.has_client()),
    Step::new("+USECPRF={Tindex},6,\"privatekey{Tkey}\"").when(|a| a.has_client()),
    Step::new("+USECPRF={Tindex},7,{Tpassword}").when(|a| a.has_key_password()),
    Step::new("+USECPRF={Tindex},8,{Thex key},1").when(|a| a.has_psk()),
    Step::new("+USECPRF={Tindex},9,{Twho}").when(|a| a.has_psk()),
    Step::new("+USECPRF={Tindex},10,{Tname}").when(|a| a.has_server_name()),
    // Session id (IADG §3.4.1.1). A modem that does not want the old one makes a new one.
    Step::new("+USECPRF={Tindex},13,0,1").when(|a| a.may_resume()).on_error(OnError::Ignore),
    Step::new("+USECPRF={Tindex},13,1,0").when(|a| a.may_resume()).on_error(OnError::Ignore),
    Step::new("+USECPRF={Tindex},13,2,{Tresumed}").when(|a| a.resumes()).on_error(OnError::Ignore),
];

/// "Only after the socket has been created" (IADG §5.11). The connect is answered when the handshake is
/// over (for another client of the modem's: IADG chapter 8). It blocks all sockets, as any connect does.
const OPEN_TLS: &[Step] = &[
    Step::new("+USOCR=6").text("+USOCR: {new id}"),
    Step::new("+USOSEC={id},1,{Tindex}"),
    Step::new("+USOCO={id},{address},{port}").timeout(socket::CONNECT),
    CAUSE,
];

const CAUSE: Step = Step::new("+USOER").optional_text("+USOER: {errno}").after_failure();

/// A datagram socket is secured by connecting it, so it is written and read like a connection: `+USOCO`
/// goes with `+USOWR` and `+USORD` alone (IADG chapter 5).
const OPEN_DTLS: &[Step] = &[
    Step::new("+USOCR=17").when(|a| a.call.local_port == 0).text("+USOCR: {new id}"),
    Step::new("+USOCR=17,{own port}").when(|a| a.call.local_port != 0).text("+USOCR: {new id}"),
    Step::new("+USOSEC={id},1,{Tindex}"),
    Step::new("+USOCO={id},{address},{port}").timeout(socket::CONNECT),
    CAUSE,
];

const SEND_DATAGRAM: &[Step] = &[Step::new("+USOWR={id},{length}")
    .prompt(b'@', socket::PROMPT_PAUSE)
    .text("+USOWR|+USOST: {id},{bytes}")
    .timeout(socket::WRITING)];

/// The MD5 of what is stored; an error says that nothing is.
const DIGEST: &[Step] = &[Step::new("+USECMNG=4,{type},\"{kind}{slot}\"")
    .line(read_digest)
    .on_error(OnError::End)
    .timeout(Duration::from_secs(30))];

/// `+USECMNG: 4,<type>,"<name>","<MD5>"`. The first half of the MD5 will do.
fn read_digest(line: &[u8], found: &mut Found) -> bool {
    let Some((b"+USECMNG", rest)) = split(line) else { return false };
    let mut params = Params::new(rest);
    let (_, _, _, digest) = (params.raw(), params.raw(), params.raw(), params.text());
    found.set_digest(digest.unwrap_or_default());
    true
}

/// `+UUSECPRF: <profile>,13,2,<session id>,<master secret>` (IADG §3.4.1.1): the profile and the last two as
/// they stand. `None` when it is another line, an empty text when it is another kind of session.
pub(in crate::dialect) fn session(line: &[u8]) -> Option<(u8, &[u8])> {
    let (b"+UUSECPRF", rest) = split(line)? else { return None };
    let mut params = Params::new(rest);
    let place = params.byte().unwrap_or(u8::MAX);
    let known = (params.byte(), params.byte()) == (Some(13), Some(2));
    Some((place, if known { params.rest() } else { b"" }))
}
