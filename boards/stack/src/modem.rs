//! The modem, and what the firmware finds behind it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use modem_sim::runner::Runner;
use modem_sim::{Boot, Model, Modem, Options, Peer, ScriptStep, Security, VirtualNetwork};

/// Where the firmwares connect to, and the name that they ask for.
const PEER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const PORT: u16 = 7;
const NAME: &str = "echo.example";
/// What they send.
const HELLO: usize = 5;
/// What they receive, more than a buffer of theirs.
const ANSWER: usize = 3000;
/// Where some of them listen.
const LISTENED: u16 = 80;
/// Behind PPP.
const DATAGRAMS: u16 = 4000;

/// How often peers come to the modem.
const VISIT: Duration = Duration::from_millis(700);
/// Time for what comes after a connection.
const LONGER: Duration = Duration::from_secs(10);
/// Time for all connections.
const LIMIT: Duration = Duration::from_secs(120);
/// A modem that runs answers at once.
const ANSWERED: Duration = Duration::from_secs(5);

/// What the line carries when the firmware starts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    Commands,
    Ppp,
    Multiplexer,
}

impl FromStr for Line {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "plain" => Ok(Line::Commands),
            "ppp" => Ok(Line::Ppp),
            "mux" => Ok(Line::Multiplexer),
            _ => Err(format!("no line {text}")),
        }
    }
}

/// The network behind the modem.
pub(crate) struct Scene(VirtualNetwork);

impl Scene {
    pub(crate) fn new() -> Self {
        let network = VirtualNetwork::new();
        let answer = vec![
            ScriptStep::Await(HELLO),
            ScriptStep::Send(vec![b'x'; ANSWER]),
            ScriptStep::Pause(Duration::from_millis(300)),
            ScriptStep::Close,
        ];
        network.on(PEER, PORT, Peer::Scripted(answer));
        network.host(NAME, &[IpAddr::V4(PEER)]);
        Self(network)
    }

    pub(crate) fn network(&self) -> VirtualNetwork {
        self.0.clone()
    }

    /// Lets peers come to the modem until it has opened so many connections, and some time longer.
    pub(crate) fn play(&self, connections: usize) -> Result<(), String> {
        let begin = Instant::now();
        let mut end = None;
        let mut port = 40_000;
        while end.is_none_or(|end| Instant::now() < end) {
            if end.is_none() && self.connections() >= connections {
                end = Some(Instant::now() + LONGER);
            } else if end.is_none() && begin.elapsed() > LIMIT {
                return Err(format!("{} connections of {connections}", self.connections()));
            }
            thread::sleep(VISIT);
            port += 1;
            let from = SocketAddr::new(PEER.into(), port);
            if self.0.listening_ports().contains(&LISTENED) {
                self.0.dial(LISTENED, from, Peer::SendThenClose(b"hello".to_vec()));
            }
            self.0.push_datagram(from, DATAGRAMS, &[b'x'; 1000]);
        }
        Ok(())
    }

    /// Those that the firmware has opened.
    fn connections(&self) -> usize {
        self.0.connections().iter().filter(|connection| !connection.inbound).count()
    }
}

/// A modem, until the firmware goes.
pub(crate) fn serve(mut stream: TcpStream, model: Model, line: Line, network: VirtualNetwork) {
    let boot = if line == Line::Commands { Boot::Cold } else { Boot::Running };
    let options = Options {
        boot,
        boot_time: Some(Duration::from_millis(300)),
        registration_time: Duration::from_millis(300),
        security: Security::Pretended,
        ..Options::default()
    };
    let modem = Modem::new(model, options, Box::new(network));
    // What is said before the firmware starts keeps no pauses.
    let mut runner = Runner::new(modem, None, Box::new(|_| ()));
    let start = Instant::now();
    let commands: &[&[u8]] = match line {
        Line::Commands => &[],
        Line::Ppp => &[b"AT+UAUTHREQ=1,2,\"\",\"\"\r", b"ATD*99***1#\r"],
        Line::Multiplexer => &[b"AT+CMUX=0,0,,127\r"],
    };
    for command in commands {
        say(runner.modem(), start, command);
    }
    let served = stream
        .set_nodelay(true)
        .and_then(|()| stream.try_clone())
        .and_then(|mut output| runner.run(&mut stream, &mut output, || false));
    if let Err(error) = served {
        eprintln!("serial port: {error}");
    }
}

/// Gives the modem a command and waits for its answer.
fn say(modem: &mut Modem, start: Instant, command: &[u8]) {
    modem.handle_rx(start.elapsed(), command);
    let mut answer = Vec::new();
    while start.elapsed() < ANSWERED {
        modem.handle_timeout(start.elapsed());
        while let Some(bytes) = modem.poll_transmit(start.elapsed()) {
            answer.extend_from_slice(&bytes);
        }
        let answer = String::from_utf8_lossy(&answer);
        if ["OK\r\n", "CONNECT", "ERROR"].iter().any(|end| answer.contains(end)) {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    eprintln!("no answer: {}", String::from_utf8_lossy(command));
}
