//! SARA/LEXI internet applications §5.3.3: 8 kB and 16 kB.

use crate::common;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Options, Peer};

#[test]
fn in_kibibytes() {
    for (model, size) in [(Model::SaraR5, 8), (Model::SaraR501b, 8), (Model::SaraR42, 16)] {
        let mut rig = Rig::new(model, Options { stale_packet_data: true, ..running() });
        rig.net.on(SERVER, 7, Peer::Discard);
        rig.ok("AT+USOCR=6");
        rig.ok("AT+USOCO=0,\"192.0.2.1\",7");
        rig.net.set_reading(rig.net.connections()[0].id, false);
        for _ in 0..size {
            assert!(rig.write(0, &[b'x'; 1024]).contains("+USOWR: 0,1024"));
        }
        assert!(rig.command("AT+USOWR=0,1,\"x\"").contains("ERROR"), "{model}");
    }
}
