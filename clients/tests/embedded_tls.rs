//! embedded-tls 0.19 on a plain socket of the async stack, against rustls.
//!
//! The trap: its reads must not be dropped. What a dropped read has taken of the header of a record is on the
//! future's stack (`next_record_header` in `record_reader.rs`), so that the next read begins in the middle of
//! the record and takes payload for a header. A socket cannot help, because it has given these bytes away.
//! Between two records a read may be dropped, but nobody outside can know when that is. MQTT clients that drop
//! their reads to send or to ping (minimq, mqttrust, rust-mqtt) lose the connection above it now and then; the
//! more pieces a record comes in, the oftener. It was mended in its repository after 0.19.0.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cellular_nal::asynch::{Stack, TcpSocket};
use clients::common::{World, pattern};
use clients::{Inbox, ONE_OF_EACH, Server, assert_same, new_connections, run, up};
use embassy_time::with_timeout;
use embedded_nal_async::TcpConnect;
use embedded_tls::pki::CertVerifier;
use embedded_tls::{
    Aes128GcmSha256, Certificate, CryptoProvider, NoClock, TlsConfig, TlsConnection, TlsContext, TlsError,
    TlsVerifier,
};
use modem_sim::testing::rustls::{self, ServerConfig, ServerConnection};
use modem_sim::testing::{Authority, server_config};
use modem_sim::{ConnId, Model, Peer, VirtualNetwork};

const ADDRESS: ([u8; 4], u16) = ([10, 0, 0, 44], 443);
const NAME: &str = "tls.example";

/// The largest record of TLS 1.3 with its header (RFC 8446, 5.1 and 5.2), rounded up as the client wants it.
const RECORD: usize = 16_640;

/// Returns what comes, in records of their own.
struct TlsServer {
    config: Arc<ServerConfig>,
    /// The certificate of the authority.
    authority: Vec<u8>,
    links: Vec<(Inbox, ServerConnection)>,
    /// What goes out comes in pieces of so many bytes, with 100 ms between them.
    pieces: Option<usize>,
    later: VecDeque<(Duration, ConnId, Vec<u8>)>,
    /// After so many bytes the server says goodbye.
    goodbye_after: Option<usize>,
    taken: usize,
}

impl TlsServer {
    fn new(net: &VirtualNetwork) -> Self {
        net.on(ADDRESS.0, ADDRESS.1, Peer::Discard);
        net.host(NAME, &[ADDRESS.0.into()]);
        let authority = Authority::new("An authority");
        let config = server_config(&authority.server(&[NAME]), &[&rustls::version::TLS13], None);
        TlsServer {
            config,
            authority: authority.identity.der,
            links: Vec::new(),
            pieces: None,
            later: VecDeque::new(),
            goodbye_after: None,
            taken: 0,
        }
    }
}

impl Server for TlsServer {
    fn attend(&mut self, net: &VirtualNetwork, now: Duration) {
        for inbox in new_connections(net, SocketAddr::from(ADDRESS), self.links.len()) {
            let tls = ServerConnection::new(self.config.clone()).expect("the configuration is good");
            self.links.push((inbox, tls));
        }
        for (inbox, tls) in &mut self.links {
            let came = inbox.take(net);
            let mut rest = &came[..];
            while !rest.is_empty() {
                tls.read_tls(&mut rest).expect("a slice can be read");
                tls.process_new_packets().expect("the client speaks TLS");
                let mut said = Vec::new();
                // Nothing more for now is an error of the kind WouldBlock.
                let _ = tls.reader().read_to_end(&mut said);
                self.taken += said.len();
                tls.writer().write_all(&said).expect("it is kept");
                if self.goodbye_after.is_some_and(|limit| self.taken >= limit) {
                    tls.send_close_notify();
                }
            }
            let mut out = Vec::new();
            while tls.wants_write() {
                tls.write_tls(&mut out).expect("a vector can be written");
            }
            let mut at = self.later.back().map_or(now, |&(at, _, _)| at.max(now));
            for piece in out.chunks(self.pieces.unwrap_or(usize::MAX)) {
                self.later.push_back((at, inbox.conn, piece.to_vec()));
                at += Duration::from_millis(if self.pieces.is_some() { 100 } else { 0 });
            }
        }
        let due = self.later.iter().take_while(|(at, _, _)| *at <= now).count();
        for (_, conn, bytes) in self.later.drain(..due) {
            net.send(conn, &bytes);
        }
    }

    fn due(&self) -> Option<Duration> {
        self.later.front().map(|&(at, _, _)| at)
    }
}

/// Numbers that are the same in each run.
struct Seeded(u64);

impl rand_core_06::RngCore for Seeded {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.0 += 1;
        u64::from_le_bytes(*pattern(8, self.0).first_chunk().expect("there are 8"))
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0 += 1;
        bytes.copy_from_slice(&pattern(bytes.len(), self.0));
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core_06::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl rand_core_06::CryptoRng for Seeded {}

struct Provider<'a> {
    random: Seeded,
    verifier: CertVerifier<'a, Aes128GcmSha256, NoClock, 1024>,
}

impl CryptoProvider for Provider<'_> {
    type CipherSuite = Aes128GcmSha256;
    type Signature = &'static [u8];

    fn rng(&mut self) -> impl rand_core_06::CryptoRngCore {
        &mut self.random
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Aes128GcmSha256>, TlsError> {
        Ok(&mut self.verifier)
    }
}

type Tls<'b, 's> = TlsConnection<'b, TcpSocket<'s>, Aes128GcmSha256>;

