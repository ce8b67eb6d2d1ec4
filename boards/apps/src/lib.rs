//! Applications for the boards.
//!
//! Each takes a stack by the traits that it needs: the sockets of a modem or an IP stack over PPP. What they
//! do and what goes wrong they tell `defmt`; a board says with its logger where that goes, and spawns, powers and wires
//! what is its own.
#![no_std]

pub mod edge_http_server;
pub mod http_get;
pub mod https_get;
pub mod mqtt;
pub mod mqtt_nb;
pub mod ppp_http;
pub mod signal_report;
pub mod udp_sntp;

use core::fmt;
use core::net::SocketAddr;

use defmt::Debug2Format;
use embedded_nal_async::{AddrType, Dns};

/// What went wrong is in the log.
#[derive(Clone, Copy, Debug, defmt::Format, PartialEq, Eq)]
pub struct Failed;

/// A host, by name or by address, and a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server<'a> {
    /// A name or an IP address.
    pub host: &'a str,
    /// The port.
    pub port: u16,
}

impl<'a> Server<'a> {
    /// `HOST:PORT`.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let port = port.parse().ok()?;
        (!host.is_empty()).then_some(Server { host, port })
    }

    /// Its address.
    async fn resolve(&self, stack: &impl Dns) -> Result<SocketAddr, Failed> {
        let found = stack.get_host_by_name(self.host, AddrType::IPv4).await;
        Ok((found.map_err(failed(self.host))?, self.port).into())
    }
}

/// Tells the log that something about `what` failed.
fn failed<E: fmt::Debug>(what: &str) -> impl Fn(E) -> Failed + Copy {
    move |error| {
        defmt::error!("{=str}: {}", what, Debug2Format(&error));
        Failed
    }
}
