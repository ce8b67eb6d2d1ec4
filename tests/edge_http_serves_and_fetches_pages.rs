//! An unmodified edge-http server and client run over the modem.
mod common;

use std::fmt::{Debug, Display};
use std::net::SocketAddr;

use common::Setup;
use common::dialing::Dialers;
use edge_http::Method;
use edge_http::io::Error as HttpError;
use edge_http::io::client::Connection as Client;
use edge_http::io::server::{Connection, Handler, Server};
use edge_nal::{TcpBind, TcpSplit};
use embedded_io_async::{Read, Write};
use modem_sim::{ConnId, Model, Peer, ScriptStep};

/// Says hello, and what path was asked for.
struct Hello;

impl Handler for Hello {
    type Error<E>
        = HttpError<E>
    where
        E: Debug;

    async fn handle<T, const N: usize>(
        &self,
        _: impl Display + Copy,
        connection: &mut Connection<'_, T, N>,
    ) -> Result<(), HttpError<T::Error>>
    where
        T: Read + Write + TcpSplit,
    {
        let path = connection.headers()?.path.to_owned();
        let body = format!("hello from {path}");
        let length = body.len().to_string();
        connection.initiate_response(200, Some("OK"), &[("Content-Length", &length)]).await?;
        connection.write_all(body.as_bytes()).await
    }
}

fn request(path: &str, connection: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: modem\r\nConnection: {connection}\r\n\r\n").into_bytes()
}

#[test]
fn an_http_server_answers_several_peers() {
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<5, 1024, 1024>();
        world.bring_up();
        let (stack, net) = (world.stack, world.net.clone());
        let peers = [("/one", "Close"), ("/two", "Close"), ("/three", "Close"), ("/four", "Keep-Alive")];
        let requests =
            peers.map(|(path, connection)| Peer::Scripted(vec![ScriptStep::Send(request(path, connection))]));
        let mut dialers = Dialers::new(&world, 80, requests.into());
        let serving = async {
            let acceptor = TcpBind::bind(&stack, ([0, 0, 0, 0], 80).into()).await.expect("it listens");
            Server::<2, 1024, 16>::new().run(None, &acceptor, Hello).await
        };
        let answered = |conns: &[(SocketAddr, ConnId)]| {
            let ends = |(&(_, conn), (path, _)): (&(_, ConnId), _)| {
                net.received(conn).ends_with(format!("hello from {path}").as_bytes())
            };
            conns.iter().zip(peers).all(ends)
        };
        let ended = dialers.run(&mut world, 120, serving, answered);
        assert!(ended.is_none(), "{model}: the server has ended: {ended:?}\n{}", world.tail());
        for (_, conn) in dialers.conns {
            assert!(net.received(conn).starts_with(b"HTTP/1.1 200 OK\r\n"), "{model}");
        }
        world.leaves_nothing();
        assert!(net.listening_ports().is_empty(), "{model}");
    }
}

#[test]
fn an_http_client_reuses_its_connection() {
    const SERVER: ([u8; 4], u16) = ([10, 0, 0, 9], 80);
    let page = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    for &model in Model::KNOWN {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let answer = || vec![ScriptStep::Await(20), ScriptStep::Send(page.to_vec())];
        let script =
            [answer(), vec![ScriptStep::Pause(std::time::Duration::from_secs(1))], answer()].concat();
        world.net.on(SERVER.0, SERVER.1, Peer::Scripted(script));
        let stack = world.stack;
        let fetched = world.try_run(60, async {
            let mut buffer = [0; 1024];
            let mut client = Client::<_, 16>::new(&mut buffer, &stack, SERVER.into());
            let mut pages = Vec::new();
            for path in ["/one", "/two"] {
                client.initiate_request(true, Method::Get, path, &[("Host", "server")]).await?;
                client.initiate_response().await?;
                let mut page = [0; 16];
                let mut len = 0;
                loop {
                    match client.read(&mut page[len..]).await? {
                        0 => break,
                        count => len += count,
                    }
                }
                pages.push(page[..len].to_vec());
                client.complete().await?;
                embassy_futures::yield_now().await;
            }
            client.close().await?;
            Ok::<_, HttpError<cellular_nal::Error>>(pages)
        });
        match fetched {
            Some(Ok(pages)) => assert_eq!(pages, [b"hello", b"hello"], "{model}"),
            other => panic!("{model}: {other:?}\n{}", world.tail()),
        }
        assert_eq!(world.net.connections().len(), 1, "{model}: not reused");
        world.leaves_nothing();
    }
}
