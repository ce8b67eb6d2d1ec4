//! What tests in real time have of this machine: a serial line that is a file, and servers.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(missing_docs, unreachable_pub)]

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::os::fd::AsFd;
use std::rc::Rc;
use std::thread;

use async_io::Async;
use embedded_io_async::{ErrorType, Read, Write};

/// A serial line; clones are the same.
pub struct Line<T>(Rc<Async<T>>);

impl<T: AsFd> Line<T> {
    pub fn new(file: T) -> Self {
        Line(Rc::new(Async::new(file).expect("it can be waited for")))
    }
}

impl<T> Clone for Line<T> {
    fn clone(&self) -> Self {
        Line(Rc::clone(&self.0))
    }
}

impl<T> ErrorType for Line<T> {
    type Error = io::Error;
}

impl<T> Read for Line<T>
where
    for<'a> &'a T: io::Read,
{
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_with(|mut file| io::Read::read(&mut file, buffer)).await
    }
}

impl<T> Write for Line<T>
where
    for<'a> &'a T: io::Write,
{
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_with(|mut file| io::Write::write(&mut file, bytes)).await
    }

    async fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<T> cellular_nal::asynch::Port for Line<T> {
    fn set_baud(&mut self, _: u32) {}
}

/// A TCP server at any port of this address, which it returns; every byte comes back.
pub fn echo_streams(at: IpAddr) -> io::Result<u16> {
    let listener = TcpListener::bind((at, 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut reader) = stream else { return };
            thread::spawn(move || {
                let mut writer = reader.try_clone()?;
                io::copy(&mut reader, &mut writer)
            });
        }
    });
    Ok(port)
}

/// A UDP server at this port, or at any where it is 0; every datagram comes back.
pub fn echo_datagrams(at: impl Into<SocketAddr>) -> io::Result<u16> {
    let socket = UdpSocket::bind(at.into())?;
    let port = socket.local_addr()?.port();
    thread::spawn(move || {
        let mut buffer = [0; 2000];
        while let Ok((count, from)) = socket.recv_from(&mut buffer) {
            socket.send_to(&buffer[..count], from).expect("it can be sent");
        }
    });
    Ok(port)
}
