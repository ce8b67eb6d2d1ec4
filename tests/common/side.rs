//! What drives the line: the engine alone, or with an IP stack beside it.

use std::cell::RefCell;
use std::time::Duration;

use cellular_nal::ip::{self, Ip};
use cellular_nal::{Drive, Engine, ppp};

use super::World;

/// A stack over PPP: its handle, and itself.
pub type OnIp = (ip::Stack<'static>, &'static RefCell<Ip<'static>>);

/// What the line carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Commands.
    #[default]
    Sockets,
    /// Commands, then PPP.
    Ppp,
    /// Commands and PPP in the frames of the multiplexer.
    Cmux,
}

/// What moves the bytes in this mode.
pub fn drive(
    mode: Mode,
    engine: &'static RefCell<Engine>,
    config: ppp::Config<'static>,
) -> (Option<OnIp>, Box<dyn Drive>) {
    if mode == Mode::Sockets {
        return (None, Box::new(engine));
    }
    let memory = Box::leak(Box::new(ip::Resources::<'static, 7, 3, 8192, 8192>::new()));
    let ip = memory.ip(config);
    if mode == Mode::Ppp {
        let (stack, _, runner) = ip::dialled(engine, ip);
        return (Some((stack, ip)), Box::new(runner.into_drive()));
    }
    let memory = Box::leak(Box::new(ip::MuxResources::<'static, 1516, 3072, 3072>::new()));
    let (stack, _, _, runner) = ip::multiplexed(engine, ip, memory);
    (Some((stack, ip)), Box::new(runner.into_drive()))
}

impl World {
    /// The link comes up, and IP with it.
    pub fn ip_up(&mut self) {
        self.bring_up();
        let until = self.now + Duration::from_secs(120);
        let (_, ip) = self.ip.expect("there is an IP stack");
        while !ip.borrow().is_up() {
            assert!(self.step(until), "IP does not come up:\n{}", self.tail());
        }
    }
}
