//! An HTTP server in the virtual network.

use std::net::SocketAddr;
use std::time::Duration;

use modem_sim::{Peer, VirtualNetwork};

use crate::common::pattern;
use crate::{Inbox, Server, new_connections};

/// Where it is.
pub const ADDRESS: ([u8; 4], u16) = ([10, 0, 0, 80], 80);
/// Its name.
pub const NAME: &str = "web.example";

/// A request that has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub body: Vec<u8>,
    /// Which of the connections to the server it came on, counted from 0.
    pub connection: usize,
    pub chunked: bool,
}

/// Its answers have the form and the length that the path asks for: `/length/100` is answered with
/// 100 bytes and their `Content-Length`, `/chunked/100` in chunks, `/close/100` with a body that ends
/// when the connection is closed, and `/last/100` as `/length/100`, and then the connection is closed
/// all the same. What comes with a request to `/back/0` is sent back.
#[derive(Debug, Default)]
pub struct HttpServer {
    open: Vec<(Inbox, Vec<u8>)>,
    pub requests: Vec<Request>,
}

/// The body of an answer.
pub fn body(length: usize) -> Vec<u8> {
    pattern(length, 80)
}

impl HttpServer {
    pub fn new(net: &VirtualNetwork) -> Self {
        net.on(ADDRESS.0, ADDRESS.1, Peer::Discard);
        net.host(NAME, &[ADDRESS.0.into()]);
        HttpServer::default()
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.open.len()
    }

    /// Closes all connections.
    pub fn close_all(&self, net: &VirtualNetwork) {
        for (inbox, _) in &self.open {
            net.close(inbox.conn);
        }
    }
}

impl Server for HttpServer {
    fn attend(&mut self, net: &VirtualNetwork, _: Duration) {
        let new = new_connections(net, SocketAddr::from(ADDRESS), self.open.len());
        self.open.extend(new.into_iter().map(|inbox| (inbox, Vec::new())));
        for (connection, (inbox, unread)) in self.open.iter_mut().enumerate() {
            unread.extend(inbox.take(net));
            while let Some((request, length)) = parse(unread, connection) {
                unread.drain(..length);
                let (answer, close) = answer(&request);
                net.send(inbox.conn, &answer);
                if close {
                    net.close(inbox.conn);
                }
                self.requests.push(request);
            }
        }
    }
}

/// The request at the beginning, when it is complete, and its length.
fn parse(bytes: &[u8], connection: usize) -> Option<(Request, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(start) = head.parse(bytes).expect("a request is well-formed") else {
        return None;
    };
    let field = |name: &str| {
        let header = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(str::from_utf8(header.value).expect("a header is text").to_owned())
    };
    let chunked = field("Transfer-Encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    let (body, length) = if chunked {
        dechunk(&bytes[start..])?
    } else {
        let length = field("Content-Length").map_or(0, |value| value.parse().expect("a length is a number"));
        (bytes.get(start..start + length)?.to_vec(), length)
    };
    assert!(field("Host").is_some(), "a request of HTTP/1.1 names its host (RFC 9112, 3.2)");
    let (method, path) = (head.method?.to_owned(), head.path?.to_owned());
    Some((Request { method, path, body, connection, chunked }, start + length))
}

/// A body of chunks, when it is complete, and what it takes on the line.
fn dechunk(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut body, mut at) = (Vec::new(), 0);
    loop {
        let status = httparse::parse_chunk_size(&bytes[at..]).expect("a chunk has a size");
        let httparse::Status::Complete((head, size)) = status else { return None };
        let data = at + head;
        let end = data + size as usize;
        let chunk = bytes.get(data..end + 2)?;
        assert!(chunk.ends_with(b"\r\n"), "a chunk ends with CR LF (RFC 9112, 7.1)");
        body.extend_from_slice(&chunk[..size as usize]);
        at = end + 2;
        if size == 0 {
            return Some((body, at));
        }
    }
}

/// The answer to a request, and whether the connection is closed after it.
fn answer(request: &Request) -> (Vec<u8>, bool) {
    let mut parts = request.path.trim_start_matches('/').split('/');
    let kind = parts.next().unwrap_or_default();
    let length = parts.next().and_then(|length| length.parse().ok()).unwrap_or_default();
    let head = |fields: &str| format!("HTTP/1.1 200 OK\r\n{fields}\r\n").into_bytes();
    let with_length = |body: &[u8], more: &str| {
        let fields = format!("Content-Length: {}\r\n{more}", body.len());
        [&head(&fields), body].concat()
    };
    match kind {
        "length" => (with_length(&body(length), ""), false),
        "last" => (with_length(&body(length), "Connection: close\r\n"), true),
        "back" => (with_length(&request.body, ""), false),
        "close" => ([head("Connection: close\r\n"), body(length)].concat(), true),
        "chunked" => ([head("Transfer-Encoding: chunked\r\n"), chunks(&body(length))].concat(), false),
        _ => (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(), false),
    }
}

/// Chunks of 1, 2, 4 bytes and so on up to 4 KiB, and again.
fn chunks(mut body: &[u8]) -> Vec<u8> {
    let (mut coded, mut size) = (Vec::new(), 1);
    while !body.is_empty() {
        let (chunk, rest) = body.split_at(size.min(body.len()));
        coded.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
        coded.extend([chunk, b"\r\n"].concat());
        (body, size) = (rest, if size < 4096 { size * 2 } else { 1 });
    }
    [coded, b"0\r\n\r\n".to_vec()].concat()
}
