//! Serves a page with edge-http.

use core::cell::Cell;
use core::fmt::{Debug, Display, Write as _};
use core::net::{Ipv4Addr, SocketAddr};

use defmt::{Debug2Format, Display2Format};
use edge_http::Method;
use edge_http::io::Error;
use edge_http::io::server::{Connection, Handler, Server};
use edge_nal::{TcpBind, TcpSplit};
use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::Timer;
use embedded_io_async::{Read, Write};
use heapless::String;

use crate::{Failed, failed};

/// Connections that are served at the same time.
const HANDLERS: usize = 1;

/// How long a connection may be idle before it is closed.
const KEEP_ALIVE_MS: u32 = 10_000;

/// Time for the last answer to reach its reader.
const FAREWELL_MS: u64 = 500;

/// Serves at `port` until the page was fetched `visits` times.
///
/// # Errors
/// When the stack cannot listen.
pub async fn run<S: TcpBind>(stack: &S, port: u16, visits: u32) -> Result<(), Failed> {
    let anywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    let acceptor = stack.bind(anywhere).await.map_err(failed("listen"))?;
    defmt::info!("listening at port {}", port);
    let page = Page { left: Cell::new(visits), done: Signal::new() };
    let mut server = Server::<HANDLERS, 1024, 16>::new();
    match select(server.run(Some(KEEP_ALIVE_MS), &acceptor, &page), page.done.wait()).await {
        Either::First(result) => {
            defmt::error!("the server has ended: {}", Debug2Format(&result));
            Err(Failed)
        }
        Either::Second(()) => Ok(()),
    }
}

struct Page {
    left: Cell<u32>,
    done: Signal<NoopRawMutex, ()>,
}

impl Handler for Page {
    type Error<E>
        = Error<E>
    where
        E: Debug;

    async fn handle<T, const N: usize>(
        &self,
        _: impl Display + Copy,
        connection: &mut Connection<'_, T, N>,
    ) -> Result<(), Error<T::Error>>
    where
        T: Read + Write + TcpSplit,
    {
        let headers = connection.headers()?;
        let (status, reason, body) = match (headers.method, headers.path) {
            (Method::Get, "/") => (200, "OK", "This page comes from a microcontroller.\n"),
            (Method::Get, _) => (404, "Not Found", "There is nothing here.\n"),
            _ => (405, "Method Not Allowed", "This page can only be read.\n"),
        };
        defmt::info!("request: {} {=str}: {}", Display2Format(&headers.method), headers.path, status);
        let mut length = String::<8>::new();
        // It has room for the length of any of these.
        let _ = write!(length, "{}", body.len());
        let headers = [("Content-Type", "text/plain"), ("Content-Length", length.as_str())];
        connection.initiate_response(status, Some(reason), &headers).await?;
        connection.write_all(body.as_bytes()).await?;
        connection.complete().await?;
        self.left.set(self.left.get().saturating_sub(1));
        if self.left.get() == 0 {
            Timer::after_millis(FAREWELL_MS).await;
            self.done.signal(());
        }
        Ok(())
    }
}
