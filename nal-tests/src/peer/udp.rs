//! UDP servers.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use std::vec;

use super::dns::{self, Zone};
use crate::{Role, STRANGER};

/// How long a server waits until it looks whether it is to end.
const TICK: Duration = Duration::from_millis(50);

/// Calls `answer` with every datagram until it is time to end.
fn serve(
    socket: UdpSocket,
    stop: Arc<AtomicBool>,
    mut answer: impl FnMut(&UdpSocket, &[u8], SocketAddr) + Send + 'static,
) -> io::Result<SocketAddr> {
    let address = socket.local_addr()?;
    socket.set_read_timeout(Some(TICK))?;
    thread::Builder::new().name("nal-tests".into()).spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while !stop.load(Ordering::Relaxed) {
            if let Ok((count, from)) = socket.recv_from(&mut buffer) {
                answer(&socket, &buffer[..count], from);
            }
        }
    })?;
    Ok(address)
}

/// Starts a server and says where it is.
pub(super) fn start(at: IpAddr, role: Role, stop: Arc<AtomicBool>) -> io::Result<SocketAddr> {
    let socket = UdpSocket::bind((at, 0))?;
    let other = UdpSocket::bind((at, 0))?;
    serve(socket, stop, move |socket, bytes, from| match role {
        Role::Echo | Role::Echo2 => {
            let _ = socket.send_to(bytes, from);
        }
        Role::Stranger => {
            let _ = other.send_to(STRANGER, from);
            thread::sleep(Duration::from_millis(50));
            let _ = socket.send_to(bytes, from);
        }
        _ => {}
    })
}

/// Starts a server for names.
pub(super) fn names(at: SocketAddr, zone: Zone, stop: Arc<AtomicBool>) -> io::Result<SocketAddr> {
    serve(UdpSocket::bind(at)?, stop, move |socket, query, from| {
        let mut answer = [0; 512];
        if let Some(count) = dns::answer(query, &zone, &mut answer) {
            let _ = socket.send_to(&answer[..count], from);
        }
    })
}
