//! An echo of every byte value comes back over a paced line with chunks of any size.

use crate::common;

use common::{Rig, SERVER, connect, running};
use modem_sim::line::{Chunking, Faults};
use modem_sim::{Direction, Model, Peer, Prng};

fn echo(model: Model, chunking: Chunking, seed: u64) {
    let mut rig = Rig::new(model, running());
    for direction in [Direction::ToModem, Direction::ToHost] {
        rig.line.set_faults(direction, Faults { chunking, ..Faults::paced(115_200) });
    }
    rig.net.on(SERVER, 7, Peer::Echo);
    connect(&mut rig);
    let data = Prng::new(seed).bytes(5000);
    let mut back = Vec::new();
    for part in data.chunks(1000) {
        let id = if model == Model::SaraR5 { 0 } else { 1 };
        if id == 0 {
            assert!(rig.write(id, part).contains("+USOWR: 0,1000"));
        } else {
            rig.send_ext(id, part);
        }
        rig.pass_ms(200);
        rig.got.clear();
        back.extend(if id == 0 { rig.read(id, 1024) } else { rig.recv(id, 1500) });
    }
    assert!(back == data, "the data has changed");
    assert_eq!(rig.rules(), []);
}

#[test]
fn ublox() {
    for chunking in [Chunking::Whole, Chunking::Fixed(1), Chunking::Fixed(7), Chunking::Random(64)] {
        echo(Model::SaraR5, chunking, 1);
    }
}

#[test]
fn sequans() {
    for chunking in [Chunking::Whole, Chunking::Fixed(1), Chunking::Fixed(7), Chunking::Random(64)] {
        echo(Model::Ryz014a, chunking, 2);
    }
}
