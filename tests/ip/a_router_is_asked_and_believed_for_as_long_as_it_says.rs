//! Router discovery: when the router is asked, what is taken from its answer, and for how long.
use crate::router;

use std::net::{Ipv6Addr, SocketAddr};
use std::task::{Poll, Waker};

use cellular_nal::{Error, Sockets};
use router::{Link, PREFIX, ROUTER, advertisement, icmp, is_ours, prefix};

const SERVER: Ipv6Addr = Ipv6Addr::new(0x2001, 0xDB8, 9, 0, 0, 0, 0, 9);

fn connect(link: &Link) -> Poll<Result<cellular_nal::SocketHandle, Error>> {
    link.ip.borrow_mut().open_tcp(SocketAddr::from((SERVER, 80)), Waker::noop())
}

fn up() -> Link {
    let mut link = Link::new(|_| {});
    link.open();
    link.advertise(1800, &[prefix(86_400, 43_200)]);
    assert!(is_ours(link.address()));
    link
}

#[test]
fn it_is_asked_three_times_and_then_more_and_more_rarely() {
    let mut link = Link::new(|_| {});
    link.open();
    let (_, first) = link.packets.first().expect("it is asked at once").clone();
    let from: [u8; 16] = first[8..24].try_into().expect("16 bytes");
    assert!(Ipv6Addr::from(from).is_unicast_link_local());
    let all_routers = Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 2);
    assert_eq!(first, icmp(from.into(), all_routers, vec![133, 0, 0, 0, 0, 0, 0, 0]));
    link.run(100_000);
    assert_eq!(link.solicitations(), [0, 4_000, 8_000, 12_000, 20_000, 36_000, 68_000]);
    link.run(20 * 3_600_000);
    let last = link.solicitations();
    assert!(last.windows(2).all(|pair| pair[1] - pair[0] <= 3_600_000));
    // An answer ends it, whenever it comes.
    link.advertise(u16::MAX, &[prefix(u32::MAX, u32::MAX)]);
    assert!(is_ours(link.address()));
    link.run(3_600_000);
    assert_eq!(link.solicitations(), last);
}

#[test]
fn a_connection_waits_for_the_answer_and_not_for_ever() {
    let mut link = Link::new(|_| {});
    link.open();
    assert!(connect(&link).is_pending());
    link.run(11_000);
    assert!(connect(&link).is_pending());
    link.run(1_000);
    // IPv4 is there; IPv6 is not.
    assert!(matches!(connect(&link), Poll::Ready(Err(Error::WrongFamily))));
    link.advertise(1800, &[prefix(86_400, 43_200)]);
    assert!(matches!(connect(&link), Poll::Ready(Ok(_))));
}

#[test]
fn what_it_withdraws_is_gone_at_once() {
    let mut link = up();
    link.advertise(1800, &[prefix(0, 0)]);
    assert_eq!(link.address(), None);
    link.advertise(1800, &[prefix(60, 60)]);
    assert!(is_ours(link.address()));
    // A router that is none any more has no way to anybody.
    link.advertise(0, &[]);
    assert_eq!(link.address(), None);
    let asked = link.solicitations().len();
    link.run(4_000);
    assert_eq!(link.solicitations().len(), asked + 1, "perhaps there is another");
    link.advertise(30, &[]);
    assert!(is_ours(link.address()));
}

#[test]
fn lifetimes_come_to_their_end() {
    let mut link = up();
    link.advertise(1800, &[prefix(60, 60)]);
    link.run(59_000);
    assert!(is_ours(link.address()));
    let Poll::Ready(Ok(socket)) = connect(&link) else { panic!("it has an address") };
    let before = link.solicitations().len();
    link.run(1_001);
    assert_eq!(link.address(), None);
    assert_eq!(link.solicitations().len(), before + 1);
    let opened = link.ip.borrow_mut().poll_open(socket, Waker::noop());
    assert_eq!(opened, Poll::Ready(Err(Error::Aborted)), "it has died with its address");
    link.advertise(20, &[prefix(u32::MAX, u32::MAX)]);
    link.run(20_001);
    assert_eq!(link.address(), None, "the router has said that it is one for so long");
    // What never ends does not.
    link.advertise(u16::MAX, &[prefix(u32::MAX, u32::MAX)]);
    link.run(60_000_000);
    assert!(is_ours(link.address()));
}

