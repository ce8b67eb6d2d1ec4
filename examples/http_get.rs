//! Fetches a page with reqwless, an HTTP client that knows nothing of modems.

#[path = "support/session.rs"]
mod session;
mod support;
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

use session::{Application, Session};
use support::Failure;
use support::options::{self, Options, Own, Program};

const PROGRAM: Program = Program {
    name: "http_get",
    about: "fetches a page with reqwless over a cellular modem",
    own: &[Own {
        name: "url",
        value: "URL",
        check: web_client::check_url,
        purpose: "page to fetch (default: one of a server that this program starts)",
    }],
    check: options::ANY,
};

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let url = web_client::url_or_else(options, web_server::start)?;
    session::run(options, Some(LIMIT), Get { url: &url })
}

struct Get<'a> {
    url: &'a str,
}

impl Application for Get<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        // Where the line carries commands beside the data, they show how strong the signal is.
        session.watched(get(session.stack, self.url)).await
    }
}

async fn get(stack: Stack<'_, impl Sockets + ?Sized>, url: &str) -> Result<(), Failure> {
    let start = Instant::now();
    // The same stack connects and resolves names.
    let mut client = HttpClient::new(&stack, &stack);
    let failed = |error| web_client::explain(url, error);
    let mut request = client.request(Method::GET, url).await.map_err(failed)?;
    let mut headers = [0; 2048];
    let response = request.send(&mut headers).await.map_err(failed)?;
    let count = web_client::show_body(url, response).await?;
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("{url}: {count} bytes in {seconds:.1} s");
    Ok(())
}
