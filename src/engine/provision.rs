//! Certificates and keys that are to be in the modem: the base of both facades.

use core::cell::RefCell;
use core::task::{Poll, Waker, ready};

use super::Engine;
use crate::dialect::digest::{KEY_SEED, add_pem};
use crate::dialect::{Credential, CredentialKind};
use crate::error::Error;
use crate::pem::{Bytes, Pem};

/// A credential on its way into the modem, or out of it. What is dropped in the middle is given up: the modem
/// removes what it has stored of it.
#[derive(Debug)]
pub struct Upload<'d, 'f> {
    pub(crate) engine: &'d RefCell<Engine>,
    credential: Credential,
    /// What has not been given yet.
    rest: &'f [u8],
    progress: Progress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Wanted,
    /// The engine is at it.
    Begun,
    Over,
}

impl<'d, 'f> Upload<'d, 'f> {
    /// Stores `bytes`, or removes what is stored where there are none.
    pub(crate) const fn new(engine: &'d RefCell<Engine>, credential: Credential, bytes: &'f [u8]) -> Self {
        Self { engine, credential, rest: bytes, progress: Progress::Wanted }
    }

    /// Goes on; `Ok` when the modem has done it.
    pub(crate) fn advance(&mut self, waker: &Waker) -> Poll<Result<(), Error>> {
        let mut engine = self.engine.borrow_mut();
        if self.progress == Progress::Over {
            return Poll::Ready(Err(Error::Aborted));
        }
        if self.progress == Progress::Wanted {
            let begun = ready!(engine.begin_upload(self.credential, self.rest.len(), waker));
            self.progress = if begun.is_ok() { Progress::Begun } else { Progress::Over };
            begun?;
        }
        loop {
            let count = ready!(engine.feed_upload(self.rest, waker));
            if !matches!(count, Ok(1..)) {
                self.progress = Progress::Over;
            }
            match count? {
                0 => return Poll::Ready(Ok(())),
                count => self.rest = self.rest.get(count..).unwrap_or_default(),
            }
        }
    }
}

impl Drop for Upload<'_, '_> {
    fn drop(&mut self) {
        if self.progress == Progress::Begun {
            self.engine.borrow_mut().abandon_upload();
        }
    }
}

/// A credential that is to be in the modem: written where another one, or none, is there. What is dropped in
/// the middle is given up: the modem removes what it has stored of it.
#[derive(Debug)]
pub struct Provision<'d, 'f> {
    /// It is given up with this one, whatever the stage is.
    pub(crate) upload: Upload<'d, 'static>,
    pem: Pem<'f>,
    rest: Bytes<'f>,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Is it there already?
    Check,
    /// Something else may be there, and a modem may want an empty place.
    Remove,
    Store,
}

impl<'d, 'f> Provision<'d, 'f> {
    pub(crate) fn new(
        engine: &'d RefCell<Engine>,
        credential: Credential,
        file: &'f [u8],
    ) -> Result<Self, Error> {
        let is_key = credential.kind == CredentialKind::PrivateKey;
        let pem = Pem::new(file, is_key).ok_or(Error::CredentialRejected)?;
        if pem.bytes().count() > if is_key { 2048 } else { 8192 } {
            return Err(Error::Oversized);
        }
        let upload = Upload::new(engine, credential, &[]);
        Ok(Self { upload, pem, rest: pem.bytes(), stage: Stage::Check })
    }

    /// Goes on; `Ok` when the modem has it, with whether it had to be written.
    pub(crate) fn advance(&mut self, waker: &Waker) -> Poll<Result<bool, Error>> {
        loop {
            let done = match self.stage {
                Stage::Check => ready!(self.check(waker)),
                Stage::Remove => ready!(self.upload.advance(waker)).map(|()| None),
                Stage::Store => ready!(self.store(waker)).map(Some),
            };
            if let Err(error) = done {
                self.upload.progress = Progress::Over;
                return Poll::Ready(Err(error));
            }
            if let Ok(Some(written)) = done {
                return Poll::Ready(Ok(written));
            }
            self.stage = if self.stage == Stage::Check { Stage::Remove } else { Stage::Store };
            self.upload.progress = Progress::Wanted;
        }
    }

    /// Asks what is there: `Some` when that is the file.
    fn check(&mut self, waker: &Waker) -> Poll<Result<Option<bool>, Error>> {
        let Upload { engine, credential, progress, .. } = &mut self.upload;
        let mut engine = engine.borrow_mut();
        match progress {
            Progress::Over => return Poll::Ready(Err(Error::Aborted)),
            Progress::Wanted => ready!(engine.begin_check(*credential, waker))?,
            Progress::Begun => {}
        }
        *progress = Progress::Begun;
        let found = ready!(engine.poll_check(waker));
        *progress = Progress::Over;
        let same = found?.is_some_and(|digest| self.pem.has_digest(digest, add_pem, KEY_SEED));
        Poll::Ready(Ok(same.then_some(false)))
    }

    fn store(&mut self, waker: &Waker) -> Poll<Result<bool, Error>> {
        let Upload { engine, credential, progress, .. } = &mut self.upload;
        let mut engine = engine.borrow_mut();
        match progress {
            Progress::Over => return Poll::Ready(Err(Error::Aborted)),
            Progress::Wanted => ready!(engine.begin_upload(*credential, self.rest.clone().count(), waker))?,
            Progress::Begun => {}
        }
        *progress = Progress::Begun;
        loop {
            let mut chunk = [0; 64];
            let mut len = 0;
            for (to, byte) in chunk.iter_mut().zip(self.rest.clone()) {
                *to = byte;
                len += 1;
            }
            let count = ready!(engine.feed_upload(chunk.get(..len).unwrap_or_default(), waker));
            if !matches!(count, Ok(1..)) {
                *progress = Progress::Over;
            }
            match count {
                Ok(0) => return Poll::Ready(Ok(true)),
                Ok(count) => _ = self.rest.nth(count - 1),
                Err(Error::Modem(code)) => return Poll::Ready(Err(engine.rejection(code))),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}
