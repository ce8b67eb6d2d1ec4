//! The same over the traits of edge-nal and embedded-nal; those of embedded-nal-async have their own test.
#![cfg(feature = "nb")]
use crate::common;

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use cellular_nal::ip::{self, Dialled};
use cellular_nal::{Config, Error, Resources, ppp};
use common::nb::up_on;
use common::six::{ECHO6, ECHO6_NAME, build, setup};
use common::{Mode, conversation};
use edge_nal::{UdpBind, UdpConnect, UdpReceive, UdpSend};
use embedded_io_async::{Read, Write};
use embedded_nal::{AddrType, TcpClientStack, UdpClientStack, UdpFullStack};
use modem_sim::{DialupOptions, Model, Options, Peer};

#[test]
fn those_of_edge_nal() {
    let mut world = build(setup(Model::SaraR5, Mode::Ppp, false, true));
    world.bring_up();
    let stack = world.ip.expect("there is a stack").0;
    let server = SocketAddr::from(ECHO6);
    let done = world.run(120, async {
        let found = edge_nal::Dns::get_host_by_name(&stack, ECHO6_NAME, edge_nal::AddrType::Either).await?;
        assert_eq!(found, IpAddr::from(ECHO6.0));
        let mut socket = edge_nal::TcpConnect::connect(&stack, server).await?;
        socket.write_all(b"hello").await?;
        let mut heard = [0; 5];
        socket.read_exact(&mut heard).await.map_err(conversation::exactly)?;
        assert_eq!(heard, *b"hello");
        let any = SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 0);
        let mut socket = UdpConnect::connect(&stack, any, server).await?;
        socket.send(server, b"one").await?;
        assert_eq!(socket.receive(&mut heard).await?, (3, server));
        let mut socket = UdpBind::bind(&stack, any).await?;
        socket.send(server, b"four").await?;
        assert_eq!(socket.receive(&mut heard).await?, (4, server));
        Ok::<_, Error>(())
    });
    assert_eq!(done, Ok(()));
}

#[test]
fn those_of_embedded_nal() {
    let dialup = DialupOptions { ipv6: true, ..Default::default() };
    let engine = Box::leak(Box::new(Resources::<1, 64, 64>::new()));
    let engine = engine.engine(common::dialect(Model::SaraR5), Config::new());
    let mut config = ppp::Config::new(4711);
    config.ipv6 = true;
    let memory = Box::leak(Box::new(ip::Resources::<'static, 6, 2, 2048, 2048>::new()));
    let base = Dialled::new(engine, memory.ip(config));
    let (mut stack, mut world) = up_on(Model::SaraR5, Options { dialup, ..Options::default() }, || base);
    world.net.on(ECHO6.0, ECHO6.1, Peer::Echo);
    world.net.host(ECHO6_NAME, &[ECHO6.0.into()]);
    let server = SocketAddr::from(ECHO6);
    let mut socket = TcpClientStack::socket(&mut stack).expect("there is a socket");
    // It waits until there is an address.
    world.until(60, || TcpClientStack::connect(&mut stack, &mut socket, server)).expect("it connects");
    world.until(30, || TcpClientStack::send(&mut stack, &mut socket, b"hello")).expect("it sends");
    let mut heard = [0; 8];
    let count = world.until(30, || TcpClientStack::receive(&mut stack, &mut socket, &mut heard));
    assert_eq!((count, &heard[..5]), (Ok(5), &b"hello"[..]));
    TcpClientStack::close(&mut stack, socket).expect("closing never fails");
    let found =
        world.until(30, || embedded_nal::Dns::get_host_by_name(&mut stack, ECHO6_NAME, AddrType::Either));
    assert_eq!(found, Ok(ECHO6.0.into()));
    let mut socket = UdpClientStack::socket(&mut stack).expect("there is a socket");
    UdpClientStack::connect(&mut stack, &mut socket, server).expect("that only notes the peer");
    world.until(30, || UdpClientStack::send(&mut stack, &mut socket, b"one")).expect("it is sent");
    let heard_from = world.until(30, || UdpClientStack::receive(&mut stack, &mut socket, &mut heard));
    assert_eq!(heard_from, Ok((3, server)));
    let mut bound = UdpClientStack::socket(&mut stack).expect("there is a socket");
    UdpFullStack::bind(&mut stack, &mut bound, 4000).expect("the port is free");
    world.until(30, || UdpFullStack::send_to(&mut stack, &mut bound, server, b"four")).expect("it is sent");
    let heard_from = world.until(30, || UdpClientStack::receive(&mut stack, &mut bound, &mut heard));
    assert_eq!(heard_from, Ok((4, server)));
}
