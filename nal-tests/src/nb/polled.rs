//! A stack that is polled from elsewhere.

use core::cell::RefCell;
use core::net::{IpAddr, SocketAddr};

use embedded_nal::nb::Result as NbResult;
use embedded_nal::{AddrType, Dns, TcpClientStack, TcpFullStack, UdpClientStack, UdpFullStack};

/// A stack in a cell, so that `spin` can poll it while a case has it.
///
/// It is what [`SharedStack`](embedded_nal::SharedStack) is, and a server and a resolver too.
///
/// ```
/// # use core::cell::RefCell;
/// # use nal_tests::nb::Polled;
/// # struct Stack;
/// # impl Stack { fn poll(&mut self) {} }
/// let mut stack = Stack;
/// let stack = RefCell::new(&mut stack);
/// let mut under_test = Polled(&stack);
/// let mut spin = || stack.borrow_mut().poll();
/// # spin();
/// ```
#[derive(Debug)]
pub struct Polled<'c, 'a, S>(pub &'c RefCell<&'a mut S>);

impl<S: TcpClientStack> TcpClientStack for Polled<'_, '_, S> {
    type TcpSocket = S::TcpSocket;
    type Error = S::Error;

    fn socket(&mut self) -> Result<S::TcpSocket, S::Error> {
        TcpClientStack::socket(&mut **self.0.borrow_mut())
    }

    fn connect(&mut self, socket: &mut S::TcpSocket, remote: SocketAddr) -> NbResult<(), S::Error> {
        TcpClientStack::connect(&mut **self.0.borrow_mut(), socket, remote)
    }

    fn send(&mut self, socket: &mut S::TcpSocket, buffer: &[u8]) -> NbResult<usize, S::Error> {
        TcpClientStack::send(&mut **self.0.borrow_mut(), socket, buffer)
    }

    fn receive(&mut self, socket: &mut S::TcpSocket, buffer: &mut [u8]) -> NbResult<usize, S::Error> {
        TcpClientStack::receive(&mut **self.0.borrow_mut(), socket, buffer)
    }

    fn close(&mut self, socket: S::TcpSocket) -> Result<(), S::Error> {
        TcpClientStack::close(&mut **self.0.borrow_mut(), socket)
    }
}

impl<S: TcpFullStack> TcpFullStack for Polled<'_, '_, S> {
    fn bind(&mut self, socket: &mut S::TcpSocket, local_port: u16) -> Result<(), S::Error> {
        TcpFullStack::bind(&mut **self.0.borrow_mut(), socket, local_port)
    }

    fn listen(&mut self, socket: &mut S::TcpSocket) -> Result<(), S::Error> {
        TcpFullStack::listen(&mut **self.0.borrow_mut(), socket)
    }

    fn accept(&mut self, socket: &mut S::TcpSocket) -> NbResult<(S::TcpSocket, SocketAddr), S::Error> {
        TcpFullStack::accept(&mut **self.0.borrow_mut(), socket)
    }
}

impl<S: UdpClientStack> UdpClientStack for Polled<'_, '_, S> {
    type UdpSocket = S::UdpSocket;
    type Error = S::Error;

    fn socket(&mut self) -> Result<S::UdpSocket, S::Error> {
        UdpClientStack::socket(&mut **self.0.borrow_mut())
    }

    fn connect(&mut self, socket: &mut S::UdpSocket, remote: SocketAddr) -> Result<(), S::Error> {
        UdpClientStack::connect(&mut **self.0.borrow_mut(), socket, remote)
    }

    fn send(&mut self, socket: &mut S::UdpSocket, buffer: &[u8]) -> NbResult<(), S::Error> {
        UdpClientStack::send(&mut **self.0.borrow_mut(), socket, buffer)
    }

    fn receive(
        &mut self,
        socket: &mut S::UdpSocket,
        buffer: &mut [u8],
    ) -> NbResult<(usize, SocketAddr), S::Error> {
        UdpClientStack::receive(&mut **self.0.borrow_mut(), socket, buffer)
    }

    fn close(&mut self, socket: S::UdpSocket) -> Result<(), S::Error> {
        UdpClientStack::close(&mut **self.0.borrow_mut(), socket)
    }
}

impl<S: UdpFullStack> UdpFullStack for Polled<'_, '_, S> {
    fn bind(&mut self, socket: &mut S::UdpSocket, local_port: u16) -> Result<(), S::Error> {
        UdpFullStack::bind(&mut **self.0.borrow_mut(), socket, local_port)
    }

    fn send_to(
        &mut self,
        socket: &mut S::UdpSocket,
        remote: SocketAddr,
        buffer: &[u8],
    ) -> NbResult<(), S::Error> {
        UdpFullStack::send_to(&mut **self.0.borrow_mut(), socket, remote, buffer)
    }
}

impl<S: Dns> Dns for Polled<'_, '_, S> {
    type Error = S::Error;

    fn get_host_by_name(&mut self, hostname: &str, addr_type: AddrType) -> NbResult<IpAddr, S::Error> {
        Dns::get_host_by_name(&mut **self.0.borrow_mut(), hostname, addr_type)
    }

    fn get_host_by_address(&mut self, addr: IpAddr, result: &mut [u8]) -> NbResult<usize, S::Error> {
        Dns::get_host_by_address(&mut **self.0.borrow_mut(), addr, result)
    }
}