/// Connects and shakes hands; the server has to be who it says.
async fn open<'b, 's>(
    stack: &'b Stack<'s>,
    read: &'b mut [u8],
    write: &'b mut [u8],
    authority: &[u8],
    name: &str,
) -> Result<Tls<'b, 's>, TlsError> {
    let socket = stack.connect(ADDRESS.into()).await.expect("it connects");
    let mut tls = TlsConnection::new(socket, read, write);
    let config = TlsConfig::new().with_server_name(name);
    let verifier = CertVerifier::new(Certificate::X509(authority));
    tls.open(TlsContext::new(&config, Provider { random: Seeded(1), verifier })).await?;
    Ok(tls)
}

fn up_with_server(model: Model) -> (World, TlsServer) {
    let world = up::<1>(model);
    let server = TlsServer::new(&world.net);
    (world, server)
}

#[test]
fn embedded_tls_shakes_hands_and_carries_data() {
    for &model in Model::KNOWN {
        let (mut world, mut server) = up_with_server(model);
        let (stack, authority) = (world.stack, server.authority.clone());
        let said = pattern(40_000, 9);
        let heard = run(&mut world, &mut server, 120, async {
            let (mut read, mut write) = (vec![0; RECORD], vec![0; 4096]);
            let mut tls = open(&stack, &mut read, &mut write, &authority, NAME).await?;
            let (mut heard, mut buffer) = (Vec::new(), [0; 1000]);
            for length in [1, 700, 3000] {
                for piece in said.chunks(length).take(10) {
                    let (mut rest, until) = (piece, heard.len() + piece.len());
                    while !rest.is_empty() {
                        rest = &rest[tls.write(rest).await?..];
                    }
                    tls.flush().await?;
                    while heard.len() < until {
                        let count = tls.read(&mut buffer).await?;
                        heard.extend_from_slice(&buffer[..count]);
                    }
                }
            }
            assert!(tls.close().await.is_ok(), "{model}: it closes");
            Ok::<_, TlsError>(heard)
        });
        let expected: Vec<u8> =
            [1, 700, 3000].iter().flat_map(|&length| said[..length * 10].to_vec()).collect();
        assert_same(&world, heard, &expected, "what was said");
        world.leaves_nothing();
    }
}

#[test]
fn embedded_tls_does_not_trust_a_server_with_another_name() {
    for model in ONE_OF_EACH {
        let (mut world, mut server) = up_with_server(model);
        let (stack, authority) = (world.stack, server.authority.clone());
        let opened = run(&mut world, &mut server, 60, async {
            let (mut read, mut write) = (vec![0; RECORD], vec![0; 4096]);
            open(&stack, &mut read, &mut write, &authority, "other.example").await.map(drop)
        });
        assert!(matches!(opened, Err(TlsError::InvalidCertificate)), "{model}: {opened:?}");
        world.leaves_nothing();
    }
}

#[test]
fn embedded_tls_tells_a_goodbye_from_a_lost_connection() {
    for model in ONE_OF_EACH {
        for polite in [true, false] {
            let (mut world, mut server) = up_with_server(model);
            let (stack, authority, net) = (world.stack, server.authority.clone(), world.net.clone());
            server.goodbye_after = polite.then_some(5);
            let ended = run(&mut world, &mut server, 60, async {
                let (mut read, mut write) = (vec![0; RECORD], vec![0; 4096]);
                let mut tls = open(&stack, &mut read, &mut write, &authority, NAME).await?;
                let mut buffer = [0; 100];
                tls.write(b"hello").await?;
                tls.flush().await?;
                assert_eq!(tls.read(&mut buffer).await?, 5);
                if !polite {
                    net.close(net.connections().last().expect("there is one").id);
                }
                Ok::<_, TlsError>(tls.read(&mut buffer).await)
            });
            let told = match &ended {
                Ok(Err(TlsError::ConnectionClosed)) => polite,
                Ok(Err(TlsError::IoError)) => !polite,
                _ => false,
            };
            assert!(told, "{model}: {polite}: {ended:?}\n{}", world.tail());
            world.leaves_nothing();
        }
    }
}

/// Reads one answer that comes in pieces, dropping each read after `patience`.
fn read_in_pieces(model: Model, patience: Duration) -> Result<Vec<u8>, TlsError> {
    let (mut world, mut server) = up_with_server(model);
    let (stack, authority) = (world.stack, server.authority.clone());
    let (mut read, mut write) = (vec![0; RECORD], vec![0; 4096]);
    let mut tls = run(&mut world, &mut server, 60, open(&stack, &mut read, &mut write, &authority, NAME))?;
    server.pieces = Some(3);
    run(&mut world, &mut server, 60, async {
        tls.write(b"an answer of some length").await?;
        tls.flush().await?;
        let (mut heard, mut buffer) = (Vec::new(), [0; 100]);
        while heard.len() < 24 {
            let patience = embassy_time::Duration::from_millis(patience.as_millis() as u64);
            if let Ok(count) = with_timeout(patience, tls.read(&mut buffer)).await {
                heard.extend_from_slice(&buffer[..count?]);
            }
        }
        Ok(heard)
    })
}

#[test]
fn embedded_tls_reads_a_record_that_comes_in_pieces() {
    for model in ONE_OF_EACH {
        let heard = read_in_pieces(model, Duration::from_secs(30));
        assert!(heard.as_ref().is_ok_and(|heard| heard == b"an answer of some length"), "{model}: {heard:?}");
    }
}

/// The trap. When this fails, the client has been mended.
#[test]
fn embedded_tls_loses_its_place_when_a_read_is_dropped_inside_of_a_record() {
    for model in ONE_OF_EACH {
        let heard = read_in_pieces(model, Duration::from_millis(250));
        assert!(heard.is_err(), "{model}: {heard:?}");
    }
}
