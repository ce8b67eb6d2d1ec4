//! The stack and its pump.

use core::cell::RefCell;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use embedded_io::{Read, ReadReady, Write, WriteReady};

use crate::control::Control;
use crate::dialect::Dialect;
use crate::drive::{Base, Task};
use crate::engine::Engine;
use crate::error::Error;
use crate::link::{Config, Status};
use crate::pins::Pins;
use crate::resources::Resources;
use crate::socket::{SocketHandle, Sockets};
use crate::time::Instant;

/// Reads of the serial port in one go; with them one call ends, however fast the modem sends.
const READS: usize = 16;

/// Tells the time.
///
/// ```
/// use cellular_nal::{Instant, nb::Clock};
/// let mut ticks = 0;
/// let mut clock = || {
///     ticks += 1;
///     Instant::from_millis(ticks)
/// };
/// assert_eq!(clock.now(), Instant::from_millis(1));
/// ```
pub trait Clock {
    /// Now; never earlier than before.
    fn now(&mut self) -> Instant;
}

impl<F: FnMut() -> Instant> Clock for F {
    fn now(&mut self) -> Instant {
        self()
    }
}

/// A modem's sockets behind `TcpFullStack`, `UdpFullStack` and `Dns` of embedded-nal.
///
/// No call waits: what is not done yet is `WouldBlock`, and the same call is made again later.
/// A connection that has ended in any way is `TcpErrorKind::PipeClosed`; `Ok(0)` never means the
/// end.
#[derive(Debug)]
pub struct Stack<'d, IO, C, B: Base = &'d RefCell<Engine>> {
    pub(super) base: B,
    lifetime: PhantomData<&'d ()>,
    io: IO,
    clock: C,
    failed: bool,
    baud: Option<u32>,
    refreshing: bool,
    pins: Option<&'d mut dyn Pins>,
}

impl<'d, IO, C> Stack<'d, IO, C>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
{
    /// Puts an engine into `resources` and drives it over `io`.
    pub fn new<const SOCKETS: usize, const RX: usize, const TX: usize>(
        dialect: &'static dyn Dialect,
        config: Config,
        resources: &'d mut Resources<SOCKETS, RX, TX>,
        io: IO,
        clock: C,
    ) -> Self {
        let engine: &'d RefCell<Engine> = resources.engine(dialect, config);
        Self::on(engine, io, clock)
    }

    /// What the modem can do besides sockets: see [`drive`](Self::drive).
    pub const fn control(&self) -> Control<'d> {
        Control::new(self.base)
    }
}

