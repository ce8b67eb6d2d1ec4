//! edge-http 0.8, server and client, on the traits of edge-nal.

use std::fmt::{Debug, Display};
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use cellular_nal::Error;
use cellular_nal::asynch::Stack;
use clients::common::{World, pattern};
use clients::http::{ADDRESS, HttpServer, body};
use clients::{assert_same, run, run_for, up};
use edge_http::Method;
use edge_http::io::Error as HttpError;
use edge_http::io::client::Connection as Client;
use edge_http::io::server::{Connection, Handler, Server};
use edge_nal::{TcpBind, TcpSplit};
use embedded_io_async::{Read, Write};
use modem_sim::{ConnId, Model, Peer, ScriptStep, TcpState};

type Http<'b> = Client<'b, Stack<'static>, 16>;
type Answer = Result<Vec<u8>, HttpError<Error>>;

async fn read_all(client: &mut Http<'_>) -> Answer {
    let (mut page, mut buffer) = (Vec::new(), [0; 200]);
    client.initiate_response().await?;
    loop {
        match client.read(&mut buffer).await? {
            0 => break,
            count => page.extend_from_slice(&buffer[..count]),
        }
    }
    client.complete().await?;
    Ok(page)
}

async fn get(client: &mut Http<'_>, path: &str) -> Answer {
    client.initiate_request(true, Method::Get, path, &[("Host", "server")]).await?;
    read_all(client).await
}

/// With a length, or in chunks.
async fn post(client: &mut Http<'_>, said: &[u8], length: Option<&str>) -> Answer {
    let headers = [("Host", "server"), ("Content-Length", length.unwrap_or_default())];
    let headers = if length.is_some() { &headers[..] } else { &headers[..1] };
    client.initiate_request(true, Method::Post, "/back/0", headers).await?;
    client.write_all(said).await?;
    read_all(client).await
}

fn up_with_server(model: Model) -> (World, HttpServer) {
    let world = up::<1>(model);
    let server = HttpServer::new(&world.net);
    (world, server)
}

#[test]
fn edge_http_gets_an_answer_of_each_form_and_length() {
    for &model in Model::KNOWN {
        let (mut world, mut server) = up_with_server(model);
        let stack = world.stack;
        for kind in ["length", "chunked", "close", "last"] {
            for length in [0, 1, 700, 20_000] {
                let path = format!("/{kind}/{length}");
                let page = run(&mut world, &mut server, 120, async {
                    let mut buffer = [0; 512];
                    let mut client = Client::new(&mut buffer, &stack, ADDRESS.into());
                    let page = get(&mut client, &path).await?;
                    client.close().await?;
                    Ok::<_, HttpError<Error>>(page)
                });
                assert_same(&world, page, &body(length), &path);
            }
        }
        world.leaves_nothing();
    }
}

#[test]
fn edge_http_posts_with_a_length_and_in_chunks_on_one_connection() {
    for &model in Model::KNOWN {
        let (mut world, mut server) = up_with_server(model);
        let stack = world.stack;
        for length in [1, 600, 5000] {
            let said = pattern(length, 7);
            let heard = run(&mut world, &mut server, 120, async {
                let mut buffer = [0; 512];
                let mut client = Client::new(&mut buffer, &stack, ADDRESS.into());
                let mut heard = post(&mut client, &said, Some(&length.to_string())).await?;
                heard.extend(post(&mut client, &said, None).await?);
                client.close().await?;
                Ok::<_, HttpError<Error>>(heard)
            });
            assert_same(&world, heard, &said.repeat(2), "a body twice");
        }
        let chunked: Vec<_> = server.requests.iter().map(|request| request.chunked).collect();
        assert_eq!(chunked, [false, true, false, true, false, true], "{model}");
        assert_eq!(server.connections(), 3, "{model}: not reused");
        world.leaves_nothing();
    }
}

/// The server closes between two requests: with notice, and without. The client connects anew by itself.
#[test]
fn edge_http_goes_on_when_the_server_has_closed_its_connection() {
    for &model in Model::KNOWN {
        let (mut world, mut server) = up_with_server(model);
        let stack = world.stack;
        let mut buffer = [0; 512];
        let mut client = Client::new(&mut buffer, &stack, ADDRESS.into());
        for (path, length, connections) in [("/last/10", 10, 1), ("/length/20", 20, 2), ("/length/30", 30, 3)]
        {
            let page = run(&mut world, &mut server, 120, get(&mut client, path));
            assert_same(&world, page, &body(length), path);
            assert_eq!(server.connections(), connections, "{model}: {path}");
            if path == "/length/20" {
                server.close_all(&world.net);
                run(&mut world, &mut server, 60, embassy_time::Timer::after_secs(30));
            }
        }
        run(&mut world, &mut server, 120, client.close()).expect("it closes");
        world.leaves_nothing();
    }
}

/// Says what has come, with a length or in chunks, as its path tells.
struct Mirror;

