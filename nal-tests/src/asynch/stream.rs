//! A TCP connection carries bytes.

use embedded_io_async::{Read, Write};

use super::stack::Tcp;
use crate::run::suite;
use crate::{Context, Role, Timer, Verdict, check, pattern, value};

suite! {
    /// Cases about the bytes of a connection.
    pub async fn run(stack: Tcp) {
        "A01" Must echo, "What is sent comes back.", "TcpConnect (embedded-nal-async 0.9, edge-nal 0.7)";
    }
}

async fn echo<S: Tcp, T: Timer>(stack: &S, context: Context<'_, T>) -> Verdict {
    let mut socket = value!(stack.connect(context.bench.tcp.get(Role::Echo)?).await, "connect");
    for start in (0..256).step_by(32) {
        let (mut sent, mut back) = ([0; 32], [0; 32]);
        pattern::fill(&mut sent, start);
        value!(socket.write_all(&sent).await, "write");
        value!(socket.flush().await, "flush");
        exactly(&mut socket, &mut back).await?;
        check!(back == sent, "other bytes came back than were sent");
    }
    Ok(())
}

/// Fills a buffer from a connection.
pub(super) async fn exactly<R: Read>(socket: &mut R, buffer: &mut [u8]) -> Verdict {
    let (mut filled, all) = (0, buffer.len());
    while filled < all {
        let rest = buffer.get_mut(filled..).unwrap_or_default();
        let count = value!(socket.read(rest).await, "read");
        check!(count != 0, filled, all, "the stream ended early");
        filled += count;
    }
    Ok(())
}
