//! Files of captured packets, as other programs read them.

use std::io::{self, Write};
use std::time::Duration;

/// Packets begin with their IP header.
const LINKTYPE_RAW: u32 = 101;
/// Longest packet.
const SNAPLEN: u32 = 65_535;

/// A capture file in the classic format of libpcap, version 2.4, with time in microseconds.
#[derive(Debug)]
pub struct Pcap<W> {
    out: W,
}

impl<W: Write> Pcap<W> {
    /// A file without packets.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn new(mut out: W) -> io::Result<Self> {
        let mut header = 0xa1b2_c3d4_u32.to_le_bytes().to_vec();
        header.extend(2_u16.to_le_bytes());
        header.extend(4_u16.to_le_bytes());
        header.extend([0; 8]);
        header.extend(SNAPLEN.to_le_bytes());
        header.extend(LINKTYPE_RAW.to_le_bytes());
        out.write_all(&header)?;
        Ok(Pcap { out })
    }

    /// Adds an IP packet and its time, such as [`Modem::capture`](crate::Modem::capture) tells.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn packet(&mut self, at: Duration, packet: &[u8]) -> io::Result<()> {
        let mut record = Vec::with_capacity(packet.len() + 16);
        record.extend((at.as_secs() as u32).to_le_bytes());
        record.extend(at.subsec_micros().to_le_bytes());
        let length = (packet.len() as u32).min(SNAPLEN);
        record.extend(length.to_le_bytes());
        record.extend((packet.len() as u32).to_le_bytes());
        record.extend(packet.iter().take(length as usize));
        self.out.write_all(&record)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_has_its_time_and_its_length_before_it() {
        let mut file = Vec::new();
        let mut pcap = Pcap::new(&mut file).unwrap();
        pcap.packet(Duration::from_millis(2500), b"packet").unwrap();
        let header =
            [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 101, 0, 0, 0];
        assert_eq!(file[..24], header);
        assert_eq!(file[24..40], [2, 0, 0, 0, 0x20, 0xa1, 7, 0, 6, 0, 0, 0, 6, 0, 0, 0]);
        assert_eq!(&file[40..], b"packet");
    }
}
