//! The link under the stack: what comes and goes, and what its ups and downs mean for the sockets.

use core::net::IpAddr;
use core::task::{Poll, Waker};

use smoltcp::iface::{Config, Interface, PollIngressSingleResult, PollResult};
use smoltcp::time::Instant as DeviceInstant;
use smoltcp::wire::HardwareAddress;

use super::Ip;
use super::device::{Device, Plan};
use crate::error::Error;
use crate::ppp::Output;
use crate::time::Instant;

/// Questions in a row without an answer, after which the data connection is taken for deaf, though its nearer end may answer: "cannot
/// send / receive data" (LENA-R8 application development §8.2).
const UNANSWERED: u8 = 3;
/// How often a peer is asked for acknowledgements while something may have been forgotten.
const ASK_AGAIN: smoltcp::time::Duration = smoltcp::time::Duration::from_secs(2);

/// An interface without addresses, for packets of `mtu` bytes.
pub(super) fn interface(mtu: u16, seed: u64, now: Instant) -> Interface {
    let mut config = Config::new(HardwareAddress::Ip);
    config.random_seed = seed;
    Interface::new(config, &mut Plan { mtu }, device_instant(now))
}

fn device_instant(now: Instant) -> DeviceInstant {
    // Without the sign it is the time since the start, for a quarter of a million years.
    DeviceInstant::from_micros(now.as_micros() as i64 & i64::MAX)
}

