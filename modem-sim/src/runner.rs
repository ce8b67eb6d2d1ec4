//! A modem in real time, at any file descriptor.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::line::{Chunking, Faults, Line};
use crate::{Breach, Direction, Modem, Nvram};

/// Why [`Runner::run`] has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The host has gone.
    Closed,
    /// The caller wanted it.
    Stopped,
}

/// Time for the last answer when the host has stopped sending.
const LAST_ANSWER: Duration = Duration::from_secs(1);

/// Drives a [`Modem`] by the clock.
pub struct Runner {
    modem: Modem,
    start: Instant,
    line: Line,
    on_breach: Box<dyn FnMut(&Breach)>,
    reported: usize,
    /// Where the modem's memory is kept, and how often it had been written then.
    memory: Option<(PathBuf, u64)>,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").field("modem", &self.modem).finish_non_exhaustive()
    }
}

impl Runner {
    /// Time zero of the modem is now. With `pace` the line is as slow as one of that speed.
    pub fn new(mut modem: Modem, pace: Option<u32>, on_breach: Box<dyn FnMut(&Breach)>) -> Self {
        modem.set_line_speed(pace);
        let mut line = Line::new(0);
        for direction in [Direction::ToModem, Direction::ToHost] {
            // One byte a chunk: a real UART does not wait for the end of the line.
            let chunking = if pace.is_some() { Chunking::Fixed(1) } else { Chunking::Whole };
            line.set_faults(direction, Faults { pace, chunking, ..Faults::default() });
        }
        Runner { modem, start: Instant::now(), line, on_breach, reported: 0, memory: None }
    }

    /// Keeps the modem's [`Nvram`] in a file: what is there now is the modem's, and each write of flash is
    /// one of the file.
    ///
    /// # Errors
    ///
    /// When the file is there and cannot be read, or is something else.
    pub fn keep_nvram(&mut self, path: &Path) -> io::Result<()> {
        let wrong = || io::Error::new(ErrorKind::InvalidData, "this is not the memory of a modem");
        match fs::read_to_string(path) {
            Ok(text) => self.modem.insert_nvram(Nvram::from_text(&text).ok_or_else(wrong)?),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        self.memory = Some((path.to_owned(), self.modem.nvram().writes()));
        Ok(())
    }

    fn save_nvram(&mut self) -> io::Result<()> {
        let writes = self.modem.nvram().writes();
        if let Some((path, saved)) = &mut self.memory
            && *saved != writes
        {
            // A power cut of this machine leaves the old file or the new one.
            let new = path.with_extension("new");
            fs::write(&new, self.modem.nvram().to_text())?;
            fs::rename(&new, path)?;
            *saved = writes;
        }
        Ok(())
    }

    /// The modem.
    pub fn modem(&mut self) -> &mut Modem {
        &mut self.modem
    }

    /// Exchanges bytes until the host goes away or `stop` says so, which is asked between events
    /// and at least every 100 ms.
    ///
    /// # Errors
    ///
    /// When the port can neither be read nor written, or the file of [`Runner::keep_nvram`] cannot be written.
    pub fn run<R: Read + AsFd, W: Write + AsFd>(
        &mut self,
        input: &mut R,
        output: &mut W,
        mut stop: impl FnMut() -> bool,
    ) -> io::Result<End> {
        let mut buffer = [0; 4096];
        loop {
            match self.serve(output) {
                Ok(()) => {}
                Err(e) if gone(&e) => return Ok(End::Closed),
                Err(e) => return Err(e),
            }
            if stop() {
                return Ok(End::Stopped);
            }
            let due = self.modem.poll_timeout().into_iter().chain(self.line.next_due()).min();
            let limit = Duration::from_millis(100);
            let wait = due.map_or(limit, |due| due.saturating_sub(self.start.elapsed()).min(limit));
            if !self.modem.ready_to_receive() {
                // The host's bytes wait where they are.
                if hung_up(input, wait)? {
                    return Ok(End::Closed);
                }
                continue;
            }
            if !readable(input, wait)? {
                continue;
            }
            match input.read(&mut buffer) {
                Ok(0) => return self.finish(output),
                Ok(n) => {
                    let now = self.start.elapsed();
                    self.line.push(Direction::ToModem, now, &buffer[..n]);
                }
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(e) if gone(&e) => return Ok(End::Closed),
                Err(e) => return Err(e),
            }
        }
    }

    /// Everything that is due now.
    fn serve(&mut self, output: &mut (impl Write + AsFd)) -> io::Result<()> {
        let now = self.start.elapsed();
        while let Some(bytes) = self.line.poll(Direction::ToModem, now) {
            self.modem.handle_rx(now, &bytes);
        }
        self.modem.handle_timeout(now);
        while let Some(bytes) = self.modem.poll_transmit(now) {
            self.line.push(Direction::ToHost, now, &bytes);
        }
        let mut due = Vec::new();
        while let Some(bytes) = self.line.poll(Direction::ToHost, now) {
            due.extend_from_slice(&bytes);
        }
        // What the host is told to be stored is stored.
        self.save_nvram()?;
        write_all(output, &due)?;
        for breach in &self.modem.breaches()[self.reported..] {
            (self.on_breach)(breach);
        }
        self.reported = self.modem.breaches().len();
        Ok(())
    }

    /// The host sends no more; it may still want the answer to its last command.
    fn finish(&mut self, output: &mut (impl Write + AsFd)) -> io::Result<End> {
        let end = self.start.elapsed() + LAST_ANSWER;
        while self.start.elapsed() < end {
            match self.serve(output) {
                Ok(()) => {}
                Err(e) if gone(&e) => break,
                Err(e) => return Err(e),
            }
            if !self.modem.is_busy() && self.line.next_due().is_none() {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(End::Closed)
    }
}

/// The other end has been closed; a pty says EIO.
fn gone(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted)
        || error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error())
}

fn readable(input: &impl AsFd, wait: Duration) -> io::Result<bool> {
    wait_for(input, PollFlags::IN, wait)
}

/// The host is gone for good.
fn hung_up(input: &impl AsFd, wait: Duration) -> io::Result<bool> {
    wait_for(input, PollFlags::empty(), wait)
}

fn wait_for(input: &impl AsFd, what: PollFlags, wait: Duration) -> io::Result<bool> {
    let time = Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: wait.subsec_nanos().into() };
    let mut fds = [PollFd::new(input, what)];
    match poll(&mut fds, Some(&time)) {
        Ok(n) => Ok(n > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

/// Writes everything, also to a non-blocking port.
fn write_all(output: &mut (impl Write + AsFd), mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match output.write(bytes) {
            Ok(0) => return Err(ErrorKind::BrokenPipe.into()),
            Ok(n) => bytes = &bytes[n..],
            Err(e) if e.kind() == ErrorKind::WouldBlock => {
                let mut fds = [PollFd::new(output, PollFlags::OUT)];
                poll(&mut fds, None)?;
            }
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    output.flush()
}
