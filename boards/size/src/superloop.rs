//! The applications without an executor.

use cellular_nal::dialect::Dialect;
use cellular_nal::nb::Stack;
use cellular_nal::{Config, Error, Resources};
use embedded_nal::TcpClientStack;
use static_cell::StaticCell;

use crate::apps::PEER;
use crate::place;
use crate::{Serial, Ticks};

type Modem = Stack<'static, Serial, Ticks>;

/// Link up and one TCP client.
pub fn tcp(dialect: &'static dyn Dialect) -> ! {
    static RESOURCES: StaticCell<Resources<2, 1024, 512>> = StaticCell::new();
    let resources = place(&RESOURCES, Resources::new);
    let mut stack = Stack::new(dialect, Config::new(), resources, Serial::start(), Ticks);
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
    nb::block!(stack.connect(socket, PEER))?;
    nb::block!(stack.send(socket, b"hello"))?;
    let mut buffer = [0; 64];
    loop {
        nb::block!(stack.receive(socket, &mut buffer))?;
    }
}