impl Ip<'_> {
    /// The line carries bytes to a peer: begins to negotiate, from the start. Users of sockets wait
    /// from now on.
    pub fn open(&mut self, now: Instant) {
        self.now = now;
        self.go_down(Error::Aborted);
        (self.heard, self.unanswered) = (false, 0);
        self.error = None;
        self.ppp.open(now);
        self.runner.wake();
    }

    /// Announces the end and waits for the answer, some seconds at most. All sockets die.
    pub fn close(&mut self, now: Instant) {
        self.now = now;
        self.go_down(Error::LinkDown);
        self.ppp.close(now);
        self.runner.wake();
    }

    /// The line carries nothing any more. Users who wait for the link go on waiting, unless there is an
    /// error for them.
    pub fn hang_up(&mut self, error: Option<Error>) {
        self.ppp.hang_up();
        self.go_down(error.unwrap_or(Error::Aborted));
        self.error = error;
        self.waiters.wake();
    }

    /// Why users need not wait for the link, if there is a reason.
    pub(super) fn set_error(&mut self, error: Option<Error>) {
        if self.error != error {
            self.error = error;
            self.waiters.wake();
        }
    }

    /// Whether packets can be sent.
    pub const fn is_up(&self) -> bool {
        self.up
    }

    /// Whether packets come; see the trait `Link`.
    pub(super) const fn hears(&self) -> Option<bool> {
        if self.unanswered >= UNANSWERED {
            Some(false)
        } else if self.heard {
            Some(true)
        } else {
            None
        }
    }

    /// A connection or a name had no answer.
    pub(super) fn missed_an_answer(&mut self) {
        self.unanswered = self.unanswered.saturating_add(1);
        self.runner.wake();
    }

    /// Waits until packets can be sent, and gives the address of this end.
    ///
    /// # Errors
    /// Why there is no need to wait: [`Error::LinkDown`], [`Error::NoAddress`] and so on.
    pub fn poll_link(&mut self, waker: &Waker) -> Poll<Result<IpAddr, Error>> {
        core::task::ready!(self.poll_up(waker))?;
        Poll::Ready(self.address_for(None).ok_or(Error::NoAddress))
    }

    /// Takes bytes from the line: gives how many. Those that are left are to be given again after
    /// something was sent.
    pub fn handle_rx(&mut self, now: Instant, bytes: &[u8]) -> usize {
        self.now = now;
        let mut taken = 0;
        loop {
            let rest = bytes.get(taken..).unwrap_or_default();
            let count = self.ppp.handle_rx(now, rest);
            taken += count;
            self.follow();
            let processed = self.process();
            if taken == bytes.len() || count == 0 && !processed {
                return taken;
            }
        }
    }

    /// What is to be done now: writes to `line`, from its start, what is to be sent.
    pub fn poll_output(&mut self, now: Instant, line: &mut [u8]) -> Output {
        self.now = now;
        loop {
            // What waits goes first: smoltcp is asked when there is nothing more.
            let deadline = match self.ppp.poll_output(now, line) {
                Output::Transmit(count) => return Output::Transmit(count),
                Output::Timeout(deadline) => deadline,
            };
            self.follow();
            self.process();
            #[cfg(feature = "ipv6")]
            self.ask_router();
            self.sweep();
            let mut device = Device::new(&mut self.ppp, self.slots);
            let result = self.interface.poll_egress(device_instant(now), &mut device, &mut self.sockets);
            let Device { exhausted, held_back, .. } = device;
            if held_back {
                self.ask_anew();
            }
            self.keep_alive(exhausted);
            let changed = result == PollResult::SocketStateChanged;
            if changed {
                self.wake();
            }
            if !changed && !self.ppp.has_output() {
                return Output::Timeout(self.deadline(deadline));
            }
        }
    }

    /// A fast retransmission for which there is no room is forgotten, and all timers with it (smoltcp
    /// 0.14). Then the peer is asked for acknowledgements: three that are alike bring it back.
    fn keep_alive(&mut self, exhausted: bool) {
        for index in 0..self.tcp {
            let Some(socket) = self.tcp(index) else { continue };
            let (waits, kept) = (socket.send_queue() > 0, socket.keep_alive().is_some());
            if exhausted && waits && !kept {
                socket.set_keep_alive(Some(ASK_AGAIN));
            } else if kept && !waits {
                socket.set_keep_alive(None);
            }
        }
    }

    /// The earliest of all deadlines.
    fn deadline(&mut self, link: Option<Instant>) -> Option<Instant> {
        let now = self.now;
        let inner = self.up.then(|| self.interface.poll_at(device_instant(now), &self.sockets)).flatten();
        let inner = inner.and_then(|at| u64::try_from(at.total_micros()).ok());
        // What cannot leave now for want of room will when there is some.
        let inner = inner.map(Instant::from_micros).filter(|&at| at > now);
        // What ends because its time is over sends nothing, and only its timer tells.
        let wanted = inner.unwrap_or(Instant::NEVER);
        if core::mem::replace(&mut self.wanted, wanted) != wanted {
            self.wake();
        }
        let slots = self.slots.iter().map(|slot| slot.deadline).filter(|&at| at < Instant::NEVER);
        #[cfg(feature = "ipv6")]
        let slots = slots.chain(self.router_deadline().filter(|&at| at > now));
        link.into_iter().chain(inner).chain(slots).min()
    }

    /// Gives the packets that have come to smoltcp. Says whether there were any.
    fn process(&mut self) -> bool {
        let now = device_instant(self.now);
        let mut any = false;
        loop {
            #[cfg(feature = "ipv6")]
            if self.hear_router() {
                any = true;
                continue;
            }
            let mut device = Device::new(&mut self.ppp, self.slots);
            let result = self.interface.poll_ingress_single(now, &mut device, &mut self.sockets);
            if result != PollIngressSingleResult::None {
                (self.heard, self.unanswered) = (true, 0);
            }
            match result {
                PollIngressSingleResult::None => break,
                PollIngressSingleResult::PacketProcessed => any = true,
                PollIngressSingleResult::SocketStateChanged => {
                    any = true;
                    self.wake();
                    // A connection that has come makes place for the next.
                    self.sweep();
                }
            }
        }
        any
    }

    /// Any socket may have something for its user.
    fn wake(&mut self) {
        self.slots.iter_mut().for_each(super::Slot::wake);
        self.lookup.waker.wake();
    }
}
