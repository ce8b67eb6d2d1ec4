//! Whom to wake. Only `core::task`, so it needs no feature.

use core::task::Waker;

/// Room for one waiting task. When another one registers, the first is woken, looks again and
/// registers again.
#[derive(Debug, Default)]
pub(crate) struct WakerCell(Option<Waker>);

impl WakerCell {
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    #[inline(never)]
    pub(crate) fn register(&mut self, waker: &Waker) {
        match &self.0 {
            Some(known) if known.will_wake(waker) => {}
            _ => {
                self.wake();
                self.0 = Some(waker.clone());
            }
        }
    }

    #[inline(never)]
    pub(crate) fn wake(&mut self) {
        if let Some(waker) = self.0.take() {
            waker.wake();
        }
    }
}

/// The task that drives, and whether it has looked at all that happened: then it rests until its deadline.
#[derive(Debug)]
pub(crate) struct Driver {
    waker: WakerCell,
    rests: bool,
}

impl Driver {
    pub(crate) const fn new() -> Self {
        Self { waker: WakerCell::new(), rests: false }
    }

    pub(crate) fn register(&mut self, waker: &Waker) {
        self.waker.register(waker);
    }

    /// Something is to be looked at.
    pub(crate) fn wake(&mut self) {
        self.rests = false;
        self.waker.wake();
    }

    /// All has been looked at, or not yet.
    pub(crate) const fn set_rests(&mut self, rests: bool) {
        self.rests = rests;
    }

    pub(crate) const fn rests(&self) -> bool {
        self.rests
    }
}

/// Room for a few waiting tasks; a further one displaces, and thereby wakes, the last.
#[derive(Debug, Default)]
pub(crate) struct Waiters([WakerCell; 4]);

impl Waiters {
    pub(crate) const fn new() -> Self {
        Self([const { WakerCell::new() }; 4])
    }

    pub(crate) fn register(&mut self, waker: &Waker) {
        let known = |cell: &&mut WakerCell| cell.0.as_ref().is_none_or(|known| known.will_wake(waker));
        if let Some(cell) = self.0.iter_mut().find(known) {
            cell.register(waker);
        } else if let Some(last) = self.0.last_mut() {
            last.register(waker);
        }
    }

    #[inline(never)]
    pub(crate) fn wake(&mut self) {
        self.0.iter_mut().for_each(WakerCell::wake);
    }
}
