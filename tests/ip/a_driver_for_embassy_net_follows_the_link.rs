//! What the driver says and gives, step by step, over a plain line: link state, packets both ways, and who is woken.
use crate::ppp;
use crate::router;

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use cellular_nal::embassy_net::{Addressing, Driver, LinkResources, Packets, on_wire};
use cellular_nal::ppp::Config;
use cellular_nal::{Drive, Error, Task};
use embassy_net_driver::{Driver as _, HardwareAddress, LinkState, RxToken, TxToken};
use ppp::{IPV4, LCP, at, control, frame, split, unstuff};

#[derive(Default)]
struct Woken(AtomicU32);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

struct Bench {
    link: &'static RefCell<Packets<'static>>,
    driver: Driver<'static>,
    addressing: Addressing<'static>,
    drive: Box<dyn Drive>,
    /// Packets of IPv4 that have come to the peer.
    packets: Vec<Vec<u8>>,
    woken: Arc<Woken>,
    /// Options of the peer's LCP request.
    lcp: Vec<u8>,
}

impl Bench {
    fn new(lcp: &[u8]) -> Self {
        let memory = Box::leak(Box::new(LinkResources::<'static, 3040, 3040>::new()));
        let parts = memory.link(Config::new(4711));
        let link = parts.packets();
        let (driver, addressing, runner) = on_wire(parts);
        let drive = Box::new(runner.into_drive());
        Self { link, driver, addressing, drive, packets: vec![], woken: Arc::default(), lcp: lcp.into() }
    }

    fn open(&mut self) {
        self.link.borrow_mut().open(at(0));
        self.settle();
    }

    fn settle(&mut self) {
        loop {
            let (mut said, mut chunk) = (vec![], [0; 64]);
            while let Task::Transmit(count) = self.drive.poll_output(at(0), &mut chunk) {
                said.extend(&chunk[..count]);
                self.drive.transmitted(count);
            }
            if said.is_empty() {
                return;
            }
            for content in unstuff(&said) {
                match split(&content) {
                    (IPV4, packet) => self.packets.push(packet),
                    (LCP, packet) if packet[0] == 5 => self.say(LCP, &control(6, packet[1], &[])),
                    (LCP, packet) if packet[0] == 1 => {
                        self.say(LCP, &control(2, packet[1], &packet[4..]));
                        let own = self.lcp.clone();
                        self.say(LCP, &control(1, 77, &own));
                    }
                    (protocol, packet) => {
                        for answer in router::agree(protocol, &packet) {
                            self.say(protocol, &answer);
                        }
                    }
                }
            }
        }
    }

    fn say(&mut self, protocol: u16, packet: &[u8]) {
        assert_eq!(self.give(&frame(protocol, packet)), 0, "it takes it all");
    }

    /// Gives bytes, as many as it has room for: says how many are left.
    fn give(&mut self, mut bytes: &[u8]) -> usize {
        while let count @ 1.. = self.drive.room().min(bytes.len()) {
            self.drive.handle_rx(at(0), &bytes[..count]);
            bytes = &bytes[count..];
        }
        bytes.len()
    }

    /// How often the driver's user was woken since the last call of anything by it.
    fn poll<T>(&mut self, call: impl FnOnce(&mut Driver<'static>, &mut Context<'_>) -> T) -> T {
        self.woken.0.store(0, Ordering::Relaxed);
        let waker = Waker::from(self.woken.clone());
        call(&mut self.driver, &mut Context::from_waker(&waker))
    }

    fn woken(&self) -> bool {
        self.woken.0.load(Ordering::Relaxed) > 0
    }

    fn state(&mut self) -> LinkState {
        self.poll(|driver, cx| driver.link_state(cx))
    }

    fn receive(&mut self) -> Option<Vec<u8>> {
        self.poll(|driver, cx| Some(driver.receive(cx)?.0.consume(|packet| packet.to_vec())))
    }

    fn transmit(&mut self, packet: &[u8]) -> bool {
        self.poll(|driver, cx| {
            let room = driver.transmit(cx);
            room.map(|room| room.consume(packet.len(), |to| to.copy_from_slice(packet))).is_some()
        })
    }
}

fn packet(len: usize) -> Vec<u8> {
    let mut packet = vec![7; len];
    packet[0] = 0x45;
    packet
}

fn is(state: LinkState, expected: LinkState) -> bool {
    state == expected
}

#[test]
fn the_link_goes_up_and_down_and_its_addresses_with_it() {
    let mut bench = Bench::new(&[]);
    assert!(matches!(bench.driver.hardware_address(), HardwareAddress::Ip));
    assert_eq!(bench.driver.capabilities().max_transmission_unit, 1500);
    assert!(is(bench.state(), LinkState::Down));
    assert!(!bench.transmit(&packet(100)), "there is no room on a link that is down");
    let addressing = bench.addressing;
    let waker = Waker::noop();
    let mut context = Context::from_waker(waker);
    let mut changed = Box::pin(addressing.changed(None));
    assert!(changed.as_mut().poll(&mut context).is_pending());
    bench.open();
    assert!(bench.woken());
    assert!(is(bench.state(), LinkState::Up));
    let Poll::Ready(Some(ipv4)) = changed.as_mut().poll(&mut context) else { panic!("it has an address") };
    assert_eq!((ipv4.address, ipv4.peer), ([10, 0, 0, 2].into(), Some([10, 0, 0, 1].into())));
    assert_eq!(ipv4.dns, [Some([9, 9, 9, 9].into()), Some([8, 8, 8, 8].into())]);
    drop(changed);
    let mut changed = Box::pin(addressing.changed(Some(ipv4)));
    assert!(changed.as_mut().poll(&mut context).is_pending());
    bench.say(LCP, &control(5, 9, &[]));
    assert!(bench.woken());
    assert!(is(bench.state(), LinkState::Down));
    assert_eq!(changed.as_mut().poll(&mut context), Poll::Ready(None));
    let mut waiting = Box::pin(addressing.wait_for_link());
    assert_eq!(waiting.as_mut().poll(&mut context), Poll::Ready(Err(Error::Closed)));
}

#[test]
fn packets_go_both_ways() {
    let mut bench = Bench::new(&[]);
    bench.open();
    assert!(bench.transmit(&packet(1500)));
    bench.settle();
    assert_eq!(bench.packets, [packet(1500)]);
    assert_eq!(bench.receive(), None);
    bench.say(IPV4, &packet(1500));
    assert!(bench.woken());
    assert_eq!(bench.receive(), Some(packet(1500)));
    assert_eq!(bench.receive(), None);
    // One that is answered while it is read.
    bench.say(IPV4, &packet(700));
    bench.poll(|driver, cx| {
        let (received, room) = driver.receive(cx).expect("there is one");
        received.consume(|question| room.consume(question.len(), |answer| answer.copy_from_slice(question)));
    });
    bench.settle();
    assert_eq!(bench.packets.last(), Some(&packet(700)));
}

#[test]
fn whoever_finds_no_room_is_woken_when_there_is_some() {
    let mut bench = Bench::new(&[]);
    bench.open();
    assert!(bench.transmit(&packet(1500)));
    assert!(bench.transmit(&packet(1500)));
    assert!(!bench.transmit(&packet(1500)));
    // Without room for an answer no packet is taken either.
    bench.say(IPV4, &packet(100));
    assert_eq!(bench.receive(), None);
    bench.settle();
    assert!(bench.woken());
    assert_eq!(bench.receive(), Some(packet(100)));
    assert!(bench.transmit(&packet(1500)));
    bench.settle();
    assert_eq!(bench.packets.len(), 3);
}

#[test]
fn a_line_whose_packets_nobody_takes_is_held_back() {
    let mut bench = Bench::new(&[]);
    bench.open();
    let line: Vec<u8> = (0..4).flat_map(|_| frame(IPV4, &packet(1000))).collect();
    let left = bench.give(&line);
    assert!(left > 1000, "there is room for three at most: {left}");
    let mut rest = &line[line.len() - left..];
    let mut count = 0;
    while let Some(packet) = bench.receive() {
        assert_eq!(packet.len(), 1000);
        count += 1;
        bench.settle();
        let left = bench.give(rest);
        rest = &rest[rest.len() - left..];
    }
    assert_eq!(count, 4);
}

#[test]
fn what_the_peer_does_not_take_is_dropped_and_nothing_panics() {
    // An MRU of 600.
    let mut bench = Bench::new(&[1, 4, 2, 88]);
    bench.open();
    assert!(bench.transmit(&packet(600)));
    assert!(bench.transmit(&packet(601)));
    assert!(bench.transmit(&packet(1500)));
    assert!(bench.transmit(&packet(20)));
    bench.settle();
    assert_eq!(bench.packets, [packet(600), packet(20)]);
}
