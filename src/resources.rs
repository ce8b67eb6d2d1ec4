//! All memory that the crate uses.

use core::cell::RefCell;

use crate::dialect::Dialect;
use crate::engine::Engine;
use crate::link::Config;
use crate::socket::{Slots, Table};

/// Memory for `SOCKETS` sockets, with `RX` bytes to receive into and `TX` bytes to send from each.
///
/// The sizes of the buffers decide how much one command carries: up to 1024 bytes on u-blox, 1500
/// on Sequans modems. Commonly it lives in a `StaticCell`, and is made there: `init` in place of `init_with`
/// may take as much of the stack.
///
/// ```
/// use cellular_nal::Resources;
/// static RESOURCES: static_cell::StaticCell<Resources<2, 1024, 1024>> = static_cell::StaticCell::new();
/// let resources = RESOURCES.init_with(Resources::new);
/// # let _ = resources;
/// ```
#[derive(Debug)]
pub struct Resources<const SOCKETS: usize, const RX: usize = 1024, const TX: usize = 1024> {
    engine: Option<RefCell<Engine<Table<SOCKETS, RX, TX>>>>,
}

impl<const SOCKETS: usize, const RX: usize, const TX: usize> Resources<SOCKETS, RX, TX> {
    /// Unused memory.
    pub const fn new() -> Self {
        const { assert!(SOCKETS > 0 && SOCKETS <= 8, "one to eight sockets") };
        const { assert!(RX >= 64 && TX >= 64, "buffers of 64 bytes at least") };
        Self { engine: None }
    }

    /// Puts an engine into the memory. The facades call this; it is for shells of one's own, too.
    ///
    /// The sizes end here: all else works on the engine as it is behind the reference.
    pub fn engine(&mut self, dialect: &'static dyn Dialect, config: Config) -> &RefCell<Engine<dyn Slots>> {
        let engine = self.place(dialect, config);
        engine.get_mut().core.table.fill();
        engine
    }

    // In a frame of its own: in that of a caller that never returns it would stay taken.
    #[inline(never)]
    fn place(
        &mut self,
        dialect: &'static dyn Dialect,
        config: Config,
    ) -> &mut RefCell<Engine<Table<SOCKETS, RX, TX>>> {
        // Dropped before, so that most of the new one is built in its place and not on the stack.
        self.engine = None;
        self.engine.get_or_insert_with(|| RefCell::new(Engine::new(dialect, config)))
    }
}

impl<const SOCKETS: usize, const RX: usize, const TX: usize> Default for Resources<SOCKETS, RX, TX> {
    fn default() -> Self {
        Self::new()
    }
}
