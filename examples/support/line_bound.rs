//! What the serial line leaves for payload when a driver adds nothing of its own.

use cellular_nal::dialect::detect;

use crate::Way;

/// Seconds from the prompt to the payload (SARA/LEXI internet applications §5.3: 50 ms at least).
const PROMPT: f64 = 0.050;

/// Share of the line rate for payload when it goes in commands as long as the modem takes them, with
/// the silences that the documents want.
pub(crate) fn commands(model: &str, way: Way, baud: u32) -> Option<f64> {
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
