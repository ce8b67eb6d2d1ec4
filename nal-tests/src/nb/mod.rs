//! Cases for embedded-nal: stacks whose calls never wait.
//!
//! A case calls again what would block, and `spin` in between: it has to let a millisecond pass and
//! to poll a stack that needs that, for which there is [`Polled`]. With a simulation behind the stack, virtual time advances there.
//!
//! A case is about one sentence only. So where it is not about them, `Ok(0)` counts as `WouldBlock`,
//! and an error of a UDP socket that has nothing to receive does so too.

mod bytes;
mod connection;
mod dns;
mod end;
mod ground;
mod listener;
mod polled;
mod tcp;
mod udp;

use embedded_nal::{Dns, TcpClientStack, TcpFullStack, UdpFullStack};

use crate::{Bench, Case, Report};

use ground::Ground;

pub use polled::Polled;

/// A table of cases and the function that runs them in its order.
macro_rules! cases {
    (
        $(#[$doc:meta])*
        $run:ident($bound:path) $table:ident
        $($id:literal $level:ident $case:path, $title:literal, $source:literal;)*
    ) => {
        #[doc = concat!("What [`", stringify!($run), "`] runs.")]
        pub const $table: &[Case] = &[$(Case {
            id: $id,
            level: crate::Level::$level,
            title: $title,
            source: $source,
        }),*];

        $(#[$doc])*
        pub fn $run<S: $bound>(
            suite: &str,
            stack: &mut S,
            spin: &mut dyn FnMut(),
            bench: &Bench<'_>,
            report: &mut dyn Report,
        ) {
            let mut cases = $table.iter();
            $(if let Some(case) = cases.next() {
                crate::run::one_blocking(suite, case, bench, report, || {
                    $case(&mut Ground::new(stack, spin, bench))
                });
            })*
        }
    };
}

cases! {
    /// Runs the cases of a TCP client.
    tcp_client(TcpClientStack) TCP_CLIENT
    "N01" Must tcp::echo, "A socket connects, sends, receives and closes.", "TcpClientStack (embedded-nal 0.9)";
    "N02" Must tcp::patient_connect, "Connect blocks or succeeds until there is a connection, however often it is called.",
        "TcpClientStack::connect (embedded-nal 0.9); minimq 0.10";
    "N03" Clients tcp::connected_already, "Connect on a socket that is connected to that peer is Ok, and the connection stays.",
        "minimq 0.10";
    "N04" Clients tcp::refused, "A refused connect is an error in bounded time, and no closed pipe.",
        "TcpClientStack::connect, TcpErrorKind (embedded-nal 0.9)";
    "N05" Clients tcp::connect_again, "After a failed connect, the same socket connects.", "minimq 0.10";
    "N06" Should tcp::nothing_yet, "A receive without data would block.", "TcpClientStack::receive (embedded-nal 0.9)";
    "N07" Clients end::data_then_closed, "When the peer has closed, its data comes first, then a closed pipe.",
        "TcpErrorKind::PipeClosed (embedded-nal 0.9); minimq 0.10";
    "N08" Clients end::stays_at_the_end, "A stream that has ended gives neither data nor WouldBlock.", "minimq 0.10";
    "N09" Clients end::reset, "A connection that was reset is a closed pipe in both directions.", "minimq 0.10";
    "N10" Should end::send_after_the_end, "Sends to a peer that has closed come to a closed pipe.",
        "TcpErrorKind::PipeClosed (embedded-nal 0.9)";
    "N11" Must tcp::unconnected, "Send and receive on a socket that was never connected are errors.",
        "TcpClientStack::socket (embedded-nal 0.9)";
    "N12" Must connection::short_sends, "Sends take no more than they say, and all of that arrives in order.",
        "TcpClientStack::send (embedded-nal 0.9)";
    "N13" Implementation connection::full, "A send that finds no room would block.", "left open by embedded-nal 0.9";
    "N14" Implementation connection::empty_send, "A send of nothing sends nothing.", "left open by embedded-nal 0.9";
    "N15" Implementation connection::empty_receive, "A receive into nothing takes nothing.", "left open by embedded-nal 0.9";
    "N16" Clients end::close_in_every_state, "Close is Ok in every state of the socket.", "minimq 0.10";
    "N17" Clients connection::one_for_another, "When all sockets are taken, one can be had and connected right after another is closed.",
        "minimq 0.10";
    "N18" Should connection::sent_before_close, "What was sent before close arrives.", "left open by embedded-nal 0.9";
    "N19" Must connection::shared, "A stack behind &mut and one behind SharedStack serve two sockets in turn.",
        "SharedStack (embedded-nal 0.9)";
    "N20" Must tcp::kind_of_other_errors, "An error that is no closed pipe is of kind Other.", "TcpErrorKind (embedded-nal 0.9)";
    "N21" Clients connection::small_sends, "Two hundred sends of one byte arrive in their order.",
        "minimq 0.10 sends headers and payloads apart";
    "N22" Clients connection::small_receives, "A thousand receives of one byte find every byte.",
        "minimq 0.10 receives into what room is left";
    "N23" Must connection::closed, "A connection that is closed is at its end for the peer.",
        "TcpClientStack::close (embedded-nal 0.9)";
    "B01" Must bytes::all_values, "All values of a byte come back.", "TcpClientStack (embedded-nal 0.9)";
    "B02" Must bytes::controls, "NUL, SUB and ESC are bytes as others, also as the last ones.", "TcpClientStack (embedded-nal 0.9)";
    "B03" Must bytes::escape, "Three plus signs between two silences are bytes as others.", "TcpClientStack (embedded-nal 0.9)";
    "B04" Must bytes::answers, "Bytes that look like a modem's words are bytes as others.", "TcpClientStack (embedded-nal 0.9)";
    "B05" Must bytes::line_ends, "Lone line ends, quotes, commas and broken UTF-8 are bytes as others.",
        "TcpClientStack (embedded-nal 0.9)";
    "B06" Must bytes::boundaries, "The same around the limits of blocks and packets.", "TcpClientStack (embedded-nal 0.9)";
    "X03" Clients end::link_loss, "When the link is lost, the pipe is closed, and the same socket connects again afterwards.",
        "minimq 0.10 connects its socket again after an error";
}

cases! {
    /// Runs the cases of a TCP server; [`Bench::far`](crate::Bench::far) has to dial.
    tcp_server(TcpFullStack) TCP_SERVER
    "S01" Must listener::echo, "A connection from outside is accepted and carries bytes.", "TcpFullStack (embedded-nal 0.9)";
    "S02" Must listener::nobody, "An accept without a client would block.", "TcpFullStack::accept (embedded-nal 0.9)";
    "S03" Must listener::two, "Two clients are served, one after the other and at once.", "TcpFullStack (embedded-nal 0.9)";
    "S04" Implementation listener::address, "Accept tells the client's address and port.", "TcpFullStack::accept (embedded-nal 0.9)";
    "S05" Implementation listener::port_in_use, "A second listener at a port is an error.", "left open by embedded-nal 0.9";
    "S06" Implementation listener::port_again, "A closed listener gives its port back.", "left open by embedded-nal 0.9";
    "S07" Implementation listener::too_many, "After more clients than sockets, a listener still serves.", "left open by embedded-nal 0.9";
}

cases! {
    /// Runs the cases of UDP.
    udp(UdpFullStack) UDP
    "U01" Must udp::echo, "A datagram goes to the peer and one comes back with its address.", "UdpClientStack (embedded-nal 0.9)";
    "U02" Should udp::nothing_yet, "A receive without a datagram would block.", "UdpClientStack::receive (embedded-nal 0.9)";
    "U03" Must udp::several_peers, "A bound socket talks to several peers.", "UdpFullStack (embedded-nal 0.9)";
    "U04" Must udp::last_peer, "A send goes to the peer of the last send_to.", "UdpClientStack::send (embedded-nal 0.9)";
    "U05" Implementation udp::unconnected, "A send without a peer is an error.", "left open by embedded-nal 0.9";
    "U06" Clients udp::too_long, "After a datagram that was too long for the buffer, the next is whole.",
        "CoAP (RFC 7252 §4.6)";
}

cases! {
    /// Runs the cases of the resolver.
    dns(Dns) DNS
    "R01" Must dns::known, "A name is resolved.", "Dns::get_host_by_name (embedded-nal 0.9)";
    "R02" Must dns::families, "An address is of the family that was asked for.", "AddrType (embedded-nal 0.9)";
    "R03" Clients dns::literals, "An address in text is its own name.", "minimq 0.10 takes its broker as a text";
    "R04" Clients dns::missing, "A name that does not exist is an error in bounded time.", "minimq 0.10";
    "R05" Clients dns::odd, "What is no name is an error, and the next name is found.",
        "names come from users: quotes and line ends in them must not reach a modem";
    "R06" Clients dns::interleaved, "Two names asked for in turn have each their own address.",
        "Dns::get_host_by_name (embedded-nal 0.9); minimq 0.10";
    "R07" Must dns::reverse, "A reverse lookup ends; one into too little room is an error.",
        "Dns::get_host_by_address (embedded-nal 0.9)";
}

/// Runs all cases here, on a stack that can do everything.
pub fn all<S: TcpFullStack + UdpFullStack + Dns>(
    suite: &str,
    stack: &mut S,
    spin: &mut dyn FnMut(),
    bench: &Bench<'_>,
    report: &mut dyn Report,
) {
    tcp_client(suite, stack, spin, bench, report);
    tcp_server(suite, stack, spin, bench, report);
    udp(suite, stack, spin, bench, report);
    dns(suite, stack, spin, bench, report);
}
