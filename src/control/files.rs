//! Files in a u-blox modem, and the installation of one that holds new firmware.

use core::future::poll_fn;

use super::turn::{Lines, Turn};
use super::upgrade::Upgrade;
use super::{Control, borrow};
use crate::at::CommandWriter;
use crate::dialect::{FirmwareUpdate, Step};
use crate::engine::payload::Payload;
use crate::error::{CmeCode, Error};
use crate::time::Duration;

/// The time for the result counts from the last byte; a source may be slow between two.
const WRITE: Step = Step::new("+UDWNFILE").prompt(b'>', 0).timeout(Duration::from_secs(60));
const DELETE: Step = Step::new("+UDELFILE").timeout(Duration::from_secs(30));
const LIST: Step = Step::new("+ULSTFILE").lines("+ULSTFILE", false).timeout(Duration::from_secs(30));
/// "OK" comes after up to a minute, or never.
const INSTALL: Step = Step::new("+UFWINSTALL").timeout(Duration::from_secs(60));

/// The name that firmware must have, and its tag (LENA-R8 application development §11.2).
const FIRMWARE: &str = "updatePackage.bin";
const TAG: &str = "FOAT";

impl<'d> Control<'d> {
    /// Writes a file into a u-blox modem: `+UDWNFILE` (SARA/LEXI internet applications §10.2, LENA-R8 application
    /// development §9.3.1.2). `source` is asked for the bytes from an offset on and says how many it has put into
    /// the buffer, so that the file need be nowhere in memory.
    ///
    /// ```no_run
    /// # use cellular_nal::{Error, control::Control};
    /// # async fn example(control: Control<'_>, mut flash: impl embedded_io_async::Read<Error = Error>) -> Result<(), Error> {
    /// control.upload_file("hello.txt", 1024, async |_, buffer: &mut [u8]| flash.read(buffer).await).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] on other modems, before anything is sent; [`Error::InvalidInput`] for a file without
    /// name or length, and when the source ends early; [`Error::StoreFull`]; what the source says; the modem's own,
    /// when there is such a file already; as for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// The modem takes as many bytes as were announced, and no document tells of another way out. When the future is
    /// dropped in the middle, or the source fails, spaces are sent in place of the rest, and no command or socket is
    /// served meanwhile: 90 s for a megabyte at 115200 bit/s. Then the file is there and not what it was to be;
    /// [`delete_file`](Self::delete_file) removes it.
    pub async fn upload_file(
        &self,
        name: &str,
        len: u32,
        source: impl AsyncFnMut(u32, &mut [u8]) -> Result<usize, Error>,
    ) -> Result<(), Error> {
        self.upload(name, "", len, source).await
    }

    /// Removes a file from a u-blox modem: `+UDELFILE` (LENA-R8 application development §11.2.1.3.1).
    ///
    /// # Errors
    /// [`Error::Unsupported`] on other modems, before anything is sent; the modem's own, when there is no such file;
    /// as for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// It is removed, or not.
    pub async fn delete_file(&self, name: &str) -> Result<(), Error> {
        self.has_files()?;
        self.tell(&DELETE, &|w| _ = w.text("+UDELFILE=").quoted(name.as_bytes())).await
    }

