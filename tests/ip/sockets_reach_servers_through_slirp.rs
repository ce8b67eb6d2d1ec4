//! HTTP, datagrams and names over the handles of the IP stack, with a PPP server that is not ours.
use crate::machine;
use crate::slirp;

use std::fs::File;
use std::thread;

use cellular_nal::ip::{self, Stack};
use cellular_nal::{Instant, ppp as link};
use embassy_futures::select::{Either, select};
use embassy_time::{Duration, with_timeout};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, TcpConnect, UdpStack};
use machine::{Line, echo_datagrams};
use reqwless::client::HttpClient;
use reqwless::request::{Method, RequestBuilder};
use slirp::{KINDS, Kind, launch};

const MEBIBYTE: usize = 1 << 20;

/// Runs an application over the program.
fn over_slirp(kind: Kind, application: impl AsyncFnOnce(Stack<'_>)) {
    let Some(mut process) = launch(kind, &[]) else { return };
    let line = Line::new(File::from(process.line));
    let mut resources = ip::Resources::<4, 1, 8192, 8192>::new();
    let mut config = link::Config::new(7);
    config.peer_address = Some([10, 0, 2, 2].into());
    let ip = resources.ip(config);
    let (stack, mut runner) = ip::on_wire(ip);
    ip.borrow_mut().open(Instant::from_micros(embassy_time::Instant::now().as_micros()));
    async_io::block_on(async {
        let (mut rx, mut tx) = (line.clone(), line);
        let work = with_timeout(Duration::from_secs(60), application(stack));
        match select(runner.run(&mut rx, &mut tx), work).await {
            Either::First(error) => panic!("{error:?}"),
            Either::Second(done) => done.expect("it is done in time"),
        }
    });
    _ = process.child.kill();
    _ = process.child.wait();
    _ = std::fs::remove_dir_all(process.home);
}

/// An HTTP server that returns what it is sent.
fn mirror() -> u16 {
    let server = tiny_http::Server::http("127.0.0.1:0").expect("there are ports");
    let port = server.server_addr().to_ip().expect("it has an address").port();
    thread::spawn(move || {
        for mut request in server.incoming_requests() {
            let mut body = vec![];
            request.as_reader().read_to_end(&mut body).expect("the body comes");
            _ = request.respond(tiny_http::Response::from_data(body));
        }
    });
    port
}

#[test]
fn a_mebibyte_goes_each_way_by_http() {
    let port = mirror();
    for kind in KINDS {
        over_slirp(kind, async |stack| {
            let body: Vec<u8> = (0..MEBIBYTE).map(|i| (i * 7 + i / 251) as u8).collect();
            let mut client = HttpClient::new(&stack, &stack);
            let url = format!("http://10.0.2.2:{port}/");
            let request = client.request(Method::POST, &url).await.expect("it connects");
            let mut request = request.body(&body[..]);
            let mut headers = [0; 1024];
            let response = request.send(&mut headers).await.expect("it answers");
            let mut reader = response.body().reader();
            let mut came: Vec<u8> = vec![];
            let mut buffer = [0; 4096];
            loop {
                let count = embedded_io_async::Read::read(&mut reader, &mut buffer).await.expect("it comes");
                if count == 0 {
                    break;
                }
                came.extend(&buffer[..count]);
            }
            assert!(came == body, "{} bytes came", came.len());
        });
    }
}

#[test]
fn datagrams_come_back() {
    let port = echo_datagrams(([127, 0, 0, 1], 0)).expect("there are ports");
    over_slirp(Kind::Socket, async |stack| {
        let local = ([0, 0, 0, 0], 0).into();
        let remote = ([10, 0, 2, 2], port).into();
        let (local, mut socket) = stack.connect_from(local, remote).await.expect("it opens");
        assert_eq!(local.ip(), core::net::IpAddr::from([10, 0, 2, 15]));
        for size in [1, 2, 100, 500] {
            let data: Vec<u8> = (0..size).map(|i| i as u8).collect();
            socket.send(&data).await.expect("it is sent");
            let mut buffer = [0; 600];
            let count = socket.receive_into(&mut buffer).await.expect("it comes");
            assert_eq!(buffer[..count], data);
        }
    });
}

#[test]
fn a_hundred_connections_follow_each_other_on_two_sockets() {
    let port = mirror();
    over_slirp(Kind::Socket, async |stack| {
        for _ in 0..100 {
            let socket =
                TcpConnect::connect(&stack, ([10, 0, 2, 2], port).into()).await.expect("it connects");
            drop(socket);
        }
    });
}

#[test]
fn a_literal_needs_no_name_server() {
    over_slirp(Kind::Socket, async |stack| {
        let address = stack.get_host_by_name("192.0.2.1", AddrType::IPv4).await;
        assert_eq!(address, Ok([192, 0, 2, 1].into()));
    });
}
