//! The stack behind the handles of the shells.

use core::net::{IpAddr, SocketAddr};
use core::task::{Poll, Waker};

use super::Ip;
use super::slot::State;
use crate::dialect::ReleaseAssistance;
use crate::error::Error;
use crate::socket::{Arrived, Sealed, SocketHandle, Sockets, Ticket};

impl Sealed for Ip<'_> {}

impl Sockets for Ip<'_> {
    fn open_tcp(&mut self, remote: SocketAddr, waker: &Waker) -> Poll<Result<SocketHandle, Error>> {
        self.connect(remote, waker)
    }

    fn open_udp(
        &mut self,
        remote: SocketAddr,
        local_port: u16,
        waker: &Waker,
    ) -> Poll<Result<SocketHandle, Error>> {
        self.bind(Some(remote), local_port, waker)
    }

    fn open_bound(&mut self, local_port: u16, waker: &Waker) -> Poll<Result<SocketHandle, Error>> {
        self.bind(None, local_port, waker)
    }

    fn listen(&mut self, local_port: u16, waker: &Waker) -> Poll<Result<SocketHandle, Error>> {
        self.begin_to_listen(local_port, waker)
    }

    fn accept(
        &mut self,
        listener: SocketHandle,
        waker: &Waker,
    ) -> Poll<Result<(SocketHandle, SocketAddr), Error>> {
        self.take_incoming(listener, waker)
    }

    fn poll_open(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        if self.listener(handle).is_some() {
            return Poll::Ready(Ok(()));
        }
        let index = self.place(handle)?;
        self.poll_connected(index, waker)
    }

    fn is_over(&mut self, handle: SocketHandle) -> bool {
        let Ok(index) = self.place(handle) else { return self.listener(handle).is_none() };
        let was_open = |slot: &super::Slot| slot.error.is_none() && slot.state == State::Open;
        let was_open = self.slots.get(index).is_some_and(was_open);
        was_open && self.tcp(index).is_some_and(|socket| !socket.may_recv())
    }

    fn local_address(&mut self, handle: SocketHandle, like: IpAddr) -> Option<SocketAddr> {
        let (remote, port) = if let Some(listener) = self.listener(handle) {
            (None, self.listeners.get(listener)?.port)
        } else {
            let slot = self.slots.get(self.place(handle).ok()?)?;
            (slot.remote.map(|remote| remote.ip()), slot.local_port)
        };
        let own = match remote {
            Some(_) => self.address_for(remote),
            None => self.address_for(Some(like)).or_else(|| self.address_for(None)),
        };
        Some(SocketAddr::new(own?, port))
    }

    fn lacks_family(&self, address: IpAddr) -> bool {
        self.up && self.address_for(Some(address)).is_none()
    }

    fn read(&mut self, handle: SocketHandle, buffer: &mut [u8], waker: &Waker) -> Poll<Result<usize, Error>> {
        let index = self.place(handle)?;
        self.read_stream(index, buffer, waker)
    }

    fn poll_readable(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        let index = self.place(handle)?;
        if index < self.tcp { self.poll_stream(index, waker) } else { self.poll_datagram(index, waker) }
    }

    fn write(&mut self, handle: SocketHandle, bytes: &[u8], waker: &Waker) -> Poll<Result<usize, Error>> {
        let index = self.place(handle)?;
        self.write_stream(index, bytes, waker)
    }

    fn flush(&mut self, handle: SocketHandle, waker: &Waker) -> Poll<Result<(), Error>> {
        let index = self.place(handle)?;
        if index < self.tcp { self.flush_stream(index, waker) } else { self.flush_datagrams(index, waker) }
    }

    fn shut_down(&mut self, handle: SocketHandle) -> Result<(), Error> {
        let index = self.place(handle)?;
        let socket = self.tcp(index).ok_or(Error::Unsupported)?;
        socket.close();
        if let Some(slot) = self.slots.get_mut(index) {
            slot.shut = true;
        }
        self.runner.wake();
        Ok(())
    }

    fn poll_close(
        &mut self,
        handle: SocketHandle,
        begun: &mut bool,
        waker: &Waker,
    ) -> Poll<Result<(), Error>> {
        if !core::mem::replace(begun, true) {
            let flushed = self.flush(handle, waker);
            self.release(handle);
            if flushed.is_ready() {
                return flushed;
            }
        }
        let index = usize::from(handle.index);
        let left = self.tcp(index).map_or(0, |socket| socket.send_queue());
        let Some(slot) = self.slots.get_mut(index) else { return Poll::Ready(Ok(())) };
        if slot.generation != handle.generation || left == 0 {
            return Poll::Ready(Ok(()));
        }
        if slot.state != State::Released {
            return Poll::Ready(Err(slot.error.unwrap_or(Error::Reset)));
        }
        slot.writer.register(waker);
        Poll::Pending
    }

    fn send_datagram(
        &mut self,
        handle: SocketHandle,
        to: Option<SocketAddr>,
        bytes: &[u8],
        release: ReleaseAssistance,
        waker: &Waker,
    ) -> Poll<Result<(), Error>> {
        if release != ReleaseAssistance::None {
            return Poll::Ready(Err(Error::Unsupported));
        }
        let index = self.place(handle)?;
        self.send_to(index, to, bytes, waker)
    }

    fn receive_datagram(
        &mut self,
        handle: SocketHandle,
        buffer: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<Arrived, Error>> {
        let index = self.place(handle)?;
        self.receive_from(index, buffer, waker)
    }

    fn release(&mut self, handle: SocketHandle) {
        if let Some(listener) = self.listener(handle) {
            return self.release_listener(listener);
        }
        let Ok(index) = self.place(handle) else { return };
        if index < self.tcp { self.release_stream(index) } else { self.release_datagrams(index) }
    }

    fn abort(&mut self, handle: SocketHandle) {
        let Ok(index) = self.place(handle) else { return };
        if let Some(socket) = self.tcp(index) {
            socket.abort();
        }
        self.release(handle);
    }

    fn resolve(&mut self, name: &str, ipv6: Option<bool>, waker: &Waker) -> Poll<Result<Ticket, Error>> {
        self.ask(name, ipv6, waker)
    }

    fn resolve_address(&mut self, address: IpAddr, waker: &Waker) -> Poll<Result<Ticket, Error>> {
        self.ask_for_name(address, waker)
    }

    fn ticket_of(&self, name: &str, ipv6: Option<bool>) -> Option<Ticket> {
        self.ticket(name, ipv6)
    }

    fn ticket_of_address(&self, address: IpAddr) -> Option<Ticket> {
        self.ticket_for_name(address)
    }

    fn poll_lookup(&mut self, ticket: Ticket, waker: &Waker) -> Poll<Result<IpAddr, Error>> {
        self.poll_answer(ticket, waker)
    }

    fn poll_reverse_lookup(
        &mut self,
        ticket: Ticket,
        name: &mut [u8],
        waker: &Waker,
    ) -> Poll<Result<usize, Error>> {
        self.poll_name(ticket, name, waker)
    }

    fn cancel_lookup(&mut self, ticket: Ticket) {
        self.forget_lookup(ticket);
    }
}
