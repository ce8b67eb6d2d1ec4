//! The nb facade at the simulator's line, in virtual time.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use cellular_nal::{Base, Config, Engine, Error, Instant, Resources};
use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};
use embedded_nal::nb;
use modem_sim::line::{Faults, Line};
use modem_sim::{Direction, Model, Modem, Options, Peer, VirtualNetwork};

use super::{ECHO, ECHO_NAME, dialect};

/// A serial port whose wire is moved by [`NbWorld::tick`].
#[derive(Clone, Default)]
pub struct Wire(Rc<RefCell<(VecDeque<u8>, Vec<u8>)>>);

impl ErrorType for Wire {
    type Error = Infallible;
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let inbound = &mut self.0.borrow_mut().0;
        let count = buffer.len().min(inbound.len());
        for (to, from) in buffer.iter_mut().zip(inbound.drain(..count)) {
            *to = from;
        }
        Ok(count)
    }
}

impl ReadReady for Wire {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(!self.0.borrow().0.is_empty())
    }
}

impl Write for Wire {
    /// Never takes more than a small FIFO would.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        let count = bytes.len().min(16);
        self.0.borrow_mut().1.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl WriteReady for Wire {
    fn write_ready(&mut self) -> Result<bool, Infallible> {
        Ok(true)
    }
}

pub type Clock = Box<dyn FnMut() -> Instant>;
pub type StackOn<B> = cellular_nal::nb::Stack<'static, Wire, Clock, B>;
pub type Stack = StackOn<&'static RefCell<Engine>>;

/// A modem and a line, without the stack, so that a test can borrow both.
pub struct NbWorld {
    pub modem: Modem,
    pub net: VirtualNetwork,
    pub model: Model,
    line: Line,
    wire: Wire,
    clock: Rc<Cell<Duration>>,
}

/// A stack of `N` sockets whose link is up, and its surroundings.
pub fn up<const N: usize>(model: Model, options: Options) -> (Stack, NbWorld) {
    up_on(model, options, || {
        let resources = Box::leak(Box::new(Resources::<N, 1024, 1024>::new()));
        resources.engine(dialect(model), Config::new())
    })
}

/// A stack on another base whose link is up, and its surroundings.
pub fn up_on<B: Base>(model: Model, options: Options, base: impl FnOnce() -> B) -> (StackOn<B>, NbWorld) {
    let net = VirtualNetwork::new();
    net.set_rtt(options.rtt);
    net.on(ECHO.0, ECHO.1, Peer::Echo);
    net.host(ECHO_NAME, &[ECHO.0.into()]);
    let modem = Modem::new(model, options, Box::new(net.clone()));
    let mut line = Line::new(1);
    line.set_faults(Direction::ToModem, Faults::paced(115_200));
    line.set_faults(Direction::ToHost, Faults::paced(115_200));
    let (wire, clock) = (Wire::default(), Rc::new(Cell::new(Duration::ZERO)));
    let hands = clock.clone();
    let clock_of_stack: Clock = Box::new(move || Instant::from_micros(hands.get().as_micros() as u64));
    let mut stack = StackOn::on(base(), wire.clone(), clock_of_stack);
    let mut world = NbWorld { modem, net, model, line, wire, clock };
    world.until(60, || stack.link_up()).expect("the link comes up");
    (stack, world)
}

impl NbWorld {
    pub fn now(&self) -> Duration {
        self.clock.get()
    }

    /// A millisecond passes on the wire.
    pub fn tick(&mut self) {
        let end = self.now() + Duration::from_millis(1);
        let sent = std::mem::take(&mut self.wire.0.borrow_mut().1);
        if !sent.is_empty() {
            self.line.push(Direction::ToModem, self.now(), &sent);
        }
        loop {
            let now = self.now();
            let mut busy = false;
            while let Some(bytes) = self.modem.poll_transmit(now) {
                self.line.push(Direction::ToHost, now, &bytes);
                busy = true;
            }
            while let Some(bytes) = self.line.poll(Direction::ToModem, now) {
                self.modem.handle_rx(now, &bytes);
                busy = true;
            }
            while let Some(bytes) = self.line.poll(Direction::ToHost, now) {
                self.wire.0.borrow_mut().0.extend(bytes);
                busy = true;
            }
            if self.modem.poll_timeout().is_some_and(|at| at <= now) {
                self.modem.handle_timeout(now);
                busy = true;
            }
            if busy {
                continue;
            }
            let next = [self.modem.poll_timeout(), self.line.next_due()];
            let next = next.into_iter().flatten().fold(end, Duration::min);
            self.clock.set(next.max(now));
            if next >= end {
                return;
            }
        }
    }

    /// Calls again until it would not block, for `secs` at most.
    pub fn until<T>(
        &mut self,
        secs: u64,
        mut call: impl FnMut() -> nb::Result<T, Error>,
    ) -> Result<T, Error> {
        let end = self.now() + Duration::from_secs(secs);
        loop {
            match call() {
                Ok(value) => return Ok(value),
                Err(nb::Error::Other(error)) => return Err(error),
                Err(nb::Error::WouldBlock) => {}
            }
            assert!(self.now() < end, "{:?}: still WouldBlock after {secs} s", self.model);
            self.tick();
        }
    }

    /// Lets time pass; the stack does nothing but move bytes.
    pub fn pass(&mut self, stack: &mut StackOn<impl Base>, time: Duration) {
        let end = self.now() + time;
        while self.now() < end {
            stack.poll();
            self.tick();
        }
    }

    /// All sockets are closed in the modem soon, and it has no fault to find.
    pub fn leaves_nothing(&mut self, stack: &mut StackOn<impl Base>) {
        self.pass(stack, Duration::from_secs(40));
        assert!(self.modem.open_sockets().is_empty(), "{:?}: sockets are left in the modem", self.model);
        self.no_breach();
    }

    /// The modem has no fault to find with its host.
    pub fn no_breach(&self) {
        let breaches: Vec<String> = self.modem.breaches().iter().map(ToString::to_string).collect();
        assert!(breaches.is_empty(), "{breaches:#?}");
    }
}
