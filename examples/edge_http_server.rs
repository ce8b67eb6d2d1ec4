//! Serves a page with edge-http: the modem listens, and a client on this machine comes.

#[path = "support/local_client.rs"]
mod local_client;
#[path = "support/session.rs"]
mod session;
mod support;

use core::cell::Cell;
use core::fmt::{Debug, Display};
use core::net::{Ipv4Addr, SocketAddr};
use std::net::TcpListener;
use std::process::ExitCode;

use cellular_nal::Sockets;
use cellular_nal::asynch::Stack;
use edge_http::Method;
use edge_http::io::Error as HttpError;
use edge_http::io::server::{Connection, Handler, Server};
use edge_nal::{TcpBind, TcpSplit};
use embassy_futures::select::{Either, select};
use embassy_time::Duration;
use embedded_io_async::{Read, Write};

use session::{Application, Session};
use support::options::{self, Options, Own, Place, Program};
use support::{Failure, show};

const PROGRAM: Program = Program {
    name: "edge_http_server",
    about: "serves a page with edge-http on a listening socket of a cellular modem",
    own: &[
        Own {
            name: "listen",
            value: "PORT",
            check: check_port,
            purpose: "where it listens (default: a port that is free; 80 with --port)",
        },
        Own {
            name: "forever",
            value: "",
            check: |_| Ok(()),
            purpose: "serve until interrupted (default: until curl on this machine, or a client\n                        of this program, has fetched the page from the simulated modem)",
        },
    ],
    check: options::ANY,
};

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(60);

/// Connections that are served at the same time.
const HANDLERS: usize = 2;

/// How long a connection may be idle before it is closed.
const KEEP_ALIVE_MS: u32 = 30_000;

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let forever = options.own("forever").is_some();
    let wanted = options.own("listen").and_then(|text| text.parse().ok());
    let failed = |error| format!("port {}: {error}", wanted.unwrap_or(0));
    // The simulated modem listens on this machine.
    let listener = match options.place {
        Place::Simulator(_) => {
            Some(TcpListener::bind((Ipv4Addr::LOCALHOST, wanted.unwrap_or(0))).map_err(failed)?)
        }
        _ => None,
    };
    let port = match &listener {
        Some(listener) => listener.local_addr().map_err(failed)?.port(),
        None => wanted.unwrap_or(80),
    };
    let options = &options.listening(listener);
    let limit = (!forever).then_some(LIMIT);
    session::run(options, limit, Serve { port, forever })
}

struct Serve {
    port: u16,
    forever: bool,
}

impl Application for Serve {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        serve(session.stack, session.model, self.port, self.forever).await
    }
}

async fn serve(
    stack: Stack<'_, impl Sockets + ?Sized>,
    model: &str,
    port: u16,
    forever: bool,
) -> Result<(), Failure> {
    let failed = |error| format!("port {port}: {error}");
    let anywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    let acceptor = TcpBind::bind(&stack, anywhere).await.map_err(failed)?;
    eprintln!("listening: {}", acceptor.local_address());
    let page = Page { model, visits: Cell::new(0) };
    let mut server = Server::<HANDLERS, 2048, 32>::new();
    let serving = server.run(Some(KEEP_ALIVE_MS), &acceptor, &page);
    if forever {
        return serving.await.map_err(|error| format!("port {port}: {error:?}"));
    }
    match select(serving, local_client::fetch(port)).await {
        Either::First(Err(error)) => Err(format!("port {port}: {error:?}")),
        Either::First(Ok(())) => Err(format!("port {port}: the server has ended")),
        Either::Second(body) => show(&body?),
    }
}

/// What is served: a page at `/`.
struct Page<'a> {
    model: &'a str,
    visits: Cell<u32>,
}

impl Handler for Page<'_> {
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
        let headers = connection.headers()?;
        let (method, path) = (headers.method, headers.path.to_owned());
        let (status, reason, body) = match (method, path.as_str()) {
            (Method::Get, "/") => {
                self.visits.set(self.visits.get() + 1);
                let Self { model, visits } = self;
                let body =
                    format!("This page comes from a {model}. It was asked for {} times.\n", visits.get());
                (200, "OK", body)
            }
            (Method::Get, _) => (404, "Not Found", "There is nothing here.\n".to_owned()),
            _ => (405, "Method Not Allowed", "This page can only be read.\n".to_owned()),
        };
        eprintln!("request: {method} {path}: {status}");
        let length = body.len().to_string();
        let headers = [("Content-Type", "text/plain"), ("Content-Length", length.as_str())];
        connection.initiate_response(status, Some(reason), &headers).await?;
        connection.write_all(body.as_bytes()).await
    }
}

fn check_port(text: &str) -> Result<(), &'static str> {
    match text.parse::<u16>() {
        Ok(1..) => Ok(()),
        _ => Err("is no port number"),
    }
}
