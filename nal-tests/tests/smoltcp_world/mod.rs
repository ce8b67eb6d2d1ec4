//! smoltcp-nal in virtual time, on a cable to a virtual network.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(missing_docs, missing_debug_implementations, unreachable_pub)]

pub mod gateway;
pub mod names;
pub mod wire;

use std::cell::Cell;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::Duration;

use embedded_time::fraction::Fraction;
use modem_sim::{Network, VirtualNetwork};
use smoltcp::iface::{Config, Interface, SocketSet};
use smoltcp::socket::{dns, tcp, udp};
use smoltcp::wire::{HardwareAddress, IpAddress, IpCidr};

use gateway::Gateway;
use wire::{End, cable};

/// Sockets of the stack: so many for TCP, and as many for UDP.
pub const SOCKETS: usize = 4;

const OWN: Ipv4Addr = Ipv4Addr::new(10, 20, 30, 40);
const ROUTER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const NAME_SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 53);
const RTT: Duration = Duration::from_millis(20);
const STEP: Duration = Duration::from_millis(1);

pub type NetworkStack = smoltcp_nal::NetworkStack<'static, End, Clock>;

/// Milliseconds of virtual time.
#[derive(Clone, Default)]
pub struct Clock(Rc<Cell<Duration>>);

impl embedded_time::Clock for Clock {
    type T = u32;
    const SCALING_FACTOR: Fraction = Fraction::new(1, 1000);

    fn try_now(&self) -> Result<embedded_time::Instant<Self>, embedded_time::clock::Error> {
        Ok(embedded_time::Instant::new(self.0.get().as_millis() as u32))
    }
}

/// Everything but the stack.
pub struct World {
    clock: Clock,
    gateway: Gateway,
}

impl World {
    /// A stack, and the world around it with `net` in it.
    pub fn new(net: &VirtualNetwork) -> (NetworkStack, Self) {
        net.clone().configure(OWN, RTT);
        let (mut near, far) = cable();
        let start = smoltcp::time::Instant::from_millis(0);
        let mut interface = Interface::new(Config::new(HardwareAddress::Ip), &mut near, start);
        interface.update_ip_addrs(|addresses| {
            addresses.push(IpCidr::new(IpAddress::Ipv4(OWN), 24)).expect("there is room for one address");
        });
        interface.routes_mut().add_default_ipv4_route(ROUTER).expect("there is room for one route");
        let mut sockets = SocketSet::new(Vec::new());
        for _ in 0..SOCKETS {
            let buffer = || tcp::SocketBuffer::new(vec![0; 2048]);
            sockets.add(tcp::Socket::new(buffer(), buffer()));
            let buffer = || udp::PacketBuffer::new(vec![udp::PacketMetadata::EMPTY; 8], vec![0; 4096]);
            sockets.add(udp::Socket::new(buffer(), buffer()));
        }
        sockets.add(dns::Socket::new(&[IpAddress::Ipv4(NAME_SERVER)], vec![]));
        let clock = Clock::default();
        let stack = smoltcp_nal::NetworkStack::new(interface, near, sockets, clock.clone());
        (stack, Self { clock, gateway: Gateway::new(Box::new(net.clone()), far) })
    }

    pub fn now(&self) -> Duration {
        self.clock.0.get()
    }

    /// A millisecond passes.
    pub fn tick(&mut self, stack: &mut NetworkStack) {
        self.clock.0.set(self.now() + STEP);
        stack.poll().expect("the clock does not fail");
        self.gateway.tick(self.now());
        stack.poll().expect("the clock does not fail");
    }
}
