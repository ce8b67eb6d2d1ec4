//! A modem may keep ports for itself while there is a data connection (`+UEMBPF`, SARA/LEXI internet applications §4.3): a
//! question to a name server from one of them would have no answer.
use crate::router;

use std::task::{Poll, Waker};

use cellular_nal::Sockets;
use router::Link;

#[test]
fn names_are_asked_for_from_ports_that_no_modem_keeps() {
    let mut link = Link::new(|config| config.ipv6 = false);
    link.open();
    let mut ports = Vec::new();
    for _ in 0..100 {
        let asked = link.ip.borrow_mut().resolve("server.example", Some(false), Waker::noop());
        let Poll::Ready(Ok(ticket)) = asked else { panic!("{asked:?}") };
        link.packets.clear();
        link.run(1);
        let questions: Vec<_> = link.packets.iter().filter(|(_, packet)| packet[9] == 17).collect();
        let [(_, question)] = questions.as_slice() else { panic!("{questions:02x?}") };
        assert_eq!(question[22..24], [0, 53], "it goes to a name server");
        ports.push(u16::from_be_bytes([question[20], question[21]]));
        link.ip.borrow_mut().cancel_lookup(ticket);
    }
    assert!(ports.iter().all(|&port| port >= 49152), "{ports:?}");
    ports.sort_unstable();
    ports.dedup();
    assert!(ports.len() > 80, "they can be guessed: {ports:?}");
}
