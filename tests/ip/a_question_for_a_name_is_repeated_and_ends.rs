//! A question for the name of an address goes to the name servers by turns, and ends when none of them answers.
use crate::router;

use std::net::IpAddr;
use std::task::{Poll, Waker};

use cellular_nal::{Error, Sockets};
use router::Link;

const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 1, 2, 3));

/// When questions came, and to which server.
fn questions(link: &Link) -> Vec<(u64, [u8; 4])> {
    let questions = link.packets.iter().filter(|(_, packet)| packet[9] == 17 && packet[22..24] == [0, 53]);
    questions.map(|(at, packet)| (*at, packet[16..20].try_into().unwrap())).collect()
}

#[test]
fn servers_are_asked_by_turns_until_the_time_is_over() {
    let mut link = Link::new(|config| config.ipv6 = false);
    link.open();
    let begin = link.now;
    let asked = link.ip.borrow_mut().resolve_address(ADDRESS, Waker::noop());
    let Poll::Ready(Ok(ticket)) = asked else { panic!("{asked:?}") };
    let mut name = [0; 64];
    let ended = loop {
        link.run(100);
        let answer = link.ip.borrow_mut().poll_reverse_lookup(ticket, &mut name, Waker::noop());
        if let Poll::Ready(answer) = answer {
            assert_eq!(answer, Err(Error::NameNotFound));
            break link.now - begin;
        }
        assert!(link.now - begin < 60_000, "it lasts for ever");
    };
    let (first, second) = ([9, 9, 9, 9], [8, 8, 8, 8]);
    let asked: Vec<_> = questions(&link).iter().map(|(at, server)| ((at - begin) / 1000, *server)).collect();
    assert_eq!(asked, [(0, first), (3, second), (6, first), (12, second)]);
    assert!((18_000..19_000).contains(&ended), "{ended}");
}

/// Nothing gives a lookup of the nb facade back when its caller turns to something else.
#[test]
fn one_that_nobody_looks_after_makes_room() {
    let mut link = Link::new(|config| config.ipv6 = false);
    link.open();
    for _ in 0..3 {
        let asked = link.ip.borrow_mut().resolve_address(ADDRESS, Waker::noop());
        assert!(asked.is_ready());
        let begin = link.now;
        let other = loop {
            link.run(100);
            if let Poll::Ready(other) = link.ip.borrow_mut().resolve("other.example", None, Waker::noop()) {
                break other.expect("it is asked for");
            }
            assert!(link.now - begin < 60_000, "it blocks for ever");
        };
        assert!(link.now - begin >= 5000, "its owner had no time to go on: {} ms", link.now - begin);
        link.ip.borrow_mut().cancel_lookup(other);
    }
}

#[test]
fn an_answer_to_another_question_is_none() {
    let mut link = Link::new(|config| config.ipv6 = false);
    link.open();
    let asked = link.ip.borrow_mut().resolve_address(ADDRESS, Waker::noop());
    let Poll::Ready(Ok(ticket)) = asked else { panic!("{asked:?}") };
    link.run(0);
    let (_, question) = link.packets.iter().find(|(_, packet)| packet[9] == 17).expect("it is asked").clone();
    let mut name = [0; 64];
    // From somebody else, with another identifier, and then as it should be.
    for (server, id, expected) in
        [([7, 7, 7, 7], 0, None), ([9, 9, 9, 9], 1, None), ([9, 9, 9, 9], 0, Some("host.example"))]
    {
        link.give_ipv4(&answer(&question, server, id));
        let found = match link.ip.borrow_mut().poll_reverse_lookup(ticket, &mut name, Waker::noop()) {
            Poll::Ready(found) => Some(found.expect("it is a name")),
            Poll::Pending => None,
        };
        assert_eq!(found.map(|len| &name[..len]), expected.map(str::as_bytes), "{server:?} {id}");
    }
}

/// The answer of a server, with the identifier changed by `id`; the checksum of UDP is left out.
fn answer(question: &[u8], server: [u8; 4], id: u8) -> Vec<u8> {
    let mut message = question[28..].to_vec();
    message[1] ^= id;
    (message[2], message[3], message[7]) = (0x81, 0x80, 1);
    message.extend([0xC0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, 14]);
    message.extend(b"\x04host\x07example\0");
    let mut packet = vec![0x45, 0, 0, 28 + message.len() as u8, 0, 0, 0, 0, 64, 17, 0, 0];
    packet.extend([server, question[12..16].try_into().unwrap()].concat());
    let sum: u32 = packet.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum();
    let sum = !((sum & 0xFFFF) + (sum >> 16)) as u16;
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet.extend([0, 53, question[20], question[21], 0, 8 + message.len() as u8, 0, 0]);
    packet.extend(message);
    packet
}
