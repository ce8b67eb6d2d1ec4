//! An SNTP server on this machine (RFC 4330).

use core::net::Ipv4Addr;
use core::time::Duration;
use std::net::UdpSocket;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::Failure;

/// So much its clock is ahead of that of this machine, for there to be an offset to find.
pub(crate) const AHEAD: Duration = Duration::from_millis(2500);

/// Length of a message without authentication.
const LENGTH: usize = 48;

/// Seconds from 1900 to 1970.
const EPOCH: u64 = 2_208_988_800;

/// Starts the server in a thread and gives its port.
pub(crate) fn start() -> Result<u16, Failure> {
    let failed = |error| format!("time server: {error}");
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = socket.local_addr().map_err(failed)?.port();
    thread::spawn(move || {
        let mut buffer = [0; 128];
        // Errors of a UDP socket are about datagrams that are gone already.
        loop {
            if let Ok((count, peer)) = socket.recv_from(&mut buffer)
                && let Some(answer) = answer(buffer.get(..count).unwrap_or_default())
            {
                let _ = socket.send_to(&answer, peer);
            }
        }
    });
    Ok(port)
}

/// The answer to a request of a client (RFC 4330 §4, §6).
fn answer(request: &[u8]) -> Option<[u8; LENGTH]> {
    let (received, _) = request.split_first_chunk::<LENGTH>()?;
    let [first, ..] = *received;
    let (version, mode) = (first >> 3 & 7, first & 7);
    if mode != 3 {
        return None;
    }
    let now = timestamp();
    let mut answer = [0; LENGTH];
    let mut fields: &mut [u8] = &mut answer;
    let mut put = |bytes: &[u8]| {
        if let Some((field, rest)) = core::mem::take(&mut fields).split_at_mut_checked(bytes.len()) {
            field.copy_from_slice(bytes);
            fields = rest;
        }
    };
    // No leap second is near, this is a server, and its clock is as good as it gets; precision
    // 2^-20 s.
    put(&[version << 3 | 4, 1, received[2], 0xec]);
    // No delay and no dispersion, the source, and when it was last right.
    put(&[0; 8]);
    put(b"LOCL");
    put(&now);
    // When the request left the client is said in the request; it came and was answered now.
    put(received.last_chunk::<8>()?);
    put(&now);
    put(&timestamp());
    Some(answer)
}

/// Seconds since 1900 in 32.32 bits.
fn timestamp() -> [u8; 8] {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + AHEAD;
    let fraction = (u64::from(since_1970.subsec_nanos()) << 32) / 1_000_000_000;
    // The first 32 bits of the seconds are the era, which is not sent.
    ((since_1970.as_secs() + EPOCH) << 32 | fraction).to_be_bytes()
}
