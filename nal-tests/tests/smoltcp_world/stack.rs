//! A stack that is polled from elsewhere between two calls.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

use embedded_nal::nb::Result as NbResult;
use embedded_nal::{AddrType, Dns, TcpClientStack, UdpClientStack, UdpFullStack};
use smoltcp::iface::SocketHandle;
use smoltcp_nal::NetworkError;

use super::NetworkStack;

/// A clone is the same stack.
#[derive(Clone)]
pub struct Stack(pub Rc<RefCell<NetworkStack>>);

impl Stack {
    pub fn poll(&self) {
        self.0.borrow_mut().poll().expect("the clock does not fail");
    }
}

impl TcpClientStack for Stack {
    type TcpSocket = SocketHandle;
    type Error = NetworkError;

    fn socket(&mut self) -> Result<SocketHandle, NetworkError> {
        TcpClientStack::socket(&mut *self.0.borrow_mut())
    }

    fn connect(&mut self, socket: &mut SocketHandle, remote: SocketAddr) -> NbResult<(), NetworkError> {
        TcpClientStack::connect(&mut *self.0.borrow_mut(), socket, remote)
    }

    fn send(&mut self, socket: &mut SocketHandle, buffer: &[u8]) -> NbResult<usize, NetworkError> {
        TcpClientStack::send(&mut *self.0.borrow_mut(), socket, buffer)
    }

    fn receive(&mut self, socket: &mut SocketHandle, buffer: &mut [u8]) -> NbResult<usize, NetworkError> {
        TcpClientStack::receive(&mut *self.0.borrow_mut(), socket, buffer)
    }

    fn close(&mut self, socket: SocketHandle) -> Result<(), NetworkError> {
        TcpClientStack::close(&mut *self.0.borrow_mut(), socket)
    }
}

impl UdpClientStack for Stack {
    type UdpSocket = smoltcp_nal::UdpSocket;
    type Error = NetworkError;

    fn socket(&mut self) -> Result<Self::UdpSocket, NetworkError> {
        UdpClientStack::socket(&mut *self.0.borrow_mut())
    }

    fn connect(&mut self, socket: &mut Self::UdpSocket, remote: SocketAddr) -> Result<(), NetworkError> {
        UdpClientStack::connect(&mut *self.0.borrow_mut(), socket, remote)
    }

    fn send(&mut self, socket: &mut Self::UdpSocket, buffer: &[u8]) -> NbResult<(), NetworkError> {
        UdpClientStack::send(&mut *self.0.borrow_mut(), socket, buffer)
    }

    fn receive(
        &mut self,
        socket: &mut Self::UdpSocket,
        buffer: &mut [u8],
    ) -> NbResult<(usize, SocketAddr), NetworkError> {
        UdpClientStack::receive(&mut *self.0.borrow_mut(), socket, buffer)
    }

    fn close(&mut self, socket: Self::UdpSocket) -> Result<(), NetworkError> {
        UdpClientStack::close(&mut *self.0.borrow_mut(), socket)
    }
}

impl UdpFullStack for Stack {
    fn bind(&mut self, socket: &mut Self::UdpSocket, local_port: u16) -> Result<(), NetworkError> {
        UdpFullStack::bind(&mut *self.0.borrow_mut(), socket, local_port)
    }

    fn send_to(
        &mut self,
        socket: &mut Self::UdpSocket,
        remote: SocketAddr,
        buffer: &[u8],
    ) -> NbResult<(), NetworkError> {
        UdpFullStack::send_to(&mut *self.0.borrow_mut(), socket, remote, buffer)
    }
}

impl Dns for Stack {
    type Error = NetworkError;

    fn get_host_by_name(&mut self, hostname: &str, addr_type: AddrType) -> NbResult<IpAddr, NetworkError> {
        self.0.borrow_mut().get_host_by_name(hostname, addr_type)
    }

    fn get_host_by_address(&mut self, addr: IpAddr, result: &mut [u8]) -> NbResult<usize, NetworkError> {
        self.0.borrow_mut().get_host_by_address(addr, result)
    }
}
