//! A server named by `HOST:PORT`.

use core::fmt;
use core::net::SocketAddr;

use crate::support::options::Options;
use crate::support::{Failure, SERVER};

pub(crate) struct Address {
    /// A name or an IP address.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Address {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse::<SocketAddr>() {
            let host = address.ip().to_string();
            return Some(Self { host, port: address.port() });
        }
        let (host, port) = text.rsplit_once(':')?;
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let fits = !host.is_empty() && !host.contains(':');
        fits.then(|| Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Whether `text` is an address, for the options.
pub(crate) fn check(text: &str) -> Result<(), &'static str> {
    Address::parse(text).map(drop).ok_or("is not HOST:PORT")
}

/// The server that the user named, or one on this machine: `start` starts it and gives its port.
pub(crate) fn given_or_else(
    options: &Options,
    option: &str,
    start: impl FnOnce() -> Result<u16, Failure>,
) -> Result<Address, Failure> {
    match options.own(option) {
        Some(text) => Address::parse(text).ok_or_else(|| format!("'{text}' is not HOST:PORT")),
        None => {
            let address = Address { host: SERVER.to_owned(), port: start()? };
            eprintln!("server: {address} on this machine");
            Ok(address)
        }
    }
}
