//! An MQTT broker on this machine.

use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::collections::HashMap;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use rumqttd::{Broker, Config, ConnectionSettings, RouterConfig, ServerSettings};

use crate::support::Failure;

/// How long the broker may take to listen.
const START: Duration = Duration::from_secs(5);

/// Starts the broker in threads and gives its port.
pub(crate) fn start() -> Result<u16, Failure> {
    let listen = free_address().map_err(|error| format!("broker: {error}"))?;
    let mut broker = Broker::new(config(listen));
    thread::spawn(move || {
        if let Err(error) = broker.start() {
            eprintln!("broker: {error}");
        }
    });
    let start = Instant::now();
    while TcpStream::connect(listen).is_err() {
        if start.elapsed() > START {
            return Err(format!("broker: it does not listen at {listen}"));
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(listen.port())
}

/// The broker takes a fixed port only, so one that was free a moment ago has to do.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn config(listen: SocketAddr) -> Config {
    let connections = ConnectionSettings {
        connection_timeout_ms: 60_000,
        max_payload_size: 20_480,
        max_inflight_count: 100,
        auth: None,
        external_auth: None,
        dynamic_filters: true,
    };
    let server = ServerSettings {
        name: "broker".to_owned(),
        listen,
        tls: None,
        next_connection_delay_ms: 1,
        connections,
    };
    Config {
        router: RouterConfig {
            max_connections: 16,
            max_outgoing_packet_count: 200,
            max_segment_size: 1 << 20,
            max_segment_count: 10,
            ..RouterConfig::default()
        },
        v5: Some(HashMap::from([("v5".to_owned(), server)])),
        ..Config::default()
    }
}
