//! Fetches a page over TLS with reqwless, an HTTP client that knows nothing of modems and is built without
//! TLS: the modem secures the connection.
//!
//! With `--mode cmux` its own sockets do that beside those of the IP stack. With `--mode ppp` the modem has no TLS to
//! offer, because its line carries nothing but PPP: the example `embedded_tls` makes it in the microcontroller.

#[path = "support/secure.rs"]
mod secure;
#[path = "support/session.rs"]
mod session;
mod support;
#[path = "support/tls_server.rs"]
mod tls_server;
#[path = "support/web_client.rs"]
mod web_client;
#[path = "support/web_server.rs"]
mod web_server;

use std::process::ExitCode;
use std::time::Instant;

use cellular_nal::Sockets;
use cellular_nal::asynch::Stack;
use embassy_time::Duration;
use reqwless::client::HttpClient;
use reqwless::request::Method;

use secure::Secure;
use session::{Application, Session};
use support::options::{Options, Own, Program};
use support::{Failure, SERVER};

const PROGRAM: Program = Program {
    name: "https_get",
    about: "fetches a page with reqwless over TLS that the modem makes",
    own: &[
        Own {
            name: "url",
            value: "URL",
            check: check_url,
            purpose: "page to fetch (default: one of a server that this program starts)",
        },
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

/// The port where no URL says another.
const HTTPS: u16 = 443;

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn check_url(text: &str) -> Result<(), &'static str> {
    if web_client::begins(text, "https://") { Ok(()) } else { Err("is no https:// URL") }
}

fn run(options: &Options) -> Result<(), Failure> {
    let mut own = None;
    let url = web_client::url_or_else(options, || {
        let plain = web_server::start()?;
        let port = plain.trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok());
        let (port, authority) = tls_server::start(port.ok_or("web server: it has no port")?)?;
        own = Some(authority);
        Ok(format!("https://{SERVER}:{port}/"))
    })?;
    let secure = Secure::new(options, own.as_deref())?;
    session::run(options, Some(LIMIT), Get { secure: &secure, url: &url })
}

/// The same page as the client has to be asked for it, which must not make TLS itself.
fn for_client(url: &str) -> String {
    let rest = url.get("https://".len()..).unwrap_or_default();
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let has_port = host.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok());
    let port = if has_port { String::new() } else { format!(":{HTTPS}") };
    format!("http://{host}{port}{path}")
}

struct Get<'a> {
    secure: &'a Secure,
    url: &'a str,
}

impl Application for Get<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        self.secure.provision(session.control).await?;
        // Only they have TLS by the modem.
        let stack = session.own.ok_or(secure::OUT_OF_REACH)?;
        get(stack, self.secure, self.url).await
    }
}

async fn get(stack: Stack<'_>, secure: &Secure, url: &str) -> Result<(), Failure> {
    let start = Instant::now();
    let tls = stack.tls(secure.profile);
    let mut client = HttpClient::new(&tls, &stack);
    let failed = |error| web_client::explain(url, error);
    let address = for_client(url);
    let mut request = client.request(Method::GET, &address).await.map_err(failed)?;
    let mut headers = [0; 2048];
    let response = request.send(&mut headers).await.map_err(failed)?;
    let count = web_client::show_body(url, response).await?;
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("{url}: {count} bytes in {seconds:.1} s");
    Ok(())
}