impl Handler for Mirror {
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
        let (mut said, mut buffer) = (format!("{path} ").into_bytes(), [0; 100]);
        loop {
            match connection.read(&mut buffer).await? {
                0 => break,
                count => said.extend_from_slice(&buffer[..count]),
            }
        }
        let length = said.len().to_string();
        let headers = [("Content-Length", length.as_str())];
        let headers = if path == "/chunked" { &[][..] } else { &headers[..] };
        connection.initiate_response(200, Some("OK"), headers).await?;
        for piece in said.chunks(64) {
            connection.write_all(piece).await?;
        }
        Ok(())
    }
}

fn request(path: &str, connection: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: modem\r\nConnection: {connection}\r\n\r\n").into_bytes()
}

fn dial(world: &World, last: u8, script: &[ScriptStep]) -> ConnId {
    world.net.dial(80, SocketAddr::from(([151, 9, 34, last], 40_000)), Peer::Scripted(script.to_vec()))
}

/// Peers dial a server on the modem until `done`. One that is refused dials again, because a modem may refuse
/// one while it takes another. Gives what each has received.
fn serve(
    world: &mut World,
    scripts: &[Vec<ScriptStep>],
    mut done: impl FnMut(&World, &[Vec<u8>]) -> bool,
) -> Vec<Vec<u8>> {
    let stack = world.stack;
    let mut serving = pin!(async {
        let acceptor = TcpBind::bind(&stack, ([0, 0, 0, 0], 80).into()).await.expect("it listens");
        Server::<2, 1024, 16>::new().run(Some(30_000), &acceptor, Mirror).await
    });
    let mut conns: Vec<_> =
        scripts.iter().zip(1..).map(|(script, last)| (last, dial(world, last, script))).collect();
    let end = world.now + Duration::from_secs(120);
    loop {
        for ((last, conn), script) in conns.iter_mut().zip(scripts) {
            if matches!(world.net.peer_state(*conn), TcpState::Failed(_)) {
                *conn = dial(world, *last, script);
            }
        }
        let received: Vec<_> = conns.iter().map(|&(_, conn)| world.net.received(conn)).collect();
        if done(world, &received) {
            return received;
        }
        let ended = run_for(world, &mut (), Duration::from_millis(50), &mut serving.as_mut());
        assert!(ended.is_none(), "{}: the server has ended: {ended:?}\n{}", world.model, world.tail());
        assert!(world.now < end, "{}: not done\n{}", world.model, world.tail());
    }
}

#[test]
fn edge_http_serves_several_peers() {
    for &model in Model::KNOWN {
        let mut world = up::<5>(model);
        let peers = [("/one", "Close"), ("/two", "Close"), ("/three", "Close"), ("/four", "Keep-Alive")];
        let scripts =
            peers.map(|(path, connection)| vec![ScriptStep::Send(request(path, connection))]).to_vec();
        let received = serve(&mut world, &scripts, |_, received| {
            received
                .iter()
                .zip(peers)
                .all(|(page, (path, _))| page.ends_with(format!("\r\n\r\n{path} ").as_bytes()))
        });
        for page in received {
            assert!(page.starts_with(b"HTTP/1.1 200 OK\r\n"), "{model}: {}", page.escape_ascii());
        }
        world.leaves_nothing();
        assert!(world.net.listening_ports().is_empty(), "{model}");
    }
}

#[test]
fn edge_http_serves_several_requests_on_a_connection_and_closes_it_when_idle() {
    for &model in Model::KNOWN {
        let mut world = up::<4>(model);
        let in_chunks = b"POST /chunked HTTP/1.1\r\nHost: modem\r\nConnection: Keep-Alive\r\n\
                          Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
        let with_length = b"POST /length HTTP/1.1\r\nHost: modem\r\nConnection: Keep-Alive\r\n\
                            Content-Length: 3\r\n\r\nbye";
        let pause = ScriptStep::Pause(Duration::from_secs(3));
        let script = vec![
            ScriptStep::Send(in_chunks.to_vec()),
            pause.clone(),
            ScriptStep::Send(with_length.to_vec()),
            pause,
            ScriptStep::Send(request("/last", "Keep-Alive")),
        ];
        let begin = world.now;
        let received = serve(&mut world, &[script], |world, received| {
            let closed = world.net.connections().last().is_some_and(|conn| conn.closed_by_modem);
            closed && !received[0].is_empty()
        });
        // The timeout counts from the last request.
        let idle = (world.now - begin).as_secs();
        assert!((36..45).contains(&idle), "{model}: closed after {idle} s\n{}", world.tail());
        let text = String::from_utf8(received[0].clone()).expect("it is text");
        let answers: Vec<_> = text.split_inclusive("HTTP/1.1 200 OK\r\n").skip(1).collect();
        assert_eq!(answers.len(), 3, "{model}: {text}");
        let chunked = answers[0].to_lowercase().contains("transfer-encoding: chunked");
        assert!(chunked && answers[0].contains("/chunked hello world"), "{model}: {text}");
        assert!(answers[1].contains("\r\n\r\n/length bye"), "{model}: {text}");
        assert!(answers[2].ends_with("\r\n\r\n/last "), "{model}: {text}");
        world.leaves_nothing();
    }
}
