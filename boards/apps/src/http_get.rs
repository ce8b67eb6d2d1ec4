//! Fetches a page with reqwless.

use embedded_io_async::Read;
use embedded_nal_async::{Dns, TcpConnect};
use reqwless::client::HttpClient;
use reqwless::request::Method;

use crate::{Failed, failed};

/// Fetches `url`, gives its body to `show` in pieces, and returns its length.
///
/// # Errors
/// When there is no connection, no answer or no good one.
pub async fn run<S>(stack: &S, url: &str, mut show: impl FnMut(&[u8])) -> Result<usize, Failed>
where
    S: TcpConnect + Dns,
{
    // The same stack connects and resolves names.
    let mut client = HttpClient::new(stack, stack);
    let mut request = client.request(Method::GET, url).await.map_err(failed(url))?;
    let mut headers = [0; 1024];
    let response = request.send(&mut headers).await.map_err(failed(url))?;
    if !response.status.is_successful() {
        defmt::error!("{=str}: the server answered {}", url, response.status.0);
        return Err(Failed);
    }
    let mut body = response.body().reader();
    let mut buffer = [0; 256];
    let mut total = 0;
    loop {
        let count = body.read(&mut buffer).await.map_err(failed(url))?;
        if count == 0 {
            defmt::info!("{=str}: {} bytes", url, total);
            return Ok(total);
        }
        total += count;
        show(buffer.get(..count).unwrap_or_default());
    }
}
