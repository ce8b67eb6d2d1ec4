//! TLS in front of a server on this machine that has none.

use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use modem_sim::testing::rustls::{ServerConfig, ServerConnection};
use modem_sim::testing::{Authority, server_config};

use crate::support::{Failure, SERVER};

/// How long one side is listened to before the other one's turn.
const TURN: Duration = Duration::from_millis(5);

/// Starts it in threads in front of the server at `plain`; gives its port and the certificate of its
/// authority.
pub(crate) fn start(plain: u16) -> Result<(u16, String), Failure> {
    let authority = Authority::new("cellular-nal examples");
    let config = server_config(&authority.server(&[SERVER]), &[], None);
    let failed = |error: io::Error| format!("TLS server: {error}");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            // A client that goes away is not the server's trouble.
            thread::spawn(move || carry(client, config, (Ipv4Addr::LOCALHOST, plain).into()));
        }
    });
    Ok((port, authority.identity.certificate))
}

fn carry(mut client: TcpStream, config: Arc<ServerConfig>, plain: SocketAddr) -> io::Result<()> {
    let mut tls = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut server = TcpStream::connect(plain)?;
    client.set_read_timeout(Some(TURN))?;
    server.set_read_timeout(Some(TURN))?;
    let mut buffer = [0; 4096];
    loop {
        if let Some(count) = heard(client.read(&mut buffer))? {
            let mut bytes = buffer.get(..count).unwrap_or_default();
            let over = bytes.is_empty();
            while !bytes.is_empty() {
                tls.read_tls(&mut bytes)?;
                let state = tls.process_new_packets().map_err(io::Error::other);
                // Also an alert is to be sent.
                tls.write_tls(&mut client)?;
                let mut text = vec![0; state?.plaintext_bytes_to_read()];
                tls.reader().read_exact(&mut text)?;
                server.write_all(&text)?;
            }
            if over {
                return Ok(());
            }
        }
        if let Some(count) = heard(server.read(&mut buffer))? {
            tls.writer().write_all(buffer.get(..count).unwrap_or_default())?;
            if count == 0 {
                tls.send_close_notify();
            }
            while tls.wants_write() {
                tls.write_tls(&mut client)?;
            }
            if count == 0 {
                return Ok(());
            }
        }
    }
}

/// What was read; `None` when the turn is over.
fn heard(read: io::Result<usize>) -> io::Result<Option<usize>> {
    match read {
        Ok(count) => Ok(Some(count)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(None),
        Err(error) => Err(error),
    }
}
