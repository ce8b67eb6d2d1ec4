//! Writes one command line into a fixed buffer.

use core::net::IpAddr;

/// Writes a command: `AT`, the body, one CR.
///
/// Errors are kept: after the first one nothing more is written and [`CommandWriter::finish`] says
/// `None`, so that tables of commands need no error handling of their own.
#[derive(Debug)]
pub struct CommandWriter<'a> {
    buffer: &'a mut [u8],
    len: usize,
    failed: bool,
}

impl<'a> CommandWriter<'a> {
    /// Starts a command line in `buffer`.
    pub fn new(buffer: &'a mut [u8]) -> Self {
        let mut writer = Self { buffer, len: 0, failed: false };
        writer.text("AT");
        writer
    }

    /// Text as it stands.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// An unsigned decimal number.
    #[inline(never)]
    pub fn number(&mut self, value: u32) -> &mut Self {
        if value >= 10 {
            self.number(value / 10);
        }
        self.byte(b'0' + (value % 10) as u8)
    }

    /// Text between quotes. A quote, a backslash or a control character in it would end or change
    /// the command, so they fail it.
    pub fn quoted(&mut self, text: &[u8]) -> &mut Self {
        if !text.iter().all(|&b| is_quotable(b)) {
            self.failed = true;
        }
        self.byte(b'"').bytes(text).byte(b'"')
    }

    /// An IP address between quotes: dotted IPv4, or IPv6 as eight groups of hexadecimal digits.
    pub fn address(&mut self, address: IpAddr) -> &mut Self {
        self.byte(b'"');
        match address {
            IpAddr::V4(v4) => {
                for (index, octet) in v4.octets().into_iter().enumerate() {
                    if index > 0 {
                        self.byte(b'.');
                    }
                    self.number(octet.into());
                }
            }
            IpAddr::V6(v6) => {
                for (index, octet) in v6.octets().into_iter().enumerate() {
                    if index > 0 && index % 2 == 0 {
                        self.byte(b':');
                    }
                    for digit in [octet >> 4, octet & 0xf] {
                        self.byte(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit });
                    }
                }
            }
        }
        self.byte(b'"')
    }

    /// Makes the command one that cannot be sent.
    pub fn fail(&mut self) {
        self.failed = true;
    }

    /// Ends the line with CR alone and gives its length, or `None` when it did not fit or held a
    /// character that must not be sent.
    ///
    /// CR LF would leave the LF behind as the first byte of a payload (RYZ014 use cases §3.5).
    pub fn finish(mut self) -> Option<usize> {
        self.byte(b'\r');
        (!self.failed).then_some(self.len)
    }

    #[inline(never)]
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        for &b in bytes {
            self.byte(b);
        }
        self
    }

    /// One character as it stands.
    #[inline(never)]
    pub(crate) fn byte(&mut self, byte: u8) -> &mut Self {
        match self.buffer.get_mut(self.len) {
            Some(place) => *place = byte,
            None => self.failed = true,
        }
        self.len = self.len.wrapping_add(1);
        self
    }
}

/// Whether `byte` may stand between the quotes of a command.
pub(crate) const fn is_quotable(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'"' && byte != b'\\' || byte == b' '
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut CommandWriter<'_>)) -> Option<Vec<u8>> {
        let mut buffer = [0; 64];
        let mut writer = CommandWriter::new(&mut buffer);
        write(&mut writer);
        writer.finish().map(|len| buffer[..len].to_vec())
    }

    #[test]
    fn a_command_ends_with_cr_alone() {
        let command = written(|w| {
            w.text("+USOCO=").number(0).text(",").address([10, 0, 0, 1].into()).text(",").number(65535);
        });
        assert_eq!(command.as_deref(), Some(&b"AT+USOCO=0,\"10.0.0.1\",65535\r"[..]));
    }

    #[test]
    fn numbers_and_addresses_are_written_in_full() {
        let numbers = written(|w| _ = w.number(0).text(",").number(10).text(",").number(u32::MAX));
        assert_eq!(numbers.as_deref(), Some(&b"AT0,10,4294967295\r"[..]));
        let v6 = written(|w| _ = w.address([0x2001, 0xdb8, 0, 0, 0, 0, 0xa0, 0xf00f].into()));
        assert_eq!(v6.as_deref(), Some(&b"AT\"2001:0db8:0000:0000:0000:0000:00a0:f00f\"\r"[..]));
    }

    #[test]
    fn text_that_would_end_the_command_fails_it() {
        assert_eq!(written(|w| _ = w.quoted(b"a\"b")), None);
        assert_eq!(written(|w| _ = w.quoted(b"a\rb")), None);
        assert_eq!(written(|w| _ = w.quoted(&[0xc3, 0xa9])), None);
    }

    #[test]
    fn a_command_longer_than_the_buffer_fails() {
        assert_eq!(written(|w| _ = w.quoted(&[b'a'; 80])), None);
    }
}
