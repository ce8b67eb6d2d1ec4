//! What the modem keeps without power: certificates and keys, and how often its flash was written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The files of the modem's non-volatile memory.
///
/// It lives on in the modem through reboots and power cuts. A test that replaces the modem gives it to
/// the next with [`Modem::insert_nvram`](crate::Modem::insert_nvram); the program keeps it in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nvram {
    files: BTreeMap<String, Vec<u8>>,
    writes: u64,
}

impl Nvram {
    /// An empty memory.
    pub fn new() -> Self {
        Nvram::default()
    }

    /// How often flash was written: each stored and each removed file counts as one.
    pub fn writes(&self) -> u64 {
        self.writes
    }

    /// Names of the files, in alphabetical order: `ublox/<type>/<name>`, `sequans/certificate/<slot>`,
    /// `sequans/privatekey/<slot>`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The bytes of a file.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    pub(crate) fn store(&mut self, name: String, bytes: Vec<u8>) {
        self.writes += 1;
        self.files.insert(name, bytes);
    }

    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let was_there = self.files.remove(name).is_some();
        self.writes += u64::from(was_there);
        was_there
    }

    /// Files whose names begin so, in order; the names without that beginning.
    pub(crate) fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let files = self.files.iter();
        files.filter_map(move |(name, bytes)| Some((name.strip_prefix(folder)?, bytes.as_slice())))
    }

    /// Bytes of all files.
    pub(crate) fn size(&self) -> usize {
        self.files.values().map(Vec::len).sum()
    }

    /// The memory as text, for [`Nvram::from_text`].
    pub fn to_text(&self) -> String {
        let mut text = format!("writes {}\n", self.writes);
        for (name, bytes) in &self.files {
            let _ = writeln!(text, "{} {}", STANDARD.encode(name), STANDARD.encode(bytes));
        }
        text
    }

    /// Reads what [`Nvram::to_text`] has written; `None` when it is something else.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let writes = lines.next()?.strip_prefix("writes ")?.parse().ok()?;
        let mut files = BTreeMap::new();
        for line in lines {
            let (name, bytes) = line.split_once(' ')?;
            let name = String::from_utf8(STANDARD.decode(name).ok()?).ok()?;
            files.insert(name, STANDARD.decode(bytes).ok()?);
        }
        Some(Nvram { files, writes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_written_and_read() {
        let mut memory = Nvram::new();
        memory.store("ublox/0/a name".to_owned(), vec![0, 10, 255]);
        memory.store("x".to_owned(), Vec::new());
        assert!(memory.remove("x") && !memory.remove("x"));
        assert_eq!(memory.writes(), 3);
        assert_eq!(Nvram::from_text(&memory.to_text()), Some(memory));
        assert_eq!(Nvram::from_text("something else"), None);
    }
}
