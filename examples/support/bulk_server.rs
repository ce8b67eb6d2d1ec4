//! A server on this machine that takes and gives much data.

use core::net::{IpAddr, Ipv4Addr};
use std::io::{self, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::support::Failure;

/// What the client wants: the first byte that it sends. The next eight are a number of bytes.
pub(crate) const TAKE: u8 = b'T';
pub(crate) const GIVE: u8 = b'G';

/// What the server says about the bytes that it has taken.
pub(crate) const ALIKE: u8 = b'=';
const DIFFERENT: u8 = b'!';

/// The bytes of either direction: all values, in no order that a modem could take for words of its
/// own.
pub(crate) fn pattern() -> impl Iterator<Item = u8> {
    let mut state = 0x2545_f491_u32;
    core::iter::repeat_with(move || {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 11) as u8
    })
}

/// Starts the server in threads and gives its port. With `port` it listens there, for everybody.
pub(crate) fn start(port: Option<u16>) -> Result<u16, Failure> {
    let failed = |error| format!("bulk server: {error}");
    let address: (IpAddr, u16) = match port {
        Some(port) => (Ipv4Addr::UNSPECIFIED.into(), port),
        None => (Ipv4Addr::LOCALHOST.into(), 0),
    };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that goes away in the middle sees its own error.
            thread::spawn(move || serve(&stream));
        }
    });
    Ok(port)
}

fn serve(mut stream: &TcpStream) -> io::Result<()> {
    let mut wish = [0; 9];
    stream.read_exact(&mut wish)?;
    let [direction, count @ ..] = wish;
    let count = u64::from_be_bytes(count);
    let bytes = || pattern().take(usize::try_from(count).unwrap_or(usize::MAX));
    match direction {
        TAKE => {
            let mut alike = true;
            let mut came = BufReader::new(stream).take(count).bytes();
            for expected in bytes() {
                alike &= came.next().transpose()? == Some(expected);
            }
            stream.write_all(&[if alike { ALIKE } else { DIFFERENT }])?;
        }
        GIVE => {
            let mut bytes = bytes();
            loop {
                let piece: Vec<u8> = bytes.by_ref().take(4096).collect();
                if piece.is_empty() {
                    break;
                }
                stream.write_all(&piece)?;
            }
        }
        _ => return Ok(()),
    }
    // The client closes.
    stream.read_to_end(&mut Vec::new()).map(drop)
}
