//! Certificates and keys that are to be in the modem.

use core::future::poll_fn;

use super::Control;
use super::control::Upload;
use crate::dialect::digest::{KEY_SEED, add_pem};
use crate::dialect::{Credential, CredentialKind};
use crate::error::Error;
use crate::pem::Pem;

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
        let is_key = credential.kind == CredentialKind::PrivateKey;
        let Some(pem) = Pem::new(file, is_key) else { return Err(Error::CredentialRejected) };
        let total = pem.bytes().count();
        if total > if is_key { 2048 } else { 8192 } {
            return Err(Error::Oversized);
        }
        let engine = self.engine;
        poll_fn(|cx| engine.borrow_mut().begin_check(credential, cx.waker())).await?;
        let mut guard = Upload { engine, done: false };
        let found = poll_fn(|cx| engine.borrow_mut().poll_check(cx.waker())).await;
        guard.done = true;
        if found?.is_some_and(|digest| pem.has_digest(digest, add_pem, KEY_SEED)) {
            return Ok(false);
        }
        // Something else may be there, and a modem may want an empty place.
        self.remove_credential(credential).await?;
        let mut rest = pem.bytes();
        poll_fn(|cx| engine.borrow_mut().begin_upload(credential, total, cx.waker())).await?;
        let mut guard = Upload { engine, done: false };
        let mut chunk = [0; 64];
        let (mut from, mut to) = (0, 0);
        loop {
            if from == to {
                (from, to) = (0, 0);
                for (place, byte) in chunk.iter_mut().zip(&mut rest) {
                    *place = byte;
                    to += 1;
                }
            }
            let bytes = chunk.get(from..to).unwrap_or_default();
            let count = poll_fn(|cx| engine.borrow_mut().feed_upload(bytes, cx.waker())).await;
            guard.done = !matches!(count, Ok(1..));
            match count {
                Ok(0) => return Ok(true),
                Ok(count) => from += count,
                Err(Error::Modem(code)) => return Err(engine.borrow().rejection(code)),
                Err(error) => return Err(error),
            }
        }
    }
}
