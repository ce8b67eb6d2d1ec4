//! The link, for whoever is in charge of it.

mod bands;
mod clock;
mod edrx;
mod embedded_ports;
mod files;
mod identity;
mod lwm2m;
mod network;
mod ping;
mod power;
mod provision;
mod recovery;
mod signal;
mod sim;
mod slot;
pub mod sms;
mod turn;
mod upgrade;

pub use bands::{Bands, GsmBands};
pub use clock::Time;
pub use edrx::{AccessTechnology, Edrx, EdrxCycle};
pub use identity::Text;
pub use lwm2m::{DeviceServer, FotaReports, Registration, RegistrationState};
pub use network::Selection;
pub use ping::{Ping, PingOptions};
pub use signal::Signal;
pub use sim::Tries;
pub use slot::SimSlot;
pub use upgrade::{Progress, Upgrade, UpgradeOptions};

use core::cell::{RefCell, RefMut};
use core::future::poll_fn;

use crate::dialect::Credential;
use crate::engine::Engine;
use crate::engine::provision::Upload;
use crate::error::Error;
use crate::link::Status;

/// Brings the link up and down and tells how it is.
#[derive(Clone, Copy, Debug)]
pub struct Control<'d> {
    engine: &'d RefCell<Engine>,
}

impl<'d> Control<'d> {
    /// For an engine that something else drives than [`asynch::new`](crate::asynch::new) gives:
    /// [`nb::Stack`](crate::nb::Stack), or a shell of one's own.
    pub const fn new(engine: &'d RefCell<Engine>) -> Self {
        Self { engine }
    }

    /// Brings the link up and waits until it is. From then on it comes back by itself.
    ///
    /// # Errors
    /// Why it does not come up: [`Error::NoModem`], [`Error::NoSim`], [`Error::WrongPin`],
    /// [`Error::RegistrationDenied`] and so on. The link is tried on all the same, but for a
    /// refused PIN.
    ///
    /// # Cancel safety
    /// The link goes on coming up.
    pub async fn connect(&self) -> Result<(), Error> {
        borrow(self.engine).link_up();
        poll_fn(|cx| borrow(self.engine).poll_link(cx.waker())).await
    }

    /// Takes the link down, and waits until the radio is off. All connections die.
    ///
    /// # Cancel safety
    /// The link goes on going down.
    pub async fn disconnect(&self) {
        borrow(self.engine).link_down();
        poll_fn(|cx| borrow(self.engine).poll_down(cx.waker())).await;
    }

    /// Waits until the modem is registered with a network.
    ///
    /// # Errors
    /// As for [`connect`](Self::connect).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn wait_for_registration(&self) -> Result<(), Error> {
        poll_fn(|cx| borrow(self.engine).poll_registered(cx.waker())).await
    }

    /// What is known of the link. Signal strength and operator are as old as the link, or the last
    /// [`refresh`](Self::refresh).
    pub fn status(&self) -> Status {
        borrow(self.engine).status()
    }

    /// Which modem it is, as [`Dialect::name`](crate::dialect::Dialect::name) gives it; "auto" while it
    /// is not known.
    pub fn model(&self) -> &'static str {
        self.engine.borrow().model()
    }

    /// Reads signal strength and operator anew.
    ///
    /// # Errors
    /// Why the link is not up.
    ///
    /// # Cancel safety
    /// They are read all the same.
    pub async fn refresh(&self) -> Result<Status, Error> {
        borrow(self.engine).refresh_status();
        poll_fn(|cx| borrow(self.engine).poll_status(cx.waker())).await?;
        Ok(self.status())
    }

    /// Stores a certificate (8 kB at most) or a private key (2 kB) in the modem, PEM with LF alone
    /// at the ends of lines.
    ///
    /// # Errors
    /// [`Error::Oversized`], [`Error::InvalidInput`] for a slot other than 8 to 19,
    /// [`Error::Unsupported`] while the line carries PPP alone, and the modem's own.
    ///
    /// # Cancel safety
    /// When the future is dropped in the middle, what the modem has stored is removed.
    pub async fn store_credential(&self, credential: Credential, bytes: &[u8]) -> Result<(), Error> {
        if bytes.is_empty() {
            return Err(Error::InvalidInput);
        }
        let mut upload = Upload::new(self.engine, credential, bytes);
        poll_fn(|cx| upload.advance(cx.waker())).await
    }

    /// Removes a certificate or private key from the modem.
    ///
    /// # Errors
    /// As for [`store_credential`](Self::store_credential).
    ///
    /// # Cancel safety
    /// It is removed all the same.
    pub async fn remove_credential(&self, credential: Credential) -> Result<(), Error> {
        let mut upload = Upload::new(self.engine, credential, &[]);
        poll_fn(|cx| upload.advance(cx.waker())).await
    }
}

/// The engine, for one call.
#[inline(never)]
fn borrow(engine: &RefCell<Engine>) -> RefMut<'_, Engine> {
    engine.borrow_mut()
}