    /// How many bytes a u-blox modem has left for files: `+ULSTFILE=1`, of which the guides at hand say nothing; it is
    /// in the AT commands manual of the SARA-R4 series.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on other modems, before anything is sent; as for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn free_file_space(&self) -> Result<u32, Error> {
        self.has_files()?;
        let read = |lines: Lines<'_>| lines.first("+ULSTFILE")?.number();
        self.ask(&LIST, &|w| _ = w.text("+ULSTFILE=1"), read).await
    }

    /// Writes new firmware into a u-blox modem, in place of what was written before and not installed, and makes sure
    /// that it is there (LENA-R8 application development §11.2.1.3.1). `source` is as for
    /// [`upload_file`](Self::upload_file). [`install_firmware`](Self::install_firmware) installs it.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where firmware is not installed from a file, before anything is sent;
    /// [`Error::UnexpectedAnswer`] when the modem has taken it and does not show it; as for
    /// [`upload_file`](Self::upload_file).
    ///
    /// # Cancel safety
    /// As for [`upload_file`](Self::upload_file). The next call removes what is left, and the modem checks what it
    /// installs.
    pub async fn upload_firmware(
        &self,
        len: u32,
        source: impl AsyncFnMut(u32, &mut [u8]) -> Result<usize, Error>,
    ) -> Result<(), Error> {
        let FirmwareUpdate::File { .. } = self.firmware()? else { return Err(Error::Unsupported) };
        match self.delete_file(FIRMWARE).await {
            // There was none.
            Ok(()) | Err(Error::Modem(_)) => {}
            Err(error) => return Err(error),
        }
        self.upload(FIRMWARE, TAG, len, source).await?;
        let list = |w: &mut CommandWriter<'_>| _ = w.text("+ULSTFILE=0,").quoted(TAG.as_bytes());
        let read = |lines: Lines<'_>| {
            lines.all("+ULSTFILE").find_map(|mut params| {
                core::iter::from_fn(|| params.text()).find(|&name| name == FIRMWARE.as_bytes())?;
                Some(())
            })
        };
        self.ask(&LIST, &list, read).await
    }

    /// Has a u-blox modem install the firmware that was written into it: `+UFWINSTALL` (LENA-R8 application
    /// development §11.2.2; on SARA-R5 and LEXI-R520 as other drivers do, and without reports).
    ///
    /// All sockets end with [`Error::Aborted`]. The modem is left alone until it has started again, ten minutes at most
    /// after its last word on LENA-R8, forty on the others, and the link waits with [`Error::Installing`]; then it
    /// comes back by itself. The modem's power must stay on meanwhile.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem has no such command, before anything is sent; the modem's own when there
    /// is nothing to install; as for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Once the command has left the modem installs: see [`follow_upgrade`](Self::follow_upgrade).
    pub async fn install_firmware<'u>(&self) -> Result<Upgrade<'u>, Error>
    where
        'd: 'u,
    {
        let FirmwareUpdate::File { reports, .. } = self.firmware()? else { return Err(Error::Unsupported) };
        let before = self.version().await;
        let rate = borrow(self.engine).core.bit_rate();
        // The serial port and its bit rate; the third parameter is left out, the fourth asks for reports.
        let write = |w: &mut CommandWriter<'_>| {
            _ = w.text("+UFWINSTALL=1,").number(rate).text(if reports { ",,1" } else { "" });
        };
        let mut turn = self.turn();
        turn.begin(&INSTALL, &write, None, &[]).await?;
        borrow(self.engine).core.begin_upgrade(false);
        let result = poll_fn(|cx| turn.answer(cx, &mut |_| Some(()))).await;
        let core = &mut borrow(self.engine).core;
        match result {
            Ok(()) => core.goes_to_install(),
            // It has not answered, and is installing.
            Err(Error::Aborted) if core.upgrade_progress().is_some() => {}
            Err(error) => {
                core.upgrade_refused();
                return Err(error);
            }
        }
        Ok(self.upgrade_by_file(before))
    }

    async fn upload(
        &self,
        name: &str,
        tag: &str,
        len: u32,
        mut source: impl AsyncFnMut(u32, &mut [u8]) -> Result<usize, Error>,
    ) -> Result<(), Error> {
        self.has_files()?;
        if name.is_empty() || len == 0 {
            return Err(Error::InvalidInput);
        }
        let write = |w: &mut CommandWriter<'_>| {
            w.text("+UDWNFILE=").quoted(name.as_bytes()).text(",").number(len);
            if !tag.is_empty() {
                w.text(",").quoted(tag.as_bytes());
            }
        };
        let mut turn = self.turn();
        turn.begin(&WRITE, &write, Some(Payload { len, escapes: false }), &[]).await?;
        let mut chunk = [0; 128];
        let mut given = 0;
        while given < len {
            let room = chunk.len().min((len - given) as usize);
            let buffer = chunk.get_mut(..room).unwrap_or_default();
            let count = source(given, buffer).await?.min(room);
            if count == 0 {
                return Err(Error::InvalidInput);
            }
            if !give(&turn, chunk.get(..count).unwrap_or_default()).await {
                // The modem has answered before it had all.
                break;
            }
            given += count as u32;
        }
        match poll_fn(|cx| turn.answer(cx, &mut |_| Some(()))).await {
            Err(Error::Modem(CmeCode::MEMORY_FULL)) => Err(Error::StoreFull),
            result => result,
        }
    }

    /// It keeps files.
    fn has_files(&self) -> Result<(), Error> {
        self.firmware()?;
        if self.is_sequans() { Err(Error::Unsupported) } else { Ok(()) }
    }
}

/// Gives all of these bytes; false when the modem does not want them.
async fn give(turn: &Turn<'_>, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        let count = turn.feed(bytes).await;
        if count == 0 {
            return false;
        }
        bytes = bytes.get(count..).unwrap_or_default();
    }
    true
}
