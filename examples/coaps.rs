//! Gets a resource with embedded-nal-coap over DTLS that the modem makes.
//!
//! The client wants a socket that may talk to anybody. A secure one has one peer, so a few lines stand between.
//!
//! With `--mode cmux` the modem's own sockets do that beside those of the IP stack. With `--mode ppp` it has no DTLS to
//! offer, because its line carries nothing but PPP.

#[path = "support/address.rs"]
mod address;
#[path = "support/coap_client.rs"]
mod coap_client;
#[path = "support/coap_server.rs"]
mod coap_server;
#[path = "support/dtls_server.rs"]
mod dtls_server;
#[path = "support/secure.rs"]
mod secure;
#[path = "support/session.rs"]
mod session;
mod support;

use core::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use cellular_nal::asynch::{Stack, UdpSocket};
use cellular_nal::{Error, Sockets};
use embassy_time::Duration;
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, UdpStack, UnconnectedUdp};

use address::Address;
use secure::Secure;
use session::{Application, Session};
use support::Failure;
use support::options::{Options, Own, Program};

const PROGRAM: Program = Program {
    name: "coaps",
    about: "gets a resource with embedded-nal-coap over DTLS that the modem makes",
    own: &[
        Own {
            name: "server",
            value: "HOST:PORT",
            check: address::check,
            purpose: "CoAP server with DTLS (default: one that this program starts)",
        },
        coap_client::PATH,
        secure::CA,
        secure::CERT,
        secure::KEY,
        secure::PSK,
        secure::PSK_ID,
        secure::SERVER_NAME,
        secure::INSECURE,
    ],
    check: secure::by_the_modem,
};

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let mut own = None;
    let server = address::given_or_else(options, "server", || {
        let (port, authority) = dtls_server::start(coap_server::start()?)?;
        own = Some(authority);
        Ok(port)
    })?;
    let secure = Secure::new(options, own.as_deref())?;
    session::run(options, Some(LIMIT), Talk { options, secure: &secure, server: &server })
}

struct Talk<'a> {
    options: &'a Options,
    secure: &'a Secure,
    server: &'a Address,
}

impl Application for Talk<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        self.secure.provision(session.control).await?;
        // Only they have TLS by the modem.
        let stack = session.own.ok_or(secure::OUT_OF_REACH)?;
        talk(stack, self.options, self.secure, self.server).await
    }
}

async fn talk(stack: Stack<'_>, options: &Options, secure: &Secure, server: &Address) -> Result<(), Failure> {
    let failed = |error| format!("{server}: {error}");
    let ip = stack.get_host_by_name(&server.host, AddrType::Either).await.map_err(failed)?;
    let remote = SocketAddr::from((ip, server.port));
    let tls = stack.tls(secure.profile);
    let (local, socket) = UdpStack::connect(&tls, remote).await.map_err(failed)?;
    eprintln!("socket: {local}, secured by the modem");
    coap_client::get(Peer { socket, remote }, options, server, remote).await
}

/// A secure socket as one that could have other peers.
struct Peer<'a> {
    socket: UdpSocket<'a>,
    remote: SocketAddr,
}

impl UnconnectedUdp for Peer<'_> {
    type Error = Error;

    async fn send(&mut self, _: SocketAddr, remote: SocketAddr, data: &[u8]) -> Result<(), Error> {
        // What is for somebody else must not go to this one.
        if remote != self.remote {
            return Err(Error::Unsupported);
        }
        self.socket.send(data).await
    }

    async fn receive_into(&mut self, buffer: &mut [u8]) -> Result<(usize, SocketAddr, SocketAddr), Error> {
        let count = self.socket.receive_into(buffer).await?;
        Ok((count, (Ipv4Addr::UNSPECIFIED, 0).into(), self.remote))
    }
}
