//! The applications over async: they differ in the modem and in what they use of it.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use cellular_nal::asynch::{Control, Runner, Stack};
use cellular_nal::dialect::{Credential, CredentialKind, Dialect, SocketOption};
use cellular_nal::{Config, Error, Resources, SecurityProfile, asynch};
use edge_nal::{Close, TcpShutdown};
use embassy_executor::{Executor, Spawner};
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, TcpConnect, UdpStack, UnconnectedUdp};
use static_cell::StaticCell;

use crate::place;
use crate::serial::{Receiver, Transmitter, split};

/// Where all applications connect to.
pub const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 7);
/// What the server has to show.
pub static PROFILE: SecurityProfile = SecurityProfile::new().authority(8).server_name("echo.example");
const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

pub(crate) static EXECUTOR: StaticCell<Executor> = StaticCell::new();

/// Executor, timer and serial port without a modem: what any async firmware has.
pub fn echo() -> ! {
    #[embassy_executor::task]
    async fn echo() {
        let (mut rx, mut tx) = split();
        let mut buffer = [0; 16];
        loop {
            embassy_time::Timer::after_millis(1).await;
            let Ok(count) = rx.read(&mut buffer).await;
            let _ = tx.write_all(&buffer[..count.min(buffer.len())]).await;
        }
    }
    place(&EXECUTOR, Executor::new).run(|spawner| spawn(spawner, echo()))
}

/// Link up and one TCP client.
pub fn tcp(dialect: &'static dyn Dialect) -> ! {
    #[embassy_executor::task]
    async fn client(stack: Stack<'static>, control: Control<'static>) {
        let _ = control.connect().await;
        loop {
            let _ = tcp_echo(stack).await;
        }
    }
    run(dialect, |spawner, stack, control| spawn(spawner, client(stack, control)))
}

/// Link up and one TLS client; what the server is verified by is in the modem already.
pub fn tls(dialect: &'static dyn Dialect) -> ! {
    #[embassy_executor::task]
    async fn client(stack: Stack<'static>, control: Control<'static>) {
        let _ = control.connect().await;
        loop {
            let _ = tcp_echo(stack.tls(&PROFILE)).await;
        }
    }
    run(dialect, |spawner, stack, control| spawn(spawner, client(stack, control)))
}

/// Link up and one TCP client by edge-nal.
pub fn edge(dialect: &'static dyn Dialect) -> ! {
    async fn echo(stack: impl edge_nal::TcpConnect<Error = Error>) -> Result<(), Error> {
        let mut socket = stack.connect(PEER).await?;
        socket.write_all(b"hello").await?;
        socket.flush().await?;
        let mut buffer = [0; 64];
        while socket.read(&mut buffer).await? > 0 {}
        socket.close(Close::Both).await
    }
    #[embassy_executor::task]
    async fn client(stack: Stack<'static>, control: Control<'static>) {
        let _ = control.connect().await;
        loop {
            let _ = echo(stack).await;
        }
    }
    run(dialect, |spawner, stack, control| spawn(spawner, client(stack, control)))
}

/// Link up, TCP both ways round, UDP, names, credentials, options, raw pipes.
pub fn everything(dialect: &'static dyn Dialect) -> ! {
    #[embassy_executor::task]
    async fn client(stack: Stack<'static>, control: Control<'static>) {
        let _ = control.connect().await;
        loop {
            use_all(stack, control).await;
        }
    }
    run(dialect, |spawner, stack, control| spawn(spawner, client(stack, control)))
}

pub(crate) async fn use_all(stack: Stack<'static>, control: Control<'static>) {
    let _ = control.store_credential(Credential { kind: CredentialKind::Authority, slot: 8 }, b"PEM").await;
    let _ = tcp_echo(stack).await;
    let _ = udp_echo(stack).await;
    let _ = serve(stack).await;
    let _ = control.refresh().await;
}

pub(crate) async fn tcp_echo(stack: impl TcpConnect<Error = Error>) -> Result<(), Error> {
    let mut socket = stack.connect(PEER).await?;
    socket.write_all(b"hello").await?;
    socket.flush().await?;
    let mut buffer = [0; 64];
    while socket.read(&mut buffer).await? > 0 {}
    Ok(())
}

async fn serve(stack: Stack<'static>) -> Result<(), Error> {
    let listener = stack.listen(80).await?;
    let (mut socket, _) = listener.accept().await?;
    socket.set_option(SocketOption::NoDelay(true)).await?;
    let mut pipe = socket.pipe().await?;
    let mut buffer = [0; 64];
    let count = pipe.read(&mut buffer).await?;
    pipe.write_all(buffer.get(..count).unwrap_or_default()).await?;
    pipe.leave().await?;
    let (local, mut bound) = stack.bind_single(ANY).await?;
    bound.send(local, PEER, b"hello").await
}

async fn udp_echo(stack: Stack<'static>) -> Result<(), Error> {
    let address = stack.get_host_by_name("echo.example", AddrType::IPv4).await?;
    let (_, mut socket) = stack.connect_from(ANY, SocketAddr::new(address, 7)).await?;
    socket.send(b"hello").await?;
    let mut buffer = [0; 64];
    socket.receive_into(&mut buffer).await?;
    Ok(())
}

fn run(dialect: &'static dyn Dialect, client: impl FnOnce(Spawner, Stack<'static>, Control<'static>)) -> ! {
    #[embassy_executor::task]
    async fn modem(mut runner: Runner<'static>, mut rx: Receiver, mut tx: Transmitter) {
        loop {
            let _ = runner.run(&mut rx, &mut tx).await;
        }
    }
    static RESOURCES: StaticCell<Resources<2, 1024, 512>> = StaticCell::new();
    let resources = place(&RESOURCES, Resources::new);
    let (stack, control, runner) = asynch::new(dialect, Config::new(), resources);
    let (rx, tx) = split();
    place(&EXECUTOR, Executor::new).run(|spawner| {
        spawn(spawner, modem(runner, rx, tx));
        client(spawner, stack, control);
    })
}

/// `unwrap` would bring a text with it.
pub(crate) fn spawn<S>(
    spawner: Spawner,
    token: Result<embassy_executor::SpawnToken<S>, embassy_executor::SpawnError>,
) {
    if let Ok(token) = token {
        spawner.spawn(token);
    }
}
