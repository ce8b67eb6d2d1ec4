//! The file system of u-blox modules: `+UDWNFILE`, `+ULSTFILE`, `+URDFILE`, `+URDBLOCK`, `+UDELFILE` (LENA-R8 application
//! development §11.2.1.3; what the document does not show is that of shipping drivers).

use crate::command::{Command, Form};
use crate::modem::Modem;
use crate::modem::exec::{Payload, PayloadKind, Step};
use crate::modem::general::ok;
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED};

/// The tag of files without one.
const USER: &str = "USER";
/// That of firmware.
pub(super) const FOAT: &str = "FOAT";
/// "memory full", "not found".
const FULL: Final = Final::Cme(20);
const NOT_FOUND: Final = Final::Cme(22);
/// Longest name.
const NAME: usize = 248;

pub(super) fn path(tag: &str, name: &str) -> String {
    format!("ublox/file/{tag}/{name}")
}

/// The tag at `i`.
fn tag(command: &Command, i: usize) -> Result<String, Final> {
    match command.arg(i) {
        None => Ok(USER.to_owned()),
        Some(_) => match command.text(i)?.to_ascii_uppercase().as_str() {
            tag @ ("USER" | "FOAT" | "AUDIO") => Ok(tag.to_owned()),
            _ => Err(BAD_PARAMETERS),
        },
    }
}

impl Modem {
    /// Commands of this chapter; `None` when this is not one.
    pub(in crate::modem) fn file_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        let test = command.form == Form::Test;
        Some(match command.name.as_str() {
            "+UDWNFILE" | "+UDELFILE" | "+URDFILE" | "+URDBLOCK" | "+ULSTFILE" if test => Ok(ok()),
            "+UDWNFILE" => self.udwnfile(command),
            "+UDELFILE" => self.udelfile(command),
            "+URDFILE" => self.urdfile(command),
            "+URDBLOCK" => self.urdblock(command),
            "+ULSTFILE" => self.ulstfile(command),
            _ => return None,
        })
    }

    fn free_space(&self) -> usize {
        let used: usize = self.nvram.under("ublox/file/").map(|(_, bytes)| bytes.len()).sum();
        self.options.surroundings.file_space.saturating_sub(used)
    }

    /// `AT+UDWNFILE="<name>",<size>[,"<tag>"]`, prompt, bytes.
    fn udwnfile(&mut self, command: &Command) -> Result<Step, Final> {
        let name = command.text(0)?;
        let size = command.within(1, 1, u32::MAX)? as usize;
        let path = path(&tag(command, 2)?, &name);
        if name.is_empty() || name.len() > NAME {
            return Err(BAD_PARAMETERS);
        }
        if self.nvram.file(&path).is_some() {
            return Err(NOT_ALLOWED);
        }
        if size > self.free_space() {
            return Err(FULL);
        }
        Ok(Step::Collect("\r\n>", Payload::new(PayloadKind::UbloxFile(path), size)))
    }

    pub(in crate::modem) fn keep_file(&mut self, path: String, bytes: Vec<u8>) -> Step {
        self.nvram.store(path, bytes);
        ok()
    }

    fn udelfile(&mut self, command: &Command) -> Result<Step, Final> {
        let name = command.text(0)?;
        let tags = match command.arg(1) {
            Some(_) => vec![tag(command, 1)?],
            // LENA-R8 application development §11.2.1.3.1 delete a firmware file without its tag.
            None => vec![USER.to_owned(), FOAT.to_owned()],
        };
        let mut any = false;
        for tag in tags {
            any |= self.nvram.remove(&path(&tag, &name));
        }
        if any { Ok(ok()) } else { Err(NOT_FOUND) }
    }

    fn urdfile(&mut self, command: &Command) -> Result<Step, Final> {
        let name = command.text(0)?;
        let bytes = self.nvram.file(&path(&tag(command, 1)?, &name)).ok_or(NOT_FOUND)?;
        let head = format!("+URDFILE: \"{name}\",{},\"", bytes.len());
        let line = [head.as_bytes(), bytes, b"\""].concat();
        self.info(line);
        Ok(ok())
    }

    fn urdblock(&mut self, command: &Command) -> Result<Step, Final> {
        let name = command.text(0)?;
        let (offset, size) = (command.number(1)? as usize, command.number(2)? as usize);
        let bytes = self.nvram.file(&path(&tag(command, 3)?, &name)).ok_or(NOT_FOUND)?;
        let rest = bytes.get(offset..).unwrap_or_default();
        let block = &rest[..size.min(rest.len())];
        let head = format!("+URDBLOCK: \"{name}\",{},\"", block.len());
        let line = [head.as_bytes(), block, b"\""].concat();
        self.info(line);
        Ok(ok())
    }

    /// `AT+ULSTFILE[=<op>[,…]]`: 0 the files of a tag, 1 the room, 2 the size of a file.
    fn ulstfile(&mut self, command: &Command) -> Result<Step, Final> {
        match command.within_or(0, 0, 2, 0)? {
            0 => {
                let folder = path(&tag(command, 1)?, "");
                let names: Vec<_> =
                    self.nvram.under(&folder).map(|(name, _)| format!("\"{name}\"")).collect();
                self.info(format!("+ULSTFILE: {}", names.join(",")));
            }
            1 => {
                let free = self.free_space();
                self.info(format!("+ULSTFILE: {free}"));
            }
            _ => {
                let size =
                    self.nvram.file(&path(&tag(command, 2)?, &command.text(1)?)).ok_or(NOT_FOUND)?.len();
                self.info(format!("+ULSTFILE: {size}"));
            }
        }
        Ok(ok())
    }
}
