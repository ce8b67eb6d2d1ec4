//! The Point-to-Point Protocol: IP packets over a serial line, without I/O.
//!
//! A leaf of its own: it knows no modem and no engine. [`Ppp`] is one link; [`hdlc`] is its framing
//! alone.
//!
//! | what | where |
//! |---|---|
//! | frames, escapes, check sequence | RFC 1662 §3, §4, Appendix C: [`hdlc`] |
//! | phases, LCP, its options and the automaton | RFC 1661 §3 to §6, RFC 1662 §7.1 |
//! | Identification, Time-Remaining (understood, not sent) | RFC 1570 §2 |
//! | PAP, CHAP with MD5, as the side that proves who it is | RFC 1334 §2, RFC 1994 |
//! | IPCP, name servers | RFC 1332 §3, RFC 1877 §1 |
//! | IPV6CP | RFC 5072 §4 |
//!
//! Header compression (Van Jacobson, CCP) and other encryption protocols are declined in the way
//! that the RFCs give for it.
//!
//! Where this differs from the RFCs, on purpose:
//!
//! * An answer that changes nothing in what is asked for is followed by silence until the restart
//!   timer asks again, and restarts no counter. So a modem that says "0.0.0.0" until the network has
//!   given it an address is asked now and then, and not a thousand times a second.
//! * Two requests in a row that arrive in the opened state and change nothing are acknowledged
//!   without taking the link down.
//! * A packet of a network protocol that comes before an answer to our credentials stands for that
//!   answer: the peer would not have gone on without accepting them.

mod auth;
mod automaton;
mod config;
mod fcs;
mod fifo;
pub mod hdlc;
mod ipcp;
mod ipv6cp;
mod lcp;
mod negotiate;
mod packet;
mod phases;
mod ports;
mod receive;
mod session;
mod status;
mod transmit;

pub use config::{Config, Timing};
pub use ports::{Reception, Transmission};
pub use session::Ppp;
pub use status::{Failure, Ipv4, Ipv6, Output, Phase};
