//! Certificates and keys that are to be in the modem.

use core::future::poll_fn;

use super::Control;
use crate::dialect::Credential;
use crate::engine::provision::Provision;
use crate::error::Error;

impl Control<'_> {
    /// Makes sure that a certificate or key, PEM or DER, is in the modem. It is written, which wears the
    /// modem's flash, only where the modem does not show that it is there already: by MD5 on u-blox, by SHA-1 or
    /// the key itself on Sequans modems.
    ///
    /// The modem gets PEM with LF alone at the ends of lines. Another file in the same place is removed
    /// first. Wherever this is cut off, by a dropped future or by power, the same call makes it good.
    ///
    /// Returns whether it had to be written.
    ///
    /// ```no_run
    /// # use cellular_nal::{Error, asynch::Control};
    /// use cellular_nal::dialect::{Credential, CredentialKind};
    /// # async fn example(control: Control<'_>, pem: &[u8]) -> Result<(), Error> {
    /// let authority = Credential { kind: CredentialKind::Authority, slot: 8 };
    /// control.provision(authority, pem).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::CredentialRejected`] for what is neither PEM nor DER, before anything is sent, and for what the
    /// modem does not take; [`Error::InvalidInput`] for a slot other than 8 to 19;
    /// [`Error::Oversized`] for a certificate of more than 8 kB or a key of more than 2 kB as PEM;
    /// [`Error::Unsupported`] where the modem has no TLS; [`Error::StoreFull`]; or why the modem does not answer.
    ///
    /// # Cancel safety
    /// When the future is dropped in the middle, what the modem has stored is removed.
    pub async fn provision(&self, credential: Credential, file: &[u8]) -> Result<bool, Error> {
        let mut provision = Provision::new(self.engine, credential, file)?;
        poll_fn(|cx| provision.advance(cx.waker())).await
    }
}
