//! What the firmware talks to, on this machine.

use core::net::Ipv4Addr;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use modem_sim::Model;
use nal_tests::peer::Peers;
use nal_tests::{Addresses, Role};

use crate::modems::{Api, SIMULATED_IP, deviations};
use crate::options::{Arguments, Mode};
use crate::support::{Failure, SERVER};
use crate::{broker, echo_server, time_server, tls_server, web_server};

/// Pause before a client comes again.
const PAUSE: Duration = Duration::from_millis(200);

/// Bytes of the transfers of much data.
const BULK: u32 = 16 << 10;

/// How long a server of the firmware may take to answer.
const ANSWER: Duration = Duration::from_secs(30);

/// What runs until it is dropped.
pub(crate) struct Servers {
    addresses: Vec<String>,
    /// Where a firmware is a server, behind the modem. Held from the beginning, or another program might take the port.
    pub(crate) listener: TcpListener,
    model: Model,
    mode: Option<Mode>,
    /// The far end of the conformance cases.
    peers: Peers,
}

/// Starts all servers, and a client for a firmware that is one itself.
pub(crate) fn start(arguments: &Arguments) -> Result<Servers, Failure> {
    let failed = |error| format!("port of the firmware's server: {error}");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let listen = listener.local_addr().map_err(failed)?.port();
    let limit = arguments.limit;
    thread::spawn(move || visit(listen, limit));
    let url = web_server::start()?;
    let web = url.trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok());
    let (secure, authority) = tls_server::start(web.ok_or("web server: it has no port")?)?;
    // An argument has no spaces and no ends of lines.
    let lines = authority.lines().filter(|line| !line.starts_with('-'));
    let addresses = vec![
        format!("url={url}"),
        format!("secure=https://{SERVER}:{secure}/"),
        format!("ca={}", lines.collect::<Vec<_>>().join(".")),
        format!("broker={SERVER}:{}", broker::start()?),
        format!("time={SERVER}:{}", time_server::start()?),
        format!("echo={SERVER}:{}", echo_server::start()?),
        format!("listen={listen}"),
    ];
    let peers =
        Peers::start_at(Ipv4Addr::LOCALHOST.into(), BULK).map_err(|error| format!("peers: {error}"))?;
    Ok(Servers { addresses, listener, model: arguments.model, mode: arguments.mode, peers })
}

impl Servers {
    /// Where they are, as the firmware wants it.
    pub(crate) fn parameters(&self) -> Vec<String> {
        let mut bench = self.peers.bench();
        // The operating system behind the modem gives up late, and takes megabytes that nobody reads.
        bench.tcp.unset(Role::Blackhole);
        bench.tcp.unset(Role::Stall);
        let mut parameters = self.addresses.clone();
        parameters.push(format!("tcp={}", ports(&bench.tcp)));
        parameters.push(format!("udp={}", ports(&bench.udp)));
        for (name, api) in [("async", Api::Async), ("edge", Api::Edge), ("nb", Api::Nb)] {
            let known = match self.mode {
                None | Some(Mode::Sockets) => deviations(self.model, api),
                Some(Mode::Ppp | Mode::Cmux) => SIMULATED_IP.to_vec(),
            };
            let known: Vec<_> = known.iter().map(|known| known.id).collect();
            parameters.push(format!("known-{name}={}", known.join(",")));
        }
        parameters
    }
}

/// In the order of the roles; 0 is nobody.
fn ports(addresses: &Addresses) -> String {
    let port = |role| addresses.get(role).map_or(0, |at| at.port()).to_string();
    Role::ALL.map(port).join(",")
}

/// Fetches the page of the firmware as soon as there is one.
fn visit(port: u16, limit: Duration) {
    let start = Instant::now();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    while start.elapsed() < limit {
        if let Ok(stream) = TcpStream::connect(address) {
            // Before the firmware serves, a dialled link resets connections.
            if let Ok(answer) = fetch(stream) {
                return println!("client: {}", answer.trim_end().escape_debug());
            }
        }
        thread::sleep(PAUSE);
    }
}

fn fetch(mut stream: TcpStream) -> std::io::Result<String> {
    stream.set_read_timeout(Some(ANSWER))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