impl<'d, IO, C, B> Stack<'d, IO, C, B>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
    B: Base,
{
    /// Drives a line of another kind over `io`: an IP stack over the modem's data connection, by
    /// `ip::Dialled` or `ip::Multiplexed`.
    pub const fn on(base: B, io: IO, clock: C) -> Self {
        Self {
            base,
            lifetime: PhantomData,
            io,
            clock,
            failed: false,
            baud: None,
            refreshing: false,
            pins: None,
        }
    }

    /// Gives it pins beside the serial port: the modem is switched on by its power key, and reset when it does not
    /// answer. They are set by whichever call comes at their time, so times are as exact as calls are frequent.
    pub fn set_pins(&mut self, pins: &'d mut dyn Pins) {
        self.base.attach(pins.available());
        self.pins = Some(pins);
    }

    /// Lets the last try of the SIM card's PIN be spent, once: without this call it never is, and the link has
    /// [`Error::LastPinTry`].
    pub fn spend_last_pin_try(&mut self) {
        self.base.engine().borrow_mut().spend_last_pin_try();
    }

    /// Moves bytes, without waiting.
    pub fn poll(&mut self) {
        self.pump();
    }

    /// Brings the link up: call it until it is `Ok`. From then on the link comes back by itself.
    ///
    /// # Errors
    /// Why the link does not come up. It is tried on all the same, but for a refused PIN.
    pub fn link_up(&mut self) -> nb::Result<(), Error> {
        self.pump();
        let mut engine = self.base.engine().borrow_mut();
        if engine.status().state() == crate::LinkState::Down {
            engine.link_up();
        }
        ready(engine.poll_link(Waker::noop()))
    }

    /// Takes the link down: call it until it is `Ok`. What was written to sockets that were closed
    /// still leaves; all other connections die.
    ///
    /// # Errors
    /// None but `WouldBlock`.
    pub fn link_down(&mut self) -> nb::Result<(), Error> {
        self.pump();
        let mut engine = self.base.engine().borrow_mut();
        if engine.status().state() != crate::LinkState::Down {
            engine.link_down();
        }
        let result = ready(engine.poll_down(Waker::noop()).map(Ok));
        drop(engine);
        self.pump();
        result
    }

    /// Leaves the modem alone, so that it can go into power saving mode: call it until it is `Ok`. See
    /// `Control::sleep`; [`link_up`](Self::link_up) wakes it.
    ///
    /// # Errors
    /// Why the link is not up: then nothing happens.
    pub fn link_sleep(&mut self) -> nb::Result<(), Error> {
        self.pump();
        let mut engine = self.base.engine().borrow_mut();
        engine.link_sleep().map_err(nb::Error::Other)?;
        let result = ready(engine.poll_asleep(Waker::noop()).map(Ok));
        drop(engine);
        self.pump();
        result
    }

    /// The modem has pulled its RING line; see `Control::ring`.
    pub fn ring(&mut self) {
        self.base.engine().borrow_mut().ring();
        self.pump();
    }

    /// What is known of the link.
    pub fn status(&mut self) -> Status {
        self.pump();
        self.base.engine().borrow_mut().status()
    }

    /// Which modem it is, as [`Dialect::name`] gives it; "auto" while it is not known.
    pub fn model(&self) -> &'static str {
        self.base.engine().borrow().model()
    }

    /// Whether the serial port has failed since this was asked last. The engine takes it for lost
    /// bytes and goes on.
    pub fn take_port_failure(&mut self) -> bool {
        core::mem::take(&mut self.failed)
    }

    /// A bit rate to set the serial port to, when the modem does not answer at the present one. A
    /// port that cannot change it may ignore this.
    pub fn take_baud(&mut self) -> Option<u32> {
        self.baud.take()
    }

    /// Reads signal strength and operator anew: call it until it is not `WouldBlock`.
    ///
    /// # Errors
    /// Why the link is not up.
    pub fn refresh(&mut self) -> nb::Result<Status, Error> {
        self.pump();
        let mut engine = self.base.engine().borrow_mut();
        if !core::mem::replace(&mut self.refreshing, true) {
            engine.refresh_status();
        }
        let result = ready(engine.poll_status(Waker::noop()));
        self.refreshing = matches!(result, Err(nb::Error::WouldBlock));
        result.map(|()| engine.status())
    }

    /// Moves bytes and goes on with something that the modem is to do: call it until it is not `WouldBlock`, and
    /// then no more. So all of [`Control`](crate::control::Control) can be had without an executor, and whatever
    /// stands on it.
    ///
    /// ```no_run
    /// # use cellular_nal::{Error, Instant, control::Control, nb::Stack};
    /// # use embedded_io::{Read, ReadReady, Write, WriteReady};
    /// # fn example<IO: Read + ReadReady + Write + WriteReady, C: cellular_nal::nb::Clock>(
    /// #     mut stack: Stack<'_, IO, C>,
    /// # ) -> Result<(), Error> {
    /// let control = stack.control();
    /// let mut question = core::pin::pin!(control.imei());
    /// let imei = nb::block!(stack.drive(question.as_mut()))?;
    /// # let _ = imei;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the future.
    pub fn drive<T>(
        &mut self,
        future: Pin<&mut impl Future<Output = Result<T, Error>>>,
    ) -> nb::Result<T, Error> {
        self.pump();
        let result = ready(future.poll(&mut Context::from_waker(Waker::noop())));
        self.pump();
        result
    }

    /// The serial port.
    pub fn port(&mut self) -> &mut IO {
        &mut self.io
    }

    /// Asks the engine, between two rounds of moving bytes.
    pub(super) fn operate<T>(
        &mut self,
        ask: impl FnOnce(&mut B::Sockets) -> Poll<Result<T, Error>>,
    ) -> nb::Result<T, Error> {
        self.pump();
        let result = ready(ask(&mut self.base.sockets().borrow_mut()));
        self.pump();
        result
    }

    /// The socket in `place`, or the one that `take` takes, once it is open. It is let go of when it
    /// cannot be opened.
    pub(super) fn open(
        &mut self,
        place: &mut Option<SocketHandle>,
        take: impl FnOnce(&mut B::Sockets) -> Poll<Result<SocketHandle, Error>>,
    ) -> nb::Result<SocketHandle, Error> {
        self.operate(|sockets| {
            let handle = match *place {
                Some(handle) => handle,
                None => *place.insert(core::task::ready!(take(sockets))?),
            };
            let opened = sockets.poll_open(handle, Waker::noop());
            if let Poll::Ready(Err(_)) = opened {
                sockets.release(handle);
                *place = None;
            }
            opened.map_ok(|()| handle)
        })
    }

    /// Moves bytes both ways as far as the serial port goes without waiting.
    pub(super) fn pump(&mut self) {
        let now = self.clock.now();
        let mut chunk = [0; 64];
        for _ in 0..READS {
            match self.io.read_ready() {
                Ok(true) => {}
                Ok(false) => break,
                Err(_) => {
                    self.failed = true;
                    break;
                }
            }
            let room = self.base.room().min(chunk.len());
            if room == 0 {
                break;
            }
            match self.io.read(chunk.get_mut(..room).unwrap_or_default()) {
                Ok(count @ 1..) => self.base.handle_rx(now, chunk.get(..count).unwrap_or_default()),
                Ok(0) | Err(_) => {
                    self.failed = true;
                    break;
                }
            }
        }
        loop {
            let count = match self.base.poll_output(now, &mut chunk) {
                Task::Transmit(count) => match self.io.write_ready() {
                    Ok(true) => {
                        self.io.write(chunk.get(..count).unwrap_or_default()).ok().filter(|&count| count > 0)
                    }
                    Ok(false) => break,
                    Err(_) => None,
                },
                Task::Baud(baud) => {
                    self.baud = Some(baud);
                    continue;
                }
                Task::Pin { pin, active } => {
                    if let Some(pins) = &mut self.pins {
                        pins.set(pin, active);
                    }
                    continue;
                }
                Task::Timeout(_) => break,
            };
            let Some(count) = count else {
                self.failed = true;
                break;
            };
            self.base.transmitted(count);
        }
    }
}

/// A poll in the words of `nb`.
pub(super) fn ready<T>(poll: Poll<Result<T, Error>>) -> nb::Result<T, Error> {
    match poll {
        Poll::Ready(result) => result.map_err(nb::Error::Other),
        Poll::Pending => Err(nb::Error::WouldBlock),
    }
}
