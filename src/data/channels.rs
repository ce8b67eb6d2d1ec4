//! Memory of a multiplexer with a channel for commands and one for data.

use heapless::Vec;

use crate::cmux::{Channel, Mux, Parameters};
use crate::dialect::Multiplexer;
use crate::fill::fill;

/// A frame's flags, header and check sequence.
const OVERHEAD: usize = 7;

/// Memory for a multiplexer: frames of up to `FRAME` - 7 bytes, and buffers of `RX` and `TX` bytes for
/// each of its two channels.
///
/// The modem's largest frame (N1) is used, if `FRAME` and half of `RX` hold it. Larger frames are
/// cheaper, in bytes on the line and in time: with 128 bytes of payload, the default, they cost 5 %.
///
/// ```
/// # #[cfg(feature = "smoltcp")] {
/// use cellular_nal::ip::MuxResources;
/// let resources = MuxResources::<135, 512, 512>::new();
/// # let _ = resources;
/// # }
/// ```
#[derive(Debug)]
pub struct MuxResources<'d, const FRAME: usize = 135, const RX: usize = 512, const TX: usize = 512> {
    frame: Vec<[u8; FRAME], 1>,
    rx: Vec<[u8; RX], 2>,
    tx: Vec<[u8; TX], 2>,
    channels: Option<[Channel<'d>; 2]>,
}

impl<'d, const FRAME: usize, const RX: usize, const TX: usize> MuxResources<'d, FRAME, RX, TX> {
    /// Unused memory.
    pub const fn new() -> Self {
        const { assert!(FRAME > OVERHEAD && RX >= 64 && TX >= 64, "buffers of 64 bytes at least") };
        Self { frame: Vec::new(), rx: Vec::new(), tx: Vec::new(), channels: None }
    }

    pub(super) fn parts(&'d mut self) -> Memory<'d> {
        let (commands_rx, data_rx) = both(fill(&mut self.rx, || [0; RX]));
        let (commands_tx, data_tx) = both(fill(&mut self.tx, || [0; TX]));
        Memory {
            frame: fill(&mut self.frame, || [0; FRAME]).as_flattened_mut(),
            commands: (commands_rx, commands_tx),
            data: (data_rx, data_tx),
            channels: &mut self.channels,
        }
    }
}

impl<const FRAME: usize, const RX: usize, const TX: usize> Default for MuxResources<'_, FRAME, RX, TX> {
    fn default() -> Self {
        Self::new()
    }
}

/// The memory without its sizes.
#[derive(Debug)]
pub(super) struct Memory<'d> {
    frame: &'d mut [u8],
    commands: (&'d mut [u8], &'d mut [u8]),
    data: (&'d mut [u8], &'d mut [u8]),
    channels: &'d mut Option<[Channel<'d>; 2]>,
}

impl<'d> Memory<'d> {
    /// Makes it the multiplexer of a modem, for good.
    pub(super) fn into_mux(self, modem: &Multiplexer) -> Mux<'d, 'd> {
        let room = self.frame.len().saturating_sub(OVERHEAD).min(self.commands.0.len() / 2);
        let n1 = u16::try_from(room).unwrap_or(u16::MAX).min(modem.n1);
        let parameters = Parameters { n1, answers_disc: modem.answers_disc, ..Parameters::new() };
        let commands = Channel::new(modem.at, self.commands.0, self.commands.1);
        let data = Channel::new(modem.data, self.data.0, self.data.1);
        Mux::new(parameters, self.frame, self.channels.insert([commands, data]))
    }
}

/// The buffers of commands and of data.
fn both<const SIZE: usize>(buffers: &mut [[u8; SIZE]]) -> (&mut [u8], &mut [u8]) {
    match buffers {
        [commands, data] => (commands, data),
        // There are always two.
        _ => (&mut [], &mut []),
    }
}
