//! TCP clients over `embedded_nal_async::TcpConnect`.

use core::net::SocketAddr;

use embedded_io_async::{Read, Write};
use embedded_nal_async::TcpConnect;

use crate::{Case, Failure, Level};

/// Connect, write, flush, read the same bytes back.
pub const ECHO: Case = Case {
    id: "A01",
    level: Level::Must,
    sentence: "TcpConnect: the connection reads and writes (embedded-nal-async 0.9)",
};

/// What comes back is what was sent, all byte values, whatever the size of the reads.
///
/// `peer` echoes.
///
/// # Errors
/// What the stack did instead.
pub async fn echo<T: TcpConnect>(stack: &T, peer: SocketAddr) -> Result<(), Failure> {
    let mut socket = stack.connect(peer).await.map_err(|_| Failure::Error("connect"))?;
    for start in (0..=255u8).step_by(32) {
        let mut sent = [0; 32];
        for (place, value) in sent.iter_mut().zip(start..=255) {
            *place = value;
        }
        socket.write_all(&sent).await.map_err(|_| Failure::Error("write"))?;
        socket.flush().await.map_err(|_| Failure::Error("flush"))?;
        let mut back = [0; 32];
        socket.read_exact(&mut back).await.map_err(|_| Failure::Error("read"))?;
        if back != sent {
            return Err(Failure::Unexpected("other bytes came back than were sent"));
        }
    }
    Ok(())
}

/// Reads and writes of nothing.
pub const NOTHING: Case = Case {
    id: "A07",
    level: Level::Must,
    sentence: "Read, Write: an empty buffer returns without waiting (embedded-io-async 0.7)",
};

/// A read into nothing and a write of nothing return at once.
///
/// `peer` sends nothing by itself.
///
/// # Errors
/// What the stack did instead.
pub async fn nothing<T: TcpConnect>(stack: &T, peer: SocketAddr) -> Result<(), Failure> {
    let mut socket = stack.connect(peer).await.map_err(|_| Failure::Error("connect"))?;
    if socket.read(&mut []).await.map_err(|_| Failure::Error("read of nothing"))? != 0 {
        return Err(Failure::Unexpected("a read into nothing found something"));
    }
    if socket.write(&[]).await.map_err(|_| Failure::Error("write of nothing"))? != 0 {
        return Err(Failure::Unexpected("a write of nothing wrote something"));
    }
    Ok(())
}

/// The end of a stream.
pub const END: Case = Case {
    id: "A06",
    level: Level::Must,
    sentence: "Read: Ok(0) is the end of the stream (embedded-io-async 0.7)",
};

/// When the peer has closed, all that it sent is read first, then `Ok(0)`, and again `Ok(0)`.
///
/// `peer` sends `expected` and closes.
///
/// # Errors
/// What the stack did instead.
pub async fn end<T: TcpConnect>(stack: &T, peer: SocketAddr, expected: &[u8]) -> Result<(), Failure> {
    let mut socket = stack.connect(peer).await.map_err(|_| Failure::Error("connect"))?;
    let mut rest = expected;
    let mut buffer = [0; 16];
    loop {
        let count = socket.read(&mut buffer).await.map_err(|_| Failure::Error("read"))?;
        let came = buffer.get(..count).unwrap_or_default();
        if count == 0 {
            break;
        }
        rest = rest.strip_prefix(came).ok_or(Failure::Unexpected("other bytes came than were sent"))?;
    }
    if !rest.is_empty() {
        return Err(Failure::Unexpected("the stream ended before all was read"));
    }
    for _ in 0..3 {
        if socket.read(&mut buffer).await.map_err(|_| Failure::Error("read after the end"))? != 0 {
            return Err(Failure::Unexpected("something came after the end"));
        }
    }
    Ok(())
}
