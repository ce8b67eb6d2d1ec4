//! Sends the strength of the signal to a server, by UDP, again and again.

use core::fmt::Write as _;

use embassy_time::{Duration, Timer, with_timeout};
use embedded_nal_async::{ConnectedUdp, Dns, UdpStack};
use heapless::String;

use crate::{Failed, Server, failed};

/// How long the server may take to return a report.
const WAIT: Duration = Duration::from_secs(5);

/// Sends `count` reports to `server`, one each `period`, and counts those that come back.
///
/// `measure` gives the strength in dBm, and `None` where it is not known.
///
/// # Errors
/// When there is no socket, or no report comes back at all.
pub async fn run<S>(
    stack: &S,
    server: Server<'_>,
    count: u32,
    period: Duration,
    mut measure: impl AsyncFnMut() -> Option<i8>,
) -> Result<u32, Failed>
where
    S: UdpStack + Dns,
{
    let remote = server.resolve(stack).await?;
    let (_, mut socket) = stack.connect(remote).await.map_err(failed(server.host))?;
    let mut returned = 0;
    for number in 1..=count {
        let mut report = String::<32>::new();
        // It has room for all numbers.
        let _ = match measure().await {
            Some(dbm) => write!(report, "report {number}: {dbm} dBm"),
            None => write!(report, "report {number}: unknown"),
        };
        defmt::info!("{=str}", report.as_str());
        socket.send(report.as_bytes()).await.map_err(failed(server.host))?;
        let mut buffer = [0; 32];
        match with_timeout(WAIT, socket.receive_into(&mut buffer)).await {
            Ok(Ok(length)) if buffer.get(..length) == Some(report.as_bytes()) => returned += 1,
            Ok(Ok(_)) => defmt::warn!("report {}: something else came back", number),
            Ok(Err(error)) => return Err(failed(server.host)(error)),
            Err(_) => defmt::warn!("report {}: not returned in {} s", number, WAIT.as_secs()),
        }
        if number < count {
            Timer::after(period).await;
        }
    }
    defmt::info!("{} of {} reports came back", returned, count);
    if returned == 0 && count > 0 { Err(Failed) } else { Ok(returned) }
}
