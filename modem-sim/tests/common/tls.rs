//! Modems with certificates, and TLS servers in their virtual network.
#![allow(dead_code)]

use std::net::IpAddr;
use std::sync::Arc;

use modem_sim::testing::{Authority, Identity, Seen, TlsEcho, rustls::ServerConfig};
use modem_sim::{Model, Options, VirtualNetwork};

use super::{Rig, SERVER, running};

pub(crate) const NAME: &str = "server.example";
pub(crate) const PORT: u16 = 443;

/// A running modem of this type, whose sockets can be used.
pub(crate) fn rig(model: Model) -> Rig {
    rig_with(model, running())
}

pub(crate) fn rig_with(model: Model, options: Options) -> Rig {
    let options = Options { stale_packet_data: true, bypass: Some(false), ..options };
    let rig = Rig::new(model, options);
    rig.net.host(NAME, &[IpAddr::from(SERVER)]);
    rig
}

/// A TLS server at [`PORT`].
pub(crate) fn serve(net: &VirtualNetwork, config: Arc<ServerConfig>) -> Seen {
    let seen = Seen::default();
    let log = seen.clone();
    net.serve(SERVER, PORT, move || Box::new(TlsEcho::new(Arc::clone(&config), &log)));
    seen
}

/// Imports a file into a u-blox modem; the answer.
pub(crate) fn import(rig: &mut Rig, kind: u8, name: &str, data: &[u8]) -> String {
    rig.pass_ms(25);
    rig.send(format!("AT+USECMNG=0,{kind},\"{name}\",{}\r", data.len()).as_bytes());
    rig.wait_for(b"\r\n>");
    rig.send(data);
    rig.final_result()
}

/// Writes a file into a Sequans modem; the answer.
pub(crate) fn write_file(rig: &mut Rig, kind: &str, slot: u8, data: &[u8]) -> String {
    rig.send(format!("AT+SQNSNVW=\"{kind}\",{slot},{}\r", data.len()).as_bytes());
    rig.wait_for(b"\r\n> ");
    rig.send(data);
    rig.final_result()
}

/// Puts an authority, and the certificate and key of a client, into any modem.
pub(crate) fn provision(rig: &mut Rig, authority: &Authority, client: Option<&Identity>) {
    let ublox = rig.model.is_ublox();
    let ca = authority.identity.certificate.as_bytes();
    let answer = if ublox { import(rig, 0, "ca", ca) } else { write_file(rig, "certificate", 10, ca) };
    assert!(answer.contains("OK"), "{answer:?}");
    let Some(client) = client else { return };
    let (certificate, key) = (client.certificate.as_bytes(), client.key.as_bytes());
    if ublox {
        assert!(import(rig, 1, "cert", certificate).contains("OK"));
        assert!(import(rig, 2, "key", key).contains("OK"));
    } else {
        assert!(write_file(rig, "certificate", 11, certificate).contains("OK"));
        assert!(write_file(rig, "privatekey", 10, key).contains("OK"));
    }
}

/// A security profile that verifies everything.
pub(crate) fn configure(rig: &mut Rig, client: bool) {
    if rig.model.is_ublox() {
        rig.ok("AT+USECPRF=0");
        rig.ok("AT+USECPRF=0,0,3");
        rig.ok("AT+USECPRF=0,1,3");
        rig.ok("AT+USECPRF=0,3,\"ca\"");
        rig.ok(&format!("AT+USECPRF=0,4,\"{NAME}\""));
        rig.ok(&format!("AT+USECPRF=0,10,\"{NAME}\""));
        if client {
            rig.ok("AT+USECPRF=0,5,\"cert\"");
            rig.ok("AT+USECPRF=0,6,\"key\"");
        }
    } else {
        let client = if client { "11,10" } else { "," };
        rig.ok(&format!("AT+SQNSPCFG=1,2,\"\",7,10,{client},\"\",\"\""));
    }
}

/// Opens socket 0 (u-blox) or 1 (Sequans) to the server; the result of the connect.
pub(crate) fn connect_securely(rig: &mut Rig) -> String {
    if rig.model.is_ublox() {
        rig.ok("AT+USOCR=6");
        rig.ok("AT+USOSEC=0,1,0");
        rig.command(&format!("AT+USOCO=0,\"{NAME}\",{PORT}"))
    } else {
        rig.ok("AT+SQNSCFG=1,1,300,0,600,50");
        rig.ok("AT+SQNSSCFG=1,1,1");
        rig.command(&format!("AT+SQNSD=1,0,{PORT},\"{NAME}\",0,0,1"))
    }
}

/// Sends and reads back.
pub(crate) fn echo(rig: &mut Rig, bytes: &[u8]) -> Vec<u8> {
    if rig.model.is_ublox() {
        rig.write(0, bytes);
        rig.wait_for(b"+UUSORD: 0,");
        rig.pass_ms(50);
        rig.got.clear();
        rig.read(0, 1024)
    } else {
        rig.send_ext(1, bytes);
        rig.wait_for(b"+SQNSRING: 1");
        rig.pass_ms(50);
        rig.got.clear();
        rig.recv(1, 1500)
    }
}

/// How the last handshake has ended, as text.
pub(crate) fn outcome(rig: &Rig) -> String {
    rig.modem.handshakes().last().map(ToString::to_string).unwrap_or_default()
}
