//! What the link does not do by itself.

use core::future::poll_fn;

use super::{Control, borrow};
use crate::error::Error;

impl Control<'_> {
    /// Leaves the modem alone, so that it can go into power saving mode, and waits until it is: what was written
    /// leaves, connections end, and nothing is sent to it any more. It stays registered
    /// ([`Config::power_saving`](crate::Config::power_saving)), and [`connect`](Self::connect) wakes it: by calling it,
    /// and by its power key where it does not hear that. One that has kept its settings is up again after a few
    /// commands.
    ///
    /// # Errors
    /// Why the link is not up: then nothing happens.
    ///
    /// # Cancel safety
    /// The link goes on going to sleep.
    pub async fn sleep(&self) -> Result<(), Error> {
        borrow(self.engine).link_sleep()?;
        poll_fn(|cx| borrow(self.engine).poll_asleep(cx.waker())).await;
        Ok(())
    }

    /// The modem has pulled its RING line. Where its serial port is held asleep by DTR or RTS, it is let wake, so that
    /// it can say why.
    pub fn ring(&self) {
        borrow(self.engine).ring();
    }

    /// Lets the last try of the SIM card's PIN be spent, once: without this call it never is, and the link has
    /// [`Error::LastPinTry`]. When the configured PIN was the wrong one, the card is
    /// blocked until its PUK is given.
    pub fn spend_last_pin_try(&self) {
        borrow(self.engine).spend_last_pin_try();
    }
}
