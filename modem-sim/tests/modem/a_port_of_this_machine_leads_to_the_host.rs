//! The network of this machine, as the gateway of a dial-up connection uses it.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use modem_sim::{Failure, HostNetwork, Network, Stray, TcpState};

/// Asks until there is an answer.
fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "nothing comes");
        std::thread::yield_now();
    }
}

#[test]
fn and_each_end_closes_its_half() {
    let mut net = HostNetwork::new();
    let port = net.forward(0).expect("there is a free port");
    let mut peer = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    // Nobody has dialled yet.
    assert_eq!(net.stray(), None);
    net.take_strays(true);
    net.advance(Duration::ZERO);
    let Stray::Connection { handle, from, port: told } = until(|| net.stray()) else {
        panic!("that was no datagram");
    };
    assert_eq!((from, told), (peer.local_addr().expect("it has one"), port));
    net.admit(handle);
    assert_eq!(net.state(handle), TcpState::Established);
    assert_eq!(net.send(handle, b"hello"), 5);
    net.finish(handle);
    let mut got = String::new();
    peer.read_to_string(&mut got).expect("it reads to the end");
    assert_eq!(got, "hello");
    peer.write_all(b"late").expect("this half is open");
    peer.shutdown(Shutdown::Write).expect("and closes");
    let late = until(|| Some(net.recv(handle, 10)).filter(|bytes| !bytes.is_empty()));
    assert_eq!(late, b"late");
    until(|| {
        net.recv(handle, 10);
        (net.state(handle) == TcpState::PeerClosed).then_some(())
    });
    net.close(handle);
}

#[test]
fn a_port_of_somebody_else_is_an_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address: SocketAddr = taken.local_addr().expect("it has one");
    assert!(HostNetwork::new().forward(address.port()).is_err());
}

#[test]
fn a_socket_of_the_modem_that_listens_there_comes_first() {
    let mut net = HostNetwork::new();
    let port = net.forward(0).expect("there is a free port");
    net.take_strays(true);
    let listener = net.listen(port).expect("it is the modem's");
    assert_eq!(net.listen(port), Err(Failure::InUse));
    let first = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let (_, from) = until(|| {
        assert_eq!(net.stray(), None);
        net.accepted(listener)
    });
    assert_eq!(from, first.local_addr().expect("it has one"));
    net.close(listener);
    let second = TcpStream::connect(("127.0.0.1", port)).expect("it listens still");
    let Stray::Connection { from, .. } = until(|| net.stray()) else {
        panic!("that was no datagram");
    };
    assert_eq!(from, second.local_addr().expect("it has one"));
}
