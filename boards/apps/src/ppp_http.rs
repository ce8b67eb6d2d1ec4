//! Fetches a page over an IP stack, takes the link down and up again, and fetches it once more.

use core::fmt::Debug;

use embedded_nal_async::{Dns, TcpConnect};

use crate::{Failed, failed, http_get};

/// Fetches `url` and gives its body to `show`, then fetches it a second time behind `reconnect`, which takes the link down
/// and up again. Returns the length of the page.
///
/// # Errors
/// When the link does not come back, or there is no connection, no answer or no good one, or the page is another.
pub async fn run<S, E: Debug>(
    stack: &S,
    url: &str,
    reconnect: impl AsyncFnOnce() -> Result<(), E>,
    mut show: impl FnMut(&[u8]),
) -> Result<usize, Failed>
where
    S: TcpConnect + Dns,
{
    let (mut first, mut second) = (Sum::default(), Sum::default());
    http_get::run(stack, url, |bytes| {
        first.add(bytes);
        show(bytes);
    })
    .await?;
    reconnect().await.map_err(failed("the second link"))?;
    http_get::run(stack, url, |bytes| second.add(bytes)).await?;
    if first != second {
        defmt::error!("{=str}: another page over the second link", url);
        return Err(Failed);
    }
    Ok(first.length)
}

/// What tells two pages apart: their length and Fletcher's sum (RFC 1146).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    length: usize,
    low: u16,
    high: u16,
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        self.length += bytes.len();
        for byte in bytes {
            self.low = (self.low + u16::from(*byte)) % 255;
            self.high = (self.high + self.low) % 255;
        }
    }
}
