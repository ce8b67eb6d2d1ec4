//! A UDP echo server on this machine.

use core::net::Ipv4Addr;
use std::net::UdpSocket;
use std::thread;

use crate::support::Failure;

/// Starts the server in a thread and gives its port.
pub(crate) fn start() -> Result<u16, Failure> {
    let failed = |error| format!("echo server: {error}");
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = socket.local_addr().map_err(failed)?.port();
    thread::spawn(move || {
        let mut buffer = [0; 2048];
        // Errors of a UDP socket are about datagrams that are gone already.
        loop {
            if let Ok((count, peer)) = socket.recv_from(&mut buffer) {
                let _ = socket.send_to(buffer.get(..count).unwrap_or_default(), peer);
            }
        }
    });
    Ok(port)
}
