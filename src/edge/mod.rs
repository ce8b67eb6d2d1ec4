//! edge-nal on a modem's own sockets.
//!
//! [`asynch::Stack`](crate::asynch::Stack) is the handle here too: it implements `TcpConnect`,
//! `TcpBind`, `UdpConnect`, `UdpBind` and `Dns` of edge-nal beside the traits of embedded-nal-async,
//! and its sockets are those of [`asynch`](crate::asynch). [`TlsStack`](crate::asynch::TlsStack) implements
//! `TcpConnect` and `UdpConnect`. Where both crates have a method of the
//! same name, call it by its trait: `edge_nal::TcpConnect::connect(&stack, remote)`.
//!
//! ```no_run
//! use cellular_nal::{Error, asynch::Stack};
//! use edge_nal::{Close, TcpAccept, TcpBind, TcpShutdown};
//! use embedded_io_async::{Read, Write};
//!
//! async fn serve(stack: Stack<'_>) -> Result<(), Error> {
//!     let acceptor = TcpBind::bind(&stack, ([0, 0, 0, 0], 7).into()).await?;
//!     loop {
//!         let (_, mut socket) = TcpAccept::accept(&acceptor).await?;
//!         let mut buffer = [0; 64];
//!         let count = socket.read(&mut buffer).await?;
//!         socket.write_all(buffer.get(..count).unwrap_or_default()).await?;
//!         TcpShutdown::close(&mut socket, Close::Both).await?;
//!     }
//! }
//! ```
//!
//! What these modems cannot do is [`Error::Unsupported`](crate::Error::Unsupported): closing one
//! direction of a connection alone, and multicast.

mod dns;
mod tcp;
mod tls;
mod udp;

pub use udp::{NoMulticast, UdpReceiver, UdpSender};
