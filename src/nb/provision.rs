//! Certificates and keys that are to be in the modem.

use core::task::Waker;

use embedded_io::{Read, ReadReady, Write, WriteReady};

use super::stack::{Clock, Stack, ready};
use crate::dialect::Credential;
pub use crate::engine::provision::{Provision, Upload};
use crate::error::Error;

impl<'d, IO, C> Stack<'d, IO, C>
where
    IO: Read + ReadReady + Write + WriteReady,
    C: Clock,
{
    /// Makes sure that a certificate or key, PEM or DER, is in the modem: call [`Provision::poll`] on what this
    /// gives until it is not `WouldBlock`. It is written, which wears the modem's flash, only where the modem does
    /// not show that it is there already: by MD5 on u-blox, by SHA-1 or the key itself on Sequans modems.
    ///
    /// The modem gets PEM with LF alone at the ends of lines. Another file in the same place is removed first.
    /// Wherever this is cut off, by a drop or by power, the same call makes it good.
    ///
    /// ```no_run
    /// # use cellular_nal::{Error, nb::{Clock, Stack}};
    /// # use embedded_io::{Read, ReadReady, Write, WriteReady};
    /// use cellular_nal::dialect::{Credential, CredentialKind};
    /// use embedded_nal::nb::block;
    /// # fn example<P: Read + ReadReady + Write + WriteReady, C: Clock>(mut stack: Stack<'_, P, C>, pem: &[u8]) -> Result<(), Error> {
    /// let authority = Credential { kind: CredentialKind::Authority, slot: 8 };
    /// let mut provision = stack.provision(authority, pem)?;
    /// let written = block!(provision.poll(&mut stack))?;
    /// # let _ = written;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::CredentialRejected`] for what is neither PEM nor DER; [`Error::Oversized`] for a certificate of more
    /// than 8 kB or a key of more than 2 kB as PEM.
    pub fn provision<'f>(&self, credential: Credential, file: &'f [u8]) -> Result<Provision<'d, 'f>, Error> {
        Provision::new(self.base, credential, file)
    }

    /// Stores a certificate (8 kB at most) or a private key (2 kB) in the modem, PEM with LF alone at the ends of
    /// lines: call [`Upload::poll`] on what this gives until it is not `WouldBlock`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for no bytes at all.
    pub fn store_credential<'f>(
        &self,
        credential: Credential,
        bytes: &'f [u8],
    ) -> Result<Upload<'d, 'f>, Error> {
        if bytes.is_empty() {
            Err(Error::InvalidInput)
        } else {
            Ok(Upload::new(self.base, credential, bytes))
        }
    }

    /// Removes a certificate or private key from the modem: call [`Upload::poll`] on what this gives until it is
    /// not `WouldBlock`.
    pub const fn remove_credential(&self, credential: Credential) -> Upload<'d, 'static> {
        Upload::new(self.base, credential, &[])
    }
}

impl Provision<'_, '_> {
    /// Moves bytes and goes on: call it until it is `Ok`. Then it says whether the file had to be written.
    ///
    /// Sockets wait while the modem takes the file. When it was given nothing for 30 s that is a
    /// [`Error::Timeout`], and nothing is stored.
    ///
    /// # Errors
    /// [`Error::CredentialRejected`] for what the modem does not take; [`Error::InvalidInput`] for a slot other
    /// than 8 to 19; [`Error::Unsupported`] where the modem has no TLS; [`Error::StoreFull`]; why the modem does not
    /// answer; [`Error::Aborted`] when it was over already.
    pub fn poll<IO, C>(&mut self, stack: &mut Stack<'_, IO, C>) -> nb::Result<bool, Error>
    where
        IO: Read + ReadReady + Write + WriteReady,
        C: Clock,
    {
        stack.pump();
        let result = ready(self.advance(Waker::noop()));
        stack.pump();
        result
    }
}

impl Upload<'_, '_> {
    /// Moves bytes and goes on: call it until it is `Ok`. Time runs as for [`Provision::poll`].
    ///
    /// # Errors
    /// [`Error::Oversized`], [`Error::InvalidInput`] for a slot other than 8 to 19, the modem's own, or
    /// [`Error::Aborted`] when it was over already.
    pub fn poll<IO, C>(&mut self, stack: &mut Stack<'_, IO, C>) -> nb::Result<(), Error>
    where
        IO: Read + ReadReady + Write + WriteReady,
        C: Clock,
    {
        stack.pump();
        let result = ready(self.advance(Waker::noop()));
        stack.pump();
        result
    }
}
