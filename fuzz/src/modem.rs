//! A modem that knows just enough to bring a link up and to serve sockets: it answers each command at once.

/// What the modem has heard, and is to say.
#[derive(Default)]
pub(crate) struct Modem {
    heard: Vec<u8>,
    /// Payload that it waits for.
    raw: usize,
    sockets: u8,
    first: u8,
    /// Models whose names it gives.
    name: &'static str,
}

impl Modem {
    pub(crate) fn new(first: u8, name: &'static str) -> Self {
        Self { first, name, ..Self::default() }
    }

    /// Takes what the driver sends.
    pub(crate) fn hear(&mut self, bytes: &[u8]) {
        // More than any command and its payload: nobody has asked for an answer for long.
        if self.heard.len() < 10_000 {
            self.heard.extend_from_slice(bytes);
        }
    }

    /// Answers to all that it has heard.
    pub(crate) fn answer(&mut self) -> Vec<u8> {
        let mut said = Vec::new();
        loop {
            if self.raw > 0 {
                let count = self.raw.min(self.heard.len());
                self.heard.drain(..count);
                self.raw -= count;
                if self.raw > 0 {
                    return said;
                }
                said.extend_from_slice(b"\r\nOK\r\n");
            }
            let Some(end) = self.heard.iter().position(|&byte| byte == b'\r') else {
                // The escape of a raw pipe is no line.
                if self.heard.ends_with(b"+++") {
                    self.heard.clear();
                    said.extend_from_slice(b"\r\nOK\r\n");
                }
                return said;
            };
            let line: Vec<u8> = self.heard.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line).trim().to_string();
            if let Some(command) = line.strip_prefix("AT") {
                said.extend_from_slice(self.command(command).as_bytes());
            }
        }
    }

    fn command(&mut self, command: &str) -> String {
        let (name, values) = command.split_once('=').unwrap_or((command, ""));
        let value = |index: usize| values.split(',').nth(index).unwrap_or("");
        let id = value(0);
        let text = match name {
            "+CMEE?" => "+CMEE: 1".into(),
            "+CFUN?" => "+CFUN: 1,0".into(),
            "+CPIN?" => "+CPIN: READY".into(),
            "+CEREG?" | "+CGREG?" | "+CREG?" => format!("{}: 2,1", &name[..name.len() - 1]),
            "+CGDCONT?" => "+CGDCONT: 1,\"IP\",\"internet\",\"10.0.0.1\"".into(),
            "+CGACT?" => "+CGACT: 1,1".into(),
            "+CGPADDR" => format!("+CGPADDR: {id},\"10.0.0.1\""),
            "+CSQ" => "+CSQ: 18,99".into(),
            "+COPS?" => "+COPS: 0,2,\"22288\",7".into(),
            "+CGMM" => self.name.into(),
            "+UPSND" if value(1) == "0" => "+UPSND: 0,0,\"10.0.0.1\"".into(),
            "+UPSND" => format!("+UPSND: {id},{},1", value(1)),
            "+UPSDA" => return "\r\nOK\r\n\r\n+UUPSDA: 0,\"10.0.0.1\"\r\n".into(),
            "+USOCR" => {
                self.sockets += 1;
                format!("+USOCR: {}", (self.sockets - 1) % 7)
            }
            "+USOCTL" if value(1) == "10" => format!("+USOCTL: {id},10,4"),
            "+USOCTL" => format!("+USOCTL: {id},{},0", value(1)),
            "+USOER" => "+USOER: 0".into(),
            "+USORD" | "+USORF" if value(1) == "0" => format!("{name}: {id},4"),
            "+USORD" => format!("+USORD: {id},4,\"a\"b\""),
            "+USORF" => format!("+USORF: {id},\"192.0.2.1\",7,4,\"a\"b\""),
            "+USOWR" | "+USOST" => {
                self.raw = values.rsplit(',').next().and_then(|len| len.parse().ok()).unwrap_or(0);
                return "\r\n@".into();
            }
            "+USODL" | "+SQNSO" => return "\r\nCONNECT\r\n".into(),
            "+UDNSRN" => "+UDNSRN: \"192.0.2.1\"".into(),
            "+SQNDNSLKUP" => format!("+SQNDNSLKUP: {id},192.0.2.1"),
            "+SQNSSENDEXT" | "+SQNSNVW" => {
                let len = if name == "+SQNSNVW" { value(2) } else { value(1) };
                self.raw = len.parse().unwrap_or(0);
                return "\r\n> ".into();
            }
            "+USECMNG" if values.starts_with("0,") => {
                self.raw = value(3).parse().unwrap_or(0);
                return "\r\n>".into();
            }
            "+SQNSRECV" => format!("+SQNSRECV: {id},4\r\na\r\nb"),
            "+SQNSI" => format!("+SQNSI: {id},4,0,4,0"),
            "+SQNSS" => (self.first..self.first + 6)
                .map(|id| format!("+SQNSS: {id},1,\"10.0.0.1\",7,\"192.0.2.1\",7,1\r\n"))
                .collect(),
            _ => return "\r\nOK\r\n".into(),
        };
        format!("\r\n{text}\r\n\r\nOK\r\n")
    }
}
