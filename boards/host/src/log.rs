//! The firmware's log, which comes out of QEMU as frames of defmt.

use std::io::{Read, Write, stdout};
use std::path::Path;
use std::process::ChildStdout;
use std::{fmt, fs, io};

use defmt_decoder::{DecodeError, Frame, Table};
use log::LevelFilter;

use crate::support::Failure;

/// The texts of a firmware's messages, which stand in its file: what it writes are their numbers and arguments.
pub(crate) struct Texts(Table);

impl Texts {
    pub(crate) fn of(firmware: &Path) -> Result<Self, Failure> {
        let failed = |error: &dyn fmt::Display| format!("{}: {error}", firmware.display());
        let file = fs::read(firmware).map_err(|error| failed(&error))?;
        let table = Table::parse(&file).map_err(|error| failed(&error))?;
        table.map(Self).ok_or_else(|| failed(&"it has no log of defmt"))
    }

    /// Shows what is printed and what of the log is of `level` or above, until the firmware goes.
    pub(crate) fn show(&self, mut frames: ChildStdout, level: LevelFilter) -> io::Result<()> {
        let mut decoder = self.0.new_stream_decoder();
        let mut buffer = [0; 4096];
        while let count @ 1.. = frames.read(&mut buffer)? {
            decoder.received(buffer.get(..count).unwrap_or_default());
            loop {
                match decoder.decode() {
                    Ok(frame) => print(&frame, level)?,
                    Err(DecodeError::UnexpectedEof) => break,
                    Err(DecodeError::Malformed) => eprintln!("boards-host: a damaged message in the log"),
                }
            }
        }
        Ok(())
    }
}

fn print(frame: &Frame<'_>, filter: LevelFilter) -> io::Result<()> {
    let message = frame.display_message();
    let Some(level) = frame.level() else {
        // What the firmware prints has its own ends of lines.
        write!(stdout(), "{message}")?;
        return stdout().flush();
    };
    let level = level.as_str().to_uppercase();
    if level.parse().is_ok_and(|level: LevelFilter| level <= filter) {
        let time = frame.display_timestamp().map(|time| time.to_string()).unwrap_or_default();
        writeln!(stdout(), "{time:>8} {level:<5} {message}")?;
    }
    Ok(())
}
