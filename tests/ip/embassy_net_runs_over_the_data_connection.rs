//! embassy-net over a simulated modem and servers of this machine, in real time: names, connections, and a link that
//! goes down and comes back.

use crate::give_addresses;
use crate::machine;

use std::net::Ipv4Addr;
use std::os::unix::net::UnixStream;

use cellular_nal::asynch::{Control, Runner};
use cellular_nal::dialect::ublox::SARA_R5;
use cellular_nal::embassy_net::{self as net, Addressing, Driver};
use cellular_nal::{Config, Drive, Error, Resources, ppp};
use embassy_futures::select::{Either4, select4};
use embassy_net::dns::DnsSocket;
use embassy_net::tcp::client::{TcpClient, TcpClientState};
use embassy_net::{Stack, StackResources};
use embassy_time::{Duration, with_timeout};
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use give_addresses::give_addresses;
use machine::{Line, echo_streams};
use modem_sim::host::{HostConfig, spawn};
use modem_sim::{Boot, Model, Options};

const NAME: &str = "server.example";

fn line() -> Line<UnixStream> {
    let mut host = HostConfig::new(Model::SaraR5);
    host.options = Options { boot: Boot::Running, ..Options::default() };
    host.hosts = vec![(NAME.to_owned(), Ipv4Addr::LOCALHOST.into())];
    Line::new(spawn(host).expect("it starts"))
}

/// A name is resolved, and what goes to its server comes back.
async fn echo(stack: Stack<'_>, port: u16, len: usize) {
    let state = TcpClientState::<1, 4096, 4096>::new();
    let (tcp, dns) = (TcpClient::new(stack, &state), DnsSocket::new(stack));
    let found = Dns::get_host_by_name(&dns, NAME, AddrType::IPv4).await.expect("it has an address");
    let mut socket = TcpConnect::connect(&tcp, (found, port).into()).await.expect("it connects");
    let said: Vec<u8> = (0..=255).cycle().take(len).collect();
    let mut heard = vec![0; said.len()];
    for (said, heard) in said.chunks(2000).zip(heard.chunks_mut(2000)) {
        socket.write_all(said).await.expect("it takes bytes");
        socket.flush().await.expect("they leave");
        socket.read_exact(heard).await.expect("it comes back");
    }
    assert_eq!(heard, said);
}

async fn work(stack: Stack<'_>, addressing: Addressing<'_>, control: Control<'_>) -> Result<(), Error> {
    let port = echo_streams(Ipv4Addr::LOCALHOST.into()).expect("a port is free");
    assert!(!stack.is_link_up());
    assert_eq!(addressing.wait_for_link().await, Err(Error::LinkDown), "it is not wanted yet");
    for len in [30_000, 500] {
        control.connect().await?;
        stack.wait_config_up().await;
        let told = addressing.ipv4().expect("there is an address");
        assert_eq!(stack.config_v4().map(|config| config.address.address()), Some(told.address));
        assert_eq!(addressing.wait_for_link().await, Ok(()));
        echo(stack, port, len).await;
        control.disconnect().await;
        stack.wait_link_down().await;
        stack.wait_config_down().await;
        assert_eq!(addressing.ipv4(), None);
    }
    Ok(())
}

fn run<D: Drive>(
    driver: Driver<'_>,
    addressing: Addressing<'_>,
    control: Control<'_>,
    mut runner: Runner<'_, D>,
) {
    let mut resources = StackResources::<3>::new();
    let (stack, mut net) = embassy_net::new(driver, embassy_net::Config::default(), &mut resources, 0x5eed);
    let line = line();
    let (mut rx, mut tx, mut port) = (line.clone(), line.clone(), line);
    async_io::block_on(async {
        let work = with_timeout(Duration::from_secs(60), work(stack, addressing, control));
        let addresses = give_addresses(addressing, stack);
        match select4(runner.run_on(&mut rx, &mut tx, &mut port), net.run(), addresses, work).await {
            Either4::First(error) => panic!("the line: {error:?}"),
            Either4::Fourth(done) => assert_eq!(done, Ok(Ok(()))),
            Either4::Second(never) | Either4::Third(never) => match never {},
        }
    });
}

#[test]
fn over_a_modem_that_is_dialled() {
    let mut modem = Resources::<1, 64, 64>::new();
    let mut memory = net::LinkResources::<3040, 3040>::new();
    let engine = modem.engine(&SARA_R5, Config::new());
    let (driver, addressing, control, runner) = net::dialled(engine, memory.link(ppp::Config::new(7)));
    run(driver, addressing, control, runner);
}

#[test]
fn over_a_channel_of_the_multiplexer() {
    let mut modem = Resources::<1, 64, 64>::new();
    let mut memory = net::LinkResources::<3040, 3040>::new();
    let mut multiplexer = net::MuxResources::<1516, 3072, 3072>::new();
    let engine = modem.engine(&SARA_R5, Config::new());
    let link = memory.link(ppp::Config::new(7));
    let (driver, addressing, _, control, runner) = net::multiplexed(engine, link, &mut multiplexer);
    run(driver, addressing, control, runner);
}
