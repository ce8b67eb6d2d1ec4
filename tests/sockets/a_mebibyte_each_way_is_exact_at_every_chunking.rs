//! Bulk data in both directions, with the line cut into pieces of every length.
use crate::common;

use common::{ECHO, Setup, pattern};
use embedded_io_async::{Read, Write};
use embedded_nal_async::TcpConnect;
use modem_sim::line::{Chunking, Faults};
use modem_sim::{Model, Peer};

/// Sends and receives at the same time, as much as `bytes` holds.
fn exchange(model: Model, chunking: Chunking, bytes: &[u8]) {
    let line = Faults { chunking, ..Faults::paced(921_600) };
    let mut setup = Setup { line, ..Setup::new(model) };
    setup.options.rtt = std::time::Duration::from_millis(20);
    let mut world = setup.build();
    world.bring_up();
    world.net.on(ECHO.0, ECHO.1, Peer::Echo);
    let stack = world.stack;
    let mut back = Vec::new();
    world.run(3600, async {
        let mut socket = stack.connect(ECHO.into()).await.expect("connects");
        let mut buffer = [0; 700];
        let mut sent = 0;
        while back.len() < bytes.len() {
            // The modem's queues hold some kilobytes: never be further ahead than that.
            while sent < bytes.len() && sent < back.len() + 4096 {
                let end = bytes.len().min(sent + 1000);
                sent += socket.write(&bytes[sent..end]).await.expect("writes");
            }
            let count = socket.read(&mut buffer).await.expect("reads");
            assert!(count > 0, "ended after {} bytes", back.len());
            back.extend_from_slice(&buffer[..count]);
        }
    });
    assert!(back == bytes, "{model}, {chunking:?}: not what was sent");
    world.pass_secs(10);
    assert!(world.modem.open_sockets().is_empty());
    world.no_breach();
}

#[test]
fn a_mebibyte_each_way_is_exact_at_every_chunking() {
    let bytes = pattern(1 << 20, 1);
    for &model in Model::ALL {
        for chunk in [1, 3, 64, 1000] {
            exchange(model, Chunking::Fixed(chunk), &bytes);
        }
        exchange(model, Chunking::Random(50), &bytes);
    }
}

#[test]
fn every_length_of_chunk_gives_the_same_bytes() {
    let bytes = pattern(20_000, 2);
    for &model in Model::ALL {
        for chunk in (1..80).chain([127, 128, 129, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025]) {
            exchange(model, Chunking::Fixed(chunk), &bytes);
        }
    }
}
