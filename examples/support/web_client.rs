//! What the HTTP examples have in common.

use embedded_io_async::{ErrorKind, Read};
use reqwless::response::Response;
use reqwless::{Error, TryBufRead};

use crate::support::options::Options;
use crate::support::{Failure, show};

/// Whether a URL has this scheme.
pub(crate) fn begins(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
}

/// Whether `text` is a URL that these examples can fetch, for the options.
#[allow(dead_code, reason = "one of them wants another scheme")]
pub(crate) fn check_url(text: &str) -> Result<(), &'static str> {
    // Built without TLS, the client would still open a connection for https before it refuses.
    if begins(text, "http://") { Ok(()) } else { Err("is no http:// URL") }
}

/// The URL that the user gave, or one of a server that `start` starts.
pub(crate) fn url_or_else(
    options: &Options,
    start: impl FnOnce() -> Result<String, Failure>,
) -> Result<String, Failure> {
    match options.own("url") {
        Some(url) => Ok(url.to_owned()),
        None => {
            let url = start()?;
            eprintln!("server: {url} on this machine");
            Ok(url)
        }
    }
}

/// Writes the body of a good answer to standard output and gives its length.
pub(crate) async fn show_body<C: Read + TryBufRead>(
    url: &str,
    response: Response<'_, '_, C>,
) -> Result<usize, Failure> {
    let status = response.status;
    if !status.is_successful() {
        return Err(format!("{url}: the server answered {}", status.0));
    }
    let mut body = response.body().reader();
    let mut buffer = [0; 1024];
    let mut total = 0;
    loop {
        let count = body.read(&mut buffer).await.map_err(|error| explain(url, error))?;
        if count == 0 {
            return Ok(total);
        }
        total += count;
        show(buffer.get(..count).unwrap_or_default())?;
    }
}

/// What went wrong, in words.
pub(crate) fn explain(url: &str, error: Error) -> Failure {
    let reason = match error {
        Error::Dns => "the host name could not be resolved".to_owned(),
        Error::Network(ErrorKind::ConnectionRefused) => "the connection was refused".to_owned(),
        Error::Network(ErrorKind::TimedOut) => "the server did not answer in time".to_owned(),
        Error::Network(ErrorKind::PermissionDenied) => cellular_nal::Error::Handshake.to_string(),
        Error::Network(kind) => format!("the connection failed: {kind}"),
        Error::ConnectionAborted => "the connection ended too early".to_owned(),
        other => other.to_string(),
    };
    format!("{url}: {reason}")
}
