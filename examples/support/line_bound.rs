//! What the serial line leaves for payload when a driver adds nothing of its own.

use cellular_nal::dialect::detect;

use crate::{Carrier, Way};

/// Seconds from the prompt to the payload (SARA/LEXI internet applications §5.3: 50 ms at least).
const PROMPT: f64 = 0.050;

/// Payload of a packet of 1500 bytes: the rest is the headers of IP and TCP.
const SEGMENT: f64 = 1460.0;

/// What a packet costs besides when PPP carries it: flag, protocol and check sequence (RFC 1662 §3.1, with what
/// LCP may leave out left out), and an escape for two of 256 bytes.
const PACKET: f64 = (1500.0 + 4.0) * (1.0 + 2.0 / 256.0);

/// Flags, address, control, length and check sequence of the multiplexer's frames (3GPP TS 27.010 §5.2.1),
/// with the length in one octet, which is enough for up to so many bytes, and in two.
const FRAME: (f64, f64, f64) = (6.0, 127.0, 7.0);

/// Share of the line rate for payload.
pub(crate) fn share(model: &str, carrier: Carrier, way: Way, baud: u32) -> Option<f64> {
    match carrier {
        Carrier::Commands => commands(model, way, baud),
        Carrier::Pipe => Some(1.0),
        Carrier::Ppp => Some(SEGMENT / PACKET),
        Carrier::Frames => {
            let n1 = f64::from(detect::by_name(model)?.multiplexer()?.n1);
            let (short, most, long) = FRAME;
            let (few, many) = (n1.min(most), n1);
            Some(SEGMENT / PACKET * (few / (few + short)).max(many / (many + long)))
        }
    }
}

/// Share of the line rate for payload when it goes in commands as long as the modem takes them, with
/// the silences that the documents want.
fn commands(model: &str, way: Way, baud: u32) -> Option<f64> {
    let modem = detect::by_name(model)?;
    let (limits, timing) = (modem.limits(), modem.timing());
    let gap = timing.gap.as_millis() as f64 / 1e3;
    let (write, read) = (limits.write, limits.read);
    // Payload, the characters around it in both directions, silence.
    let (payload, around, silence) = match (limits.host_keeps_sockets, way) {
        (false, Way::Send) => {
            (write, format!("AT+USOWR=0,{write}\r\r\n@\r\n+USOWR: 0,{write}\r\n\r\nOK\r\n"), PROMPT + gap)
        }
        (false, Way::Receive) => {
            (read, format!("AT+USORD=0,{read}\r\r\n+USORD: 0,{read},\"\"\r\n\r\nOK\r\n"), gap)
        }
        (true, Way::Send) => (write, format!("AT+SQNSSENDEXT=1,{write}\r\r\n> \r\nOK\r\n"), gap),
        (true, Way::Receive) => {
            (read, format!("AT+SQNSRECV=1,{read}\r\r\n+SQNSRECV: 1,{read}\r\n\r\n\r\nOK\r\n"), gap)
        }
    };
    let rate = f64::from(baud) / 10.0;
    let (payload, around) = (f64::from(payload), around.len() as f64);
    Some(payload / ((payload + around) / rate + silence) / rate)
}
