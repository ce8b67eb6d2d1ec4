//! Fetches a page with reqwless over a stack whose connections are secured by the modem.

use core::fmt::Write as _;

use embedded_nal_async::{Dns, TcpConnect};
use heapless::String;

use crate::{Failed, failed, http_get};

/// The port where no URL says another.
const HTTPS: u16 = 443;

/// Fetches `url`, which begins with `https://`, gives its body to `show` in pieces, and returns its length.
///
/// `stack` gives secure connections. The client, which must not secure them a second time, is asked for the same page by
/// `http://` and with the port.
///
/// # Errors
/// When the URL is none of these, or there is no secure connection, no answer or no good one.
pub async fn run<S>(stack: &S, url: &str, show: impl FnMut(&[u8])) -> Result<usize, Failed>
where
    S: TcpConnect + Dns,
{
    let rest = url.strip_prefix("https://").ok_or("no https:// URL").map_err(failed(url))?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let mut plain = String::<256>::new();
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let written = if has_port {
        write!(plain, "http://{host}{path}")
    } else {
        write!(plain, "http://{host}:{HTTPS}{path}")
    };
    written.map_err(failed(url))?;
    http_get::run(stack, &plain, show).await
}
