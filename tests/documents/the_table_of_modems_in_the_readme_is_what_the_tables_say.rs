//! The table of modems and what each can do is generated from the dialects.
//!
//! `WRITE=1 cargo test --test documents the_table_of_modems` writes it.

use std::fs;
use std::path::Path;

use cellular_nal::dialect::detect::MODELS;
use cellular_nal::dialect::{
    Dialect, EdrxCommand, FirmwareUpdate, PingCommand, Procedure, Security, TlsVersion,
};

const BEGIN: &str = "<!-- table of modems: generated -->\n";
const END: &str = "<!-- end of the table -->";

/// A row: what it is about, and what a modem has of it.
type Row = (&'static str, fn(&dyn Dialect) -> String);

const ROWS: [Row; 23] = [
    ("sockets", |modem| modem.limits().sockets.to_string()),
    ("TCP client", |modem| can(modem, Procedure::OpenTcp)),
    ("TCP listener", |modem| can(modem, Procedure::Listen)),
    ("UDP with one peer", |modem| can(modem, Procedure::OpenUdp)),
    ("UDP with many peers", |modem| {
        // A modem whose sockets need a peer is tied to the one of the last datagram.
        if modem.limits().host_keeps_sockets { "the last one".into() } else { can(modem, Procedure::OpenUdp) }
    }),
    ("largest datagram, bytes", |modem| modem.limits().write.to_string()),
    ("release assistance", |modem| can(modem, Procedure::SendLastDatagram)),
    ("socket options", |modem| can(modem, Procedure::SetOption)),
    ("raw pipe (data mode)", |modem| can(modem, Procedure::Online)),
    ("PPP beside commands (CMUX): bytes in a frame", |modem| {
        modem.multiplexer().map_or("–".into(), |multiplexer| multiplexer.n1.to_string())
    }),
    ("host name to address", |modem| can(modem, Procedure::ResolveName)),
    ("address to host name", |modem| can(modem, Procedure::ResolveAddress)),
    ("certificates and keys", |modem| can(modem, Procedure::StoreCredential)),
    ("TLS", |modem| {
        secure(modem, |can| match can.newest() {
            TlsVersion::Tls13 => "1.3".into(),
            _ => "1.2".into(),
        })
    }),
    ("DTLS", |modem| secure(modem, |can| if can.has_datagrams() { "1.2".into() } else { "–".into() })),
    ("secure connections", |modem| secure(modem, |can| can.connections().to_string())),
    ("new firmware", |modem| match modem.firmware() {
        FirmwareUpdate::Download { lwm2m: true } => "from a URL, LwM2M".into(),
        FirmwareUpdate::Download { .. } => "from a URL".into(),
        FirmwareUpdate::File { .. } => "from a file".into(),
        _ => "–".into(),
    }),
    ("ping", |modem| yes(modem.services().ping != PingCommand::None)),
    ("eDRX", |modem| yes(modem.services().edrx != EdrxCommand::None)),
    ("ports kept for the modem's own clients", |modem| yes(modem.services().embedded_ports)),
    ("slots for SIM cards", |modem| if modem.services().sim_slots { "1 or 2".into() } else { "1".into() }),
    ("silence between commands, ms", |modem| modem.timing().gap.as_millis().to_string()),
    ("silence around `+++`, ms", |modem| modem.timing().escape.as_millis().to_string()),
];

fn can(modem: &dyn Dialect, procedure: Procedure) -> String {
    yes(!modem.steps(procedure).is_empty())
}

fn yes(can: bool) -> String {
    if can { "yes".into() } else { "–".into() }
}

/// What a modem's secure sockets can do.
fn secure(modem: &dyn Dialect, tell: fn(&Security) -> String) -> String {
    modem.security().map_or("–".into(), tell)
}

fn table() -> String {
    let mut text = String::from("| |");
    MODELS.iter().for_each(|modem| text += &format!(" `{}` |", modem.name()));
    text += "\n|---|";
    MODELS.iter().for_each(|_| text += "---|");
    for (title, cell) in ROWS {
        text += &format!("\n| {title} |");
        MODELS.iter().for_each(|&modem| text += &format!(" {} |", cell(modem)));
    }
    text + "\n"
}

#[test]
fn the_table_of_modems_in_the_readme_is_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(&path).expect("there is a README");
    let (before, rest) = text.split_once(BEGIN).expect("the table begins");
    let (present, after) = rest.split_once(END).expect("the table ends");
    if std::env::var_os("WRITE").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", table())).expect("the README is written");
        return;
    }
    assert_eq!(present, table(), "write it anew, as the first lines of this test say");
}
