//! One TCP client in a superloop, without an executor, on a u-blox modem.
#![no_std]
#![no_main]

use cellular_nal::dialect::ublox::SARA_R5;
use cellular_nal::nb::Stack;
use cellular_nal::{Config, Error, Resources};
use embedded_nal::TcpClientStack;
use size::{Serial, Ticks};
use static_cell::StaticCell;

type Modem = Stack<'static, Serial, Ticks>;

#[cortex_m_rt::entry]
fn main() -> ! {
    static RESOURCES: StaticCell<Resources<2, 1024, 512>> = StaticCell::new();
    let resources = RESOURCES.init_with(Resources::new);
    let mut stack = Stack::new(&SARA_R5, Config::new(), resources, Serial, Ticks);
    let _ = nb::block!(stack.link_up());
    loop {
        let _ = echo(&mut stack);
    }
}

fn echo(stack: &mut Modem) -> Result<(), Error> {
    let mut socket = stack.socket()?;
    let result = talk(stack, &mut socket);
    stack.close(socket)?;
    result
}

fn talk(stack: &mut Modem, socket: &mut <Modem as TcpClientStack>::TcpSocket) -> Result<(), Error> {
    nb::block!(stack.connect(socket, size::apps::PEER))?;
    nb::block!(stack.send(socket, b"hello"))?;
    let mut buffer = [0; 64];
    loop {
        nb::block!(stack.receive(socket, &mut buffer))?;
    }
}
