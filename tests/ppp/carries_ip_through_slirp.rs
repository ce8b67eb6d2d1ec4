//! Pings, datagrams and a mebibyte each way, between an IP stack here and servers of this machine.
use crate::machine;
use crate::ppp;
use crate::slirp;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;

use cellular_nal::ppp::Config;
use machine::echo_datagrams;
use ppp::Random;
use slirp::{KINDS, Slirp};
use smoltcp::phy::ChecksumCapabilities;
use smoltcp::socket::{icmp, tcp, udp};
use smoltcp::wire::{Icmpv4Packet, Icmpv4Repr, Ipv4Address};

const HOST: Ipv4Address = Ipv4Address::new(10, 0, 2, 2);
const MEBIBYTE: usize = 1 << 20;

/// An HTTP server for one request: it returns the body of it.
fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there are ports");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || -> std::io::Result<()> {
        let (stream, _) = listener.accept()?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let (mut length, mut line) = (0, String::new());
        while reader.read_line(&mut line)? > 2 {
            if let Some(value) = line.trim().strip_prefix("Content-Length: ") {
                length = value.parse().expect("it is a number");
            }
            line.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let mut writer = &stream;
        write!(writer, "HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n")?;
        writer.write_all(&body)
    });
    port
}

/// Sends a body and gives the one that comes back.
fn post(slirp: &mut Slirp, body: &[u8]) -> Vec<u8> {
    let port = serve();
    let (mut interface, mut sockets) = slirp.stack();
    let buffer = || tcp::SocketBuffer::new(vec![0; 1 << 15]);
    let mut socket = tcp::Socket::new(buffer(), buffer());
    socket.connect(interface.context(), (HOST, port), 49_152 + port % 1000).expect("it is closed");
    let handle = sockets.add(socket);
    let head = format!("POST / HTTP/1.0\r\nContent-Length: {}\r\n\r\n", body.len());
    let request = [head.as_bytes(), body].concat();
    let (mut sent, mut response) = (0, vec![]);
    let done = slirp.run_stack(&mut interface, &mut sockets, |_, sockets| {
        let socket = sockets.get_mut::<tcp::Socket<'_>>(handle);
        if socket.can_send() && sent < request.len() {
            sent += socket.send_slice(&request[sent..]).expect("it is open");
        }
        while socket.can_recv() {
            socket.recv(|data| (data.len(), response.extend_from_slice(data))).expect("it is open");
        }
        sent == request.len() && !socket.may_recv()
    });
    assert!(done, "{sent} sent, {} came", response.len());
    let at = response.windows(4).position(|four| four == b"\r\n\r\n").expect("there is a head");
    assert!(response.starts_with(b"HTTP/1.0 200 OK\r\n"));
    response.split_off(at + 4)
}

#[test]
fn a_mebibyte_each_way_by_http() {
    for kind in KINDS {
        for options in [&[][..], &["asyncmap ffffffff", "-ac", "-pc"]] {
            let Some(mut slirp) = Slirp::start(kind, Config::new(3), options) else { return };
            slirp.bring_up();
            slirp.record = false;
            let body = Random(77).bytes(MEBIBYTE);
            let start = std::time::Instant::now();
            assert!(post(&mut slirp, &body) == body, "{kind:?}");
            let rate = 2.0 * MEBIBYTE as f64 / start.elapsed().as_secs_f64() / 1e6;
            println!("{kind:?} {options:?}: {rate:.1} MB/s");
            assert_eq!(slirp.ppp.counters().damaged, 0);
            assert_eq!(slirp.ppp.counters().oversized, 0);
        }
    }
}

#[test]
fn bytes_that_look_like_framing_stay_as_they_are() {
    let Some(mut slirp) = Slirp::start(KINDS[1], Config::new(3), &[]) else { return };
    slirp.bring_up();
    let all = (0..=255).collect::<Vec<u8>>();
    let body = [&[0x7E; 3000][..], &[0x7D; 3000], &[0; 3000], &all, b"\r\nNO CARRIER\r\n"].concat();
    assert_eq!(post(&mut slirp, &body), body);
}

#[test]
fn pings_are_answered() {
    for kind in KINDS {
        let Some(mut slirp) = Slirp::start(kind, Config::new(3), &[]) else { return };
        slirp.bring_up();
        let (mut interface, mut sockets) = slirp.stack();
        let buffer = || icmp::PacketBuffer::new(vec![icmp::PacketMetadata::EMPTY; 4], vec![0; 4096]);
        let mut socket = icmp::Socket::new(buffer(), buffer());
        socket.bind(icmp::Endpoint::Ident(0x22B)).expect("it is new");
        let handle = sockets.add(socket);
        for (number, size) in [0, 1, 56, 1000, 1472].into_iter().enumerate() {
            let data = Random(number as u64).bytes(size);
            let request = Icmpv4Repr::EchoRequest { ident: 0x22B, seq_no: number as u16, data: &data };
            let socket = sockets.get_mut::<icmp::Socket<'_>>(handle);
            let to = socket.send(request.buffer_len(), HOST.into()).expect("there is room");
            request.emit(&mut Icmpv4Packet::new_unchecked(to), &ChecksumCapabilities::default());
            let mut came = None;
            let done = slirp.run_stack(&mut interface, &mut sockets, |_, sockets| {
                let socket = sockets.get_mut::<icmp::Socket<'_>>(handle);
                came = socket.recv().ok().map(|(bytes, _)| bytes.to_vec());
                came.is_some()
            });
            assert!(done, "{kind:?} {size}");
            assert_eq!(came.expect("it came")[8..], data);
        }
    }
}

#[test]
fn datagrams_come_back() {
    let port = echo_datagrams(([127, 0, 0, 1], 0)).expect("there are ports");
    for kind in KINDS {
        let Some(mut slirp) = Slirp::start(kind, Config::new(3), &[]) else { return };
        slirp.bring_up();
        let (mut interface, mut sockets) = slirp.stack();
        let buffer = || udp::PacketBuffer::new(vec![udp::PacketMetadata::EMPTY; 4], vec![0; 4096]);
        let mut socket = udp::Socket::new(buffer(), buffer());
        socket.bind(5000).expect("it is new");
        let handle = sockets.add(socket);
        // The program cuts what comes back into packets of 552 bytes.
        for size in [1, 2, 100, 500] {
            let data = Random(size as u64).bytes(size);
            let socket = sockets.get_mut::<udp::Socket<'_>>(handle);
            socket.send_slice(&data, (HOST, port)).expect("there is room");
            let mut came = None;
            let done = slirp.run_stack(&mut interface, &mut sockets, |_, sockets| {
                let socket = sockets.get_mut::<udp::Socket<'_>>(handle);
                came = socket.recv().ok().map(|(bytes, _)| bytes.to_vec());
                came.is_some()
            });
            assert!(done, "{kind:?} {size}");
            assert_eq!(came, Some(data));
        }
    }
}
