//! Gets a resource with embedded-nal-coap, a CoAP client on a UDP socket without a fixed peer.

#[path = "support/address.rs"]
mod address;
#[path = "support/coap_client.rs"]
mod coap_client;
#[path = "support/coap_server.rs"]
mod coap_server;
#[path = "support/session.rs"]
mod session;
mod support;

use core::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use cellular_nal::Sockets;
use cellular_nal::asynch::Stack;
use embassy_time::Duration;
use embedded_nal_async::{AddrType, Dns, UdpStack};

use address::Address;
use session::{Application, Session};
use support::Failure;
use support::options::{self, Options, Own, Program};

const PROGRAM: Program = Program {
    name: "coap",
    about: "gets a resource with embedded-nal-coap over a cellular modem",
    own: &[
        Own {
            name: "server",
            value: "HOST:PORT",
            check: address::check,
            purpose: "CoAP server (default: one that this program starts)",
        },
        coap_client::PATH,
    ],
    check: options::ANY,
};

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let server = address::given_or_else(options, "server", coap_server::start)?;
    session::run(options, Some(LIMIT), Talk { options, server: &server })
}

struct Talk<'a> {
    options: &'a Options,
    server: &'a Address,
}

impl Application for Talk<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        talk(session.stack, self.options, self.server).await
    }
}

async fn talk(
    stack: Stack<'_, impl Sockets + ?Sized>,
    options: &Options,
    server: &Address,
) -> Result<(), Failure> {
    let failed = |error| format!("{server}: {error}");
    let ip = stack.get_host_by_name(&server.host, AddrType::Either).await.map_err(failed)?;
    let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let socket = stack.bind_multiple(any).await.map_err(failed)?;
    eprintln!("socket: {}", socket.local_address());
    coap_client::get(socket, options, server, (ip, server.port).into()).await
}
