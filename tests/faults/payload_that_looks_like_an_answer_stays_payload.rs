//! Peers of this crate cut a read at `\r\nOK\r\n` inside of the data; here data is data at any chunking of the line.
use crate::common;

use common::Setup;
use common::conversation::{datagram_echo, echo};
use modem_sim::Model;
use modem_sim::line::{Chunking, Faults};

const SAID: &[&[u8]] = &[
    b"ab\r\nOK\r\ncdef",
    b"\r\nERROR\r\n",
    b"\r\nOK\r\n",
    b"\r\n+CME ERROR: 3\r\n\r\nNO CARRIER\r\n",
    b"\"\r\n\r\nOK\r\n\r\n+USORD: 0,3,\"abc\"\r\n",
    b"\r\n+UUSORD: 0,99\r\n\r\n+UUSOCL: 0\r\n",
    b"\r\n+SQNSRING: 1\r\n\r\n+SQNSH: 1\r\n\r\n+SQNSRECV: 1,5\r\n",
    b"\r\n+SYSSTART\r\n\r\n> \r\n@\r\n+CEREG: 0\r\n",
    b"AT\rAT+CFUN=4\rATE0\r",
    b"OK\r",
    b"\n",
];

#[test]
fn payload_that_looks_like_an_answer_stays_payload() {
    for &model in Model::ALL {
        let chunkings = (1..24).map(Chunking::Fixed).chain([Chunking::Whole, Chunking::Random(9)]);
        for chunking in chunkings {
            let line = Faults { chunking, ..Faults::paced(115_200) };
            let mut world = Setup { line, record: true, ..Setup::new(model) }.build();
            world.bring_up();
            for said in SAID {
                let heard = world.run(30, echo(world.stack, said));
                assert_eq!(heard.as_deref(), Ok(*said), "{model}: TCP, {chunking:?}\n{}", world.tail());
                let heard = world.run(30, datagram_echo(world.stack, said));
                assert_eq!(heard.as_deref(), Ok(*said), "{model}: UDP, {chunking:?}\n{}", world.tail());
            }
            world.leaves_nothing();
        }
    }
}