#[test]
fn another_prefix_takes_the_place_of_one_that_is_deprecated() {
    let mut link = up();
    let mut other = prefix(86_400, 43_200);
    other[23] = 7;
    link.advertise(1800, &[other.clone()]);
    assert!(is_ours(link.address()));
    link.advertise(1800, &[prefix(600, 0), other]);
    let segments = link.address().expect("there is one").segments();
    assert_eq!(segments[..4], [PREFIX[0], PREFIX[1], PREFIX[2], 7]);
}

#[test]
fn the_mtu_of_the_link_is_what_it_says() {
    let mut link = up();
    let mtu = |mtu: u32| [vec![5, 1, 0, 0], mtu.to_be_bytes().to_vec()].concat();
    assert_eq!(link.ip.borrow().mtu(), 1500);
    for (told, used) in [(1400, 1400), (1279, 1400), (0, 1400), (1280, 1280), (9000, 1500), (u32::MAX, 1500)]
    {
        link.advertise(1800, &[mtu(told)]);
        assert_eq!(link.ip.borrow().mtu(), used, "{told}");
    }
    link.advertise(1800, &[mtu(1280)]);
    let Poll::Ready(Ok(socket)) = connect(&link) else { panic!("it has an address") };
    link.run(0);
    let (_, syn) = link.packets.last().expect("it calls");
    // The option for the largest segment comes first: what fits behind both headers.
    assert_eq!(syn[60..64], [2, 4, 0x04, 0xC4], "{syn:02x?}");
    link.ip.borrow_mut().release(socket);
}

#[test]
fn name_servers_are_used_and_forgotten() {
    let mut link = Link::new(|config| config.ipv4 = false);
    link.open();
    let servers = |lifetime: u32, last: u8| {
        let mut option = vec![25, 3, 0, 0];
        option.extend(lifetime.to_be_bytes());
        option.extend(Ipv6Addr::new(0x2001, 0xDB8, 0, 0, 0, 0, 0, last.into()).octets());
        option
    };
    link.advertise(1800, &[prefix(86_400, 43_200), servers(100, 0x53)]);
    let asks = |link: &mut Link| {
        let before = link.packets.len();
        let Poll::Ready(Ok(ticket)) = link.ip.borrow_mut().resolve("example.com", None, Waker::noop()) else {
            panic!("it can be asked")
        };
        link.run(0);
        link.ip.borrow_mut().cancel_lookup(ticket);
        let queries = link.packets[before..].iter().filter(|(_, packet)| packet[6] == 17);
        let queries: Vec<_> = queries.map(|(_, packet)| packet.clone()).collect();
        // One of type AAAA: there is nothing else to ask for.
        queries.iter().for_each(|query| assert_eq!(query[query.len() - 4..], [0, 28, 0, 1]));
        queries.first().map(|query| query[39])
    };
    assert_eq!(asks(&mut link), Some(0x53));
    link.advertise(1800, &[servers(u32::MAX, 0x54)]);
    assert_eq!(asks(&mut link), Some(0x53));
    link.advertise(1800, &[servers(0, 0x53)]);
    assert_eq!(asks(&mut link), Some(0x54));
    link.advertise(1800, &[servers(0, 0x54), servers(5, 0x55)]);
    link.run(5_001);
    assert_eq!(asks(&mut link), None);
}

#[test]
fn an_echo_is_answered() {
    let mut link = up();
    let own = link.address().expect("there is one");
    let request = vec![128, 0, 0, 0, 1, 2, 3, 4, b'?'];
    link.give(&icmp(SERVER, own, request));
    let (_, answer) = link.packets.last().expect("there is an answer");
    assert_eq!((&answer[8..24], &answer[24..40]), (&own.octets()[..], &SERVER.octets()[..]));
    assert_eq!((answer[40], &answer[44..]), (129, &[1, 2, 3, 4, b'?'][..]));
}

#[test]
fn it_is_heard_at_the_link_local_address_too() {
    let mut link = Link::new(|_| {});
    link.open();
    let own: [u8; 16] = link.packets[0].1[8..24].try_into().expect("16 bytes");
    link.give(&advertisement(ROUTER, own.into(), 1800, &[prefix(60, 60)]));
    assert!(is_ours(link.address()));
}
