//! The cases of TCP clients and of names on embassy-net 0.9, on a cable to a virtual network.
//!
//! embassy-net has no UDP for embedded-nal-async. Its time is that of the operating system.
mod common;
mod results;
mod smoltcp_world;
mod virtual_far;

use std::cell::RefCell;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::task::{Context as Task, Waker};
use std::time::{Duration, Instant};

use common::{System, verify};
use embassy_futures::select::{Either3, select3};
use embassy_net::dns::DnsSocket;
use embassy_net::tcp::client::{TcpClient, TcpClientState};
use embassy_net::{Config, Ipv4Cidr, StackResources, StaticConfigV4};
use embassy_net_driver::{Capabilities, Checksum, Driver, HardwareAddress, LinkState, RxToken, TxToken};
use modem_sim::{Network, VirtualNetwork};
use nal_tests::asynch::{self, Nal};
use nal_tests::{Context, Deviation, Print, Records, Role, Timer};
use smoltcp_world::gateway::Gateway;
use smoltcp_world::wire::{End, cable};
use virtual_far::VirtualFar;

const OWN: Ipv4Addr = Ipv4Addr::new(10, 20, 30, 40);
const ROUTER: Ipv4Addr = Ipv4Addr::new(10, 20, 30, 1);
const NAME_SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 53);
const SOCKETS: usize = 4;

const DEVIATIONS: &[Deviation] = &[
    Deviation::new("A02", "a dropped socket is gone before its FIN has left (0.9.1, src/tcp.rs:466)"),
    Deviation::new("A04", "a dropped socket is gone before its bytes have left (0.9.1, src/tcp.rs:466)"),
    Deviation::new("A08", "a write waits until some bytes fit, and none never do (0.9.1, src/tcp.rs:556)"),
    Deviation::new(
        "A12",
        "a connect has no time limit unless the client is given one (0.9.1, src/tcp.rs:836)",
    ),
    Deviation::new("A28", "every failure of a connect is ConnectionReset (0.9.1, src/tcp.rs:841)"),
    Deviation::fatal("R07", "get_host_by_address is a todo!() (0.9.1, src/dns.rs:114)"),
];

/// The stack's end of the cable, and who waits for packets.
struct Port {
    end: End,
    waker: Rc<RefCell<Option<Waker>>>,
}

struct Packet(Vec<u8>);

struct Room(End);

impl RxToken for Packet {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(mut self, f: F) -> R {
        f(&mut self.0)
    }
}

impl TxToken for Room {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut packet = vec![0; len];
        let result = f(&mut packet);
        self.0.outbound.borrow_mut().push_back(packet);
        result
    }
}

impl Driver for Port {
    type RxToken<'a> = Packet;
    type TxToken<'a> = Room;

    fn receive(&mut self, task: &mut Task<'_>) -> Option<(Packet, Room)> {
        *self.waker.borrow_mut() = Some(task.waker().clone());
        let packet = self.end.inbound.borrow_mut().pop_front()?;
        Some((Packet(packet), Room(self.end.clone())))
    }

    fn transmit(&mut self, _task: &mut Task<'_>) -> Option<Room> {
        Some(Room(self.end.clone()))
    }

    fn link_state(&mut self, _task: &mut Task<'_>) -> LinkState {
        LinkState::Up
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = 1500;
        capabilities.checksum.ipv4 = Checksum::None;
        capabilities.checksum.tcp = Checksum::None;
        capabilities.checksum.udp = Checksum::None;
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ip
    }
}

#[test]
fn embassy_net_deviates_where_it_is_known() {
    let net = VirtualNetwork::new();
    net.clone().configure(OWN, Duration::from_millis(4));
    let far = VirtualFar::new(&net, 50_000);
    let (near, router) = cable();
    let mut gateway = Gateway::new(Box::new(net), router);
    let waker = Rc::new(RefCell::new(None::<Waker>));
    let address = StaticConfigV4 {
        address: Ipv4Cidr::new(OWN, 24),
        gateway: Some(ROUTER),
        dns_servers: std::iter::once(NAME_SERVER).collect(),
    };
    let mut resources = StackResources::<{ SOCKETS + 2 }>::new();
    let port = Port { end: near.clone(), waker: waker.clone() };
    let (stack, mut runner) = embassy_net::new(port, Config::ipv4_static(address), &mut resources, 1);
    let state = TcpClientState::<SOCKETS, 2048, 2048>::new();
    let (client, resolver) = (TcpClient::new(stack, &state), DnsSocket::new(stack));

    let mut bench = far.bench();
    bench.max_sockets = Some(SOCKETS);
    bench.rounds = 100;
    bench.limit_ms = 15_000;
    bench.settle_ms = 1000;
    // The window of the router is small enough to make a peer slow.
    let slow = Role::SlowReader as u16;
    bench.tcp.set(Role::SlowReader, ([10, 0, 1, slow as u8 + 1], 1000 + slow).into());
    bench.deviations = DEVIATIONS;
    let (mut records, context) = (Records::new(), Context { bench: &bench, timer: &System });
    let cases = async {
        let report = &mut (&mut records, Print);
        asynch::tcp("async", &Nal(&client), context, report).await;
        asynch::names::run("async", &Nal(&resolver), context, report).await;
    };
    let world = async {
        let start = Instant::now();
        loop {
            gateway.tick(start.elapsed());
            far.attend(start.elapsed());
            if !near.inbound.borrow().is_empty()
                && let Some(waker) = waker.borrow_mut().take()
            {
                waker.wake();
            }
            System.after(1).await;
        }
    };
    let all = select3(cases, runner.run(), world);
    assert!(matches!(async_io::block_on(all), Either3::First(())), "the world ends before the cases");
    verify(&records, DEVIATIONS);
    results::check("async", 2, "embassy-net 0.9", &records);
}
