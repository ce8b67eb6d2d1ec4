//! A CoAP server on this machine.

use core::net::Ipv4Addr;
use std::net::UdpSocket;
use std::thread;

use coap_lite::{CoapRequest, ContentFormat, Packet, RequestType, ResponseType};

use crate::support::Failure;

/// The path that it has something at.
pub(crate) const PATH: &str = "temperature";

/// What it has.
const PAYLOAD: &str = "21.5 degrees, says a CoAP server at the other end of a modem's socket\n";

/// Starts the server in a thread and gives its port.
pub(crate) fn start() -> Result<u16, Failure> {
    let failed = |error| format!("CoAP server: {error}");
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = socket.local_addr().map_err(failed)?.port();
    thread::spawn(move || {
        let mut buffer = [0; 2048];
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

/// The answer, where there is one: not to what is no request.
fn answer(datagram: &[u8]) -> Option<Vec<u8>> {
    let mut request = CoapRequest::from_packet(Packet::from_bytes(datagram).ok()?, ());
    let (method, path) = (*request.get_method(), request.get_path());
    let response = request.response.as_mut()?;
    match (method, path.as_str()) {
        (RequestType::Get, PATH) => {
            response.message.set_content_format(ContentFormat::TextPlain);
            response.message.payload = PAYLOAD.into();
        }
        (RequestType::Get, _) => response.set_status(ResponseType::NotFound),
        _ => response.set_status(ResponseType::MethodNotAllowed),
    }
    response.message.to_bytes().ok()
}
