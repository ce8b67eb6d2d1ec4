//! A real server at `::1`, in real time: the simulated modem's gateway leads there.

use crate::machine;

use std::net::Ipv6Addr;

use cellular_nal::dialect::ublox::SARA_R5;
use cellular_nal::{Config, Error, Resources, ip, ppp};
use embassy_futures::select::{Either, select};
use embassy_time::{Duration, with_timeout};
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, TcpConnect, UdpStack};
use machine::{Line, echo_datagrams, echo_streams};
use modem_sim::host::{HostConfig, spawn};
use modem_sim::{Boot, Model, Options};

const NAME: &str = "six.example";

/// A TCP server and a UDP server at the same port.
fn servers() -> std::io::Result<u16> {
    let port = echo_streams(Ipv6Addr::LOCALHOST.into())?;
    echo_datagrams((Ipv6Addr::LOCALHOST, port))
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
    let line = Line::new(spawn(host).expect("it starts"));
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
