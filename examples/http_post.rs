//! Posts a message with reqwless and prints the reply.

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
use reqwless::headers::ContentType;
use reqwless::request::{Method, RequestBuilder};

use session::{Application, Session};
use support::Failure;
use support::options::{self, Options, Own, Program};

const PROGRAM: Program = Program {
    name: "http_post",
    about: "posts a message with reqwless over a cellular modem and prints the reply",
    own: &[Own {
        name: "url",
        value: "URL",
        check: web_client::check_url,
        purpose: "where to post it (default: a server that this program starts)",
    }],
    check: options::ANY,
};

/// What is posted.
const BODY: &str = r#"{"sensor":"example","temperature":21.5,"humidity":40}"#;

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let url = web_client::url_or_else(options, web_server::start)?;
    session::run(options, Some(LIMIT), Post { url: &url })
}

struct Post<'a> {
    url: &'a str,
}

impl Application for Post<'_> {
    async fn run<S: Sockets + ?Sized>(self, session: Session<'_, S>) -> Result<(), Failure> {
        post(session.stack, self.url).await
    }
}

async fn post(stack: Stack<'_, impl Sockets + ?Sized>, url: &str) -> Result<(), Failure> {
    let start = Instant::now();
    let mut client = HttpClient::new(&stack, &stack);
    let failed = |error| web_client::explain(url, error);
    let mut request = client
        .request(Method::POST, url)
        .await
        .map_err(failed)?
        .content_type(ContentType::ApplicationJson)
        .body(BODY.as_bytes());
    let mut headers = [0; 2048];
    let response = request.send(&mut headers).await.map_err(failed)?;
    let count = web_client::show_body(url, response).await?;
    let seconds = start.elapsed().as_secs_f64();
    let sent = BODY.len();
    eprintln!("{url}: {sent} bytes sent, {count} received in {seconds:.1} s");
    Ok(())
}
