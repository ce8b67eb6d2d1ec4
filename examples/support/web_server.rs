//! A web server on this machine, so that the examples have one to talk to.

use core::fmt::Write as _;
use core::net::Ipv4Addr;
use std::thread;

use tiny_http::{Method, Request, Response, Server};

use crate::support::{Failure, SERVER};

/// Lines of the page.
const LINES: usize = 64;

/// Starts the server in a thread and gives its URL.
pub(crate) fn start() -> Result<String, Failure> {
    let server = Server::http((Ipv4Addr::LOCALHOST, 0)).map_err(|e| format!("web server: {e}"))?;
    let address = server.server_addr().to_ip();
    let port = address.ok_or("web server: it has no IP address")?.port();
    thread::spawn(move || {
        for request in server.incoming_requests() {
            // A client that goes away before its answer is not the server's trouble.
            let _ = answer(request);
        }
    });
    Ok(format!("http://{SERVER}:{port}/"))
}

fn answer(mut request: Request) -> std::io::Result<()> {
    let text = match request.method() {
        Method::Get => page(),
        Method::Post => {
            let mut body = Vec::new();
            request.as_reader().read_to_end(&mut body)?;
            let mut text = format!("{} bytes came: ", body.len()).into_bytes();
            text.extend(body);
            return request.respond(Response::from_data(text));
        }
        _ => return request.respond(Response::empty(405)),
    };
    request.respond(Response::from_string(text))
}

/// A few KiB of text, each line another.
fn page() -> String {
    (1..=LINES).fold(String::new(), |mut text, line| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "line {line:2} of {LINES}, which came all the way over a modem's socket");
        text
    })
}
