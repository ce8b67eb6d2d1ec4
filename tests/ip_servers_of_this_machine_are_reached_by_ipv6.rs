//! A real server at `::1`, in real time: the simulated modem's gateway leads there.

use std::io::{Read as _, Write as _};
use std::net::{Ipv6Addr, TcpListener, UdpSocket};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::thread;

use async_io::Async;
use cellular_nal::dialect::ublox::SARA_R5;
use cellular_nal::{Config, Error, Resources, asynch, ip, ppp};
use embassy_futures::select::{Either, select};
use embassy_time::{Duration, with_timeout};
use embedded_io_async::{ErrorType, Read, Write};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, TcpConnect, UdpStack};
use modem_sim::host::{HostConfig, spawn};
use modem_sim::{Boot, Model, Options};

const NAME: &str = "six.example";

#[derive(Clone)]
struct Line(Rc<Async<UnixStream>>);

impl ErrorType for Line {
    type Error = std::io::Error;
}

impl Read for Line {
    async fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read_with(|mut line| line.read(buffer)).await
    }
}

impl Write for Line {
    async fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write_with(|mut line| line.write(bytes)).await
    }

    async fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl asynch::Port for Line {
    fn set_baud(&mut self, _: u32) {}
}

/// Returns every byte of one connection, and one datagram.
fn servers() -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv6Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let socket = UdpSocket::bind((Ipv6Addr::LOCALHOST, port))?;
    thread::spawn(move || {
        let (mut stream, _) = listener.accept()?;
        let mut writer = stream.try_clone()?;
        std::io::copy(&mut stream, &mut writer)
    });
    thread::spawn(move || {
        let mut buffer = [0; 2000];
        let (count, from) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer[..count], from)
    });
    Ok(port)
}

#[test]
fn servers_of_this_machine_are_reached_by_ipv6() {
    let port = match servers() {
        Ok(port) => port,
        Err(error) => return eprintln!("SKIPPED: this machine has no ::1: {error}"),
    };
    let mut host = HostConfig::new(Model::SaraR5);
    host.options = Options { boot: Boot::Running, ..Options::default() };
    host.options.dialup.ipv6 = true;
    // The gateway's own address is what this machine has as ::1.
    let [a, b, c, d, ..] = host.options.dialup.ipv6_prefix.segments();
    let gateway = Ipv6Addr::new(a, b, c, d, 0, 0, 0, 1);
    host.hosts = vec![(NAME.to_owned(), gateway.into())];
    let line = Line(Rc::new(Async::new(spawn(host).expect("it starts")).expect("it can be waited for")));
    let mut modem = Resources::<1, 64, 64>::new();
    let mut memory = ip::Resources::<4, 1, 4096, 4096>::new();
    let mut config = ppp::Config::new(7);
    config.ipv6 = true;
    let (stack, control, mut runner) = ip::dialled(modem.engine(&SARA_R5, Config::new()), memory.ip(config));
    let work = async {
        control.connect().await?;
        let found = stack.get_host_by_name(NAME, AddrType::IPv6).await?;
        assert_eq!(found, gateway);
        let mut socket = TcpConnect::connect(&stack, (found, port).into()).await?;
        let said: Vec<u8> = (0..=255).cycle().take(20_000).collect();
        let mut heard = vec![0; said.len()];
        for (said, heard) in said.chunks(2000).zip(heard.chunks_mut(2000)) {
            socket.write_all(said).await?;
            socket.read_exact(heard).await.expect("it comes back");
        }
        assert_eq!(heard, said);
        let (_, mut socket) = UdpStack::connect(&stack, (found, port).into()).await?;
        socket.send(b"one datagram").await?;
        assert_eq!(socket.receive_into(&mut heard).await?, 12);
        Ok::<_, Error>(())
    };
    let (mut rx, mut tx, mut port) = (line.clone(), line.clone(), line);
    async_io::block_on(async {
        let work = with_timeout(Duration::from_secs(60), work);
        match select(runner.run_on(&mut rx, &mut tx, &mut port), work).await {
            Either::First(error) => panic!("the line: {error:?}"),
            Either::Second(done) => assert_eq!(done, Ok(Ok(()))),
        }
    });
}
