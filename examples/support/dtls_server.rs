//! DTLS in front of a server on this machine that has none.

use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::collections::HashMap;
use std::io;
use std::net::UdpSocket;
use std::thread;
use std::time::Instant;

use modem_sim::Service as _;
use modem_sim::testing::{Answer, Authority, DtlsEcho, DtlsServer};

use crate::support::{Failure, SERVER};

/// How long the server behind it may take for an answer.
const WAIT: Duration = Duration::from_secs(1);

/// Starts it in a thread in front of the server at `plain`; gives its port and the certificate of its
/// authority.
pub(crate) fn start(plain: u16) -> Result<(u16, String), Failure> {
    let failed = |error: io::Error| format!("DTLS server: {error}");
    let authority = Authority::new("cellular-nal examples");
    let identity = authority.server(&[SERVER]);
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = socket.local_addr().map_err(failed)?.port();
    thread::spawn(move || {
        let (start, mut buffer) = (Instant::now(), [0; 2048]);
        let mut clients = HashMap::<SocketAddr, DtlsEcho>::new();
        // Errors of a UDP socket are about datagrams that are gone already.
        loop {
            let Ok((count, peer)) = socket.recv_from(&mut buffer) else { continue };
            let client = clients.entry(peer).or_insert_with(|| {
                DtlsEcho::new(DtlsServer::Certificate(identity.clone())).answering(behind(plain))
            });
            for datagram in client.received(start.elapsed(), buffer.get(..count).unwrap_or_default()) {
                let _ = socket.send_to(&datagram, peer);
            }
        }
    });
    Ok((port, authority.identity.certificate))
}

/// Asks the server behind it. A datagram without an answer is one that was lost.
fn behind(plain: u16) -> Answer {
    Box::new(move |datagram| {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
        socket.set_read_timeout(Some(WAIT)).ok()?;
        socket.send_to(datagram, (Ipv4Addr::LOCALHOST, plain)).ok()?;
        let mut answer = [0; 2048];
        let count = socket.recv(&mut answer).ok()?;
        answer.get(..count).map(<[u8]>::to_vec)
    })
}
