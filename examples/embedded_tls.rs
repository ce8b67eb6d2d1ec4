//! Fetches a page over TLS that is made here, by embedded-tls, and not by the modem: for those whose keys must not
//! leave the microcontroller, and for modems that have no TLS.
//!
//! embedded-tls 0.19 speaks TLS 1.3 alone. Its feature `rustpki` verifies the server's certificate: signed by the
//! authority, for the name, and valid now, if a clock is given. Without a verifier (`UnsecureProvider`) anybody passes for
//! the server.
//!
//! What it takes: 16,640 bytes to receive a record into, fewer where the server promises shorter ones, and some KiB to
//! write from; and random numbers that nobody can guess.
//!
//! **The trap: a read must not be dropped.** What a dropped read has taken of the header of a record is lost with
//! it, and the next read takes payload for a header: the connection is over. The sockets of this crate lose nothing when
//! a read is dropped, and cannot help here, because these bytes were given away. So no `select` and no `with_timeout` around
//! a read alone, as the clients of MQTT do that drop a read to send; put the limit around the whole of the exchange, and
//! give the connection up when it runs out, as this example does. It was mended in its repository after 0.19.0.

#[path = "support/session.rs"]
mod session;
mod support;
#[path = "support/tls_server.rs"]
mod tls_server;
#[path = "support/web_server.rs"]
mod web_server;

use std::fs;
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use cellular_nal::Sockets;
use cellular_nal::asynch::Stack;
use embassy_time::Duration;
use embedded_io_async::Write;
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use embedded_tls::pki::CertVerifier;
use embedded_tls::{
    Aes128GcmSha256, Certificate, CryptoProvider, TlsClock, TlsConfig, TlsConnection, TlsContext, TlsError,
    TlsVerifier,
};
use modem_sim::testing::rustls::pki_types::CertificateDer;
use modem_sim::testing::rustls::pki_types::pem::PemObject;
use rand_core_06::OsRng;

use session::{Application, Session};
use support::options::{self, Options, Own, Program};
use support::{Failure, SERVER, show};

const PROGRAM: Program = Program {
    name: "embedded_tls",
    about: "fetches a page over TLS that is made by embedded-tls, over a plain socket of the modem",
    own: &[
        Own {
            name: "server",
            value: "HOST:PORT",
            check: check_server,
            purpose: "web server with TLS 1.3 (default: one that this program starts), with --ca",
        },
        Own {
            name: "ca",
            value: "FILE",
            check: check_file,
            purpose: "certificate of the authority, PEM or DER (default: that of the own server)",
        },
    ],
    check: options::ANY,
};

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(300);

/// The largest record of TLS 1.3 (RFC 8446 §5.2) with its header, as embedded-tls wants it.
const RECORD: usize = 16_640;

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn parse_server(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    Some((host, port.parse().ok()?)).filter(|(host, _)| !host.is_empty())
}

fn check_server(text: &str) -> Result<(), &'static str> {
    parse_server(text).map(drop).ok_or("is no HOST:PORT")
}

fn check_file(path: &str) -> Result<(), &'static str> {
    fs::metadata(path).is_ok_and(|file| file.is_file()).then_some(()).ok_or("is no file")
}

fn run(options: &Options) -> Result<(), Failure> {
    let (host, port, authority) = match options.own("server").and_then(parse_server) {
        Some((host, port)) => {
            let path = options.own("ca").ok_or("--server needs --ca")?;
            (host, port, fs::read(path).map_err(|error| format!("{path}: {error}"))?)
        }
        None => {
            let plain = web_server::start()?;
            let port = plain.trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok());
            let (port, authority) = tls_server::start(port.ok_or("web server: it has no port")?)?;
            eprintln!("server: {SERVER}:{port} on this machine");
            (SERVER, port, authority.into_bytes())
        }
    };
    // Firmware has it as DER from the start.
    let authority = CertificateDer::from_pem_slice(&authority).map_or(authority, |der| der.to_vec());
    session::run(options, Some(LIMIT), Get { host, port, authority: &authority })
}

struct Get<'a> {
    host: &'a str,
    port: u16,
    authority: &'a [u8],
}

impl Application for Get<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        let Self { host, port, authority } = self;
        let start = Instant::now();
        let count = get(session.stack, host, port, authority).await?;
        eprintln!("{host}:{port}: {count} bytes in {:.1} s", start.elapsed().as_secs_f64());
        Ok(())
    }
}

/// Random numbers, and whom to trust.
struct Provider<'a> {
    verifier: CertVerifier<'a, Aes128GcmSha256, Clock, 4096>,
}

impl CryptoProvider for Provider<'_> {
    type CipherSuite = Aes128GcmSha256;
    type Signature = &'static [u8];

    fn rng(&mut self) -> impl rand_core_06::CryptoRngCore {
        // A microcontroller has a hardware generator.
        OsRng
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Aes128GcmSha256>, TlsError> {
        Ok(&mut self.verifier)
    }
}

/// By which certificates are valid; without a clock they are for ever.
struct Clock;

impl TlsClock for Clock {
    fn now() -> Option<u64> {
        SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
    }
}

async fn get(
    stack: Stack<'_, impl Sockets + ?Sized>,
    host: &str,
    port: u16,
    authority: &[u8],
) -> Result<usize, Failure> {
    let plain = |error: cellular_nal::Error| format!("{host}:{port}: {error}");
    let secure = |error: TlsError| format!("{host}:{port}: {}", explain(&error));
    let address = stack.get_host_by_name(host, AddrType::Either).await.map_err(plain)?;
    let socket = stack.connect((address, port).into()).await.map_err(plain)?;
    let (mut read, mut write) = (vec![0; RECORD], vec![0; 4096]);
    let mut tls = TlsConnection::<_, Aes128GcmSha256>::new(socket, &mut read, &mut write);
    let config = TlsConfig::new().with_server_name(host);
    let provider = Provider { verifier: CertVerifier::new(Certificate::X509(authority)) };
    tls.open(TlsContext::new(&config, provider)).await.map_err(secure)?;
    let request = format!("GET / HTTP/1.0\r\nHost: {host}\r\n\r\n");
    tls.write_all(request.as_bytes()).await.map_err(secure)?;
    tls.flush().await.map_err(secure)?;
    let (mut answer, mut buffer) = (Vec::new(), [0; 1024]);
    loop {
        match tls.read(&mut buffer).await {
            Ok(count) => answer.extend_from_slice(buffer.get(..count).unwrap_or_default()),
            // The server's goodbye. An end without one is an error: something may be missing.
            Err(TlsError::ConnectionClosed) if !answer.is_empty() => break,
            Err(error) => return Err(secure(error)),
        }
    }
    // The server is gone already; that our goodbye reaches nobody does not matter.
    let _ = tls.close().await;
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap_or(answer.len());
    let (head, body) = answer.split_at(head);
    let status = String::from_utf8_lossy(head.get(..head.len().min(12)).unwrap_or_default());
    if !status.ends_with(" 200") {
        return Err(format!("{host}:{port}: the server answered {status}"));
    }
    let body = body.get(4..).unwrap_or_default();
    show(body)?;
    Ok(body.len())
}

fn explain(error: &TlsError) -> String {
    match error {
        TlsError::InvalidCertificate | TlsError::InvalidCertificateEntry => {
            "the server's certificate is not trusted".to_owned()
        }
        TlsError::HandshakeAborted(_, alert) => format!("the server refused: {alert:?}"),
        TlsError::ConnectionClosed | TlsError::IoError => "the connection ended too early".to_owned(),
        other => format!("TLS failed: {other:?}"),
    }
}
