//! The places at which the host can find the modem.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::Path;

use modem_sim::runner::{End, Runner};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Standard input without the buffer of the standard library, so that `poll` tells the truth.
#[derive(Debug)]
pub(crate) struct Stdin;

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(rustix::stdio::stdin(), buffer)?)
    }
}

impl AsFd for Stdin {
    fn as_fd(&self) -> BorrowedFd<'_> {
        rustix::stdio::stdin()
    }
}

/// Standard output, not buffered by lines.
#[derive(Debug)]
pub(crate) struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(rustix::stdio::stdout(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Stdout {
    fn as_fd(&self) -> BorrowedFd<'_> {
        rustix::stdio::stdout()
    }
}

/// The symbolic link; gone when the program ends in peace.
struct Link<'a>(&'a Path);

impl Drop for Link<'_> {
    fn drop(&mut self) {
        // Nothing is left to be done about it.
        let _ = std::fs::remove_file(self.0);
    }
}

pub(crate) fn pty(path: &Path, runner: &mut Runner) -> Result<(), String> {
    let (master, _slave, name) = open_pty().map_err(|e| format!("no pty: {e}"))?;
    let shown = path.display();
    match path.symlink_metadata() {
        Ok(data) if data.file_type().is_symlink() => {
            std::fs::remove_file(path).map_err(|e| format!("{shown}: {e}"))?;
        }
        Ok(_) => return Err(format!("{shown}: exists and is not a symbolic link")),
        Err(_) => {}
    }
    symlink(&name, path).map_err(|e| format!("{shown}: {e}"))?;
    let _link = Link(path);
    eprintln!("modem-sim: {shown} -> {name}");
    let mut input = File::from(master);
    let mut output = input.try_clone().map_err(|e| format!("{shown}: {e}"))?;
    loop {
        match runner.run(&mut input, &mut output, || false) {
            Ok(End::Stopped) => return Ok(()),
            // This program keeps the slave open, so the modem stays up when a host goes away.
            Ok(End::Closed) => {}
            Err(e) => return Err(format!("{shown}: {e}")),
        }
    }
}

/// Master, slave in raw mode, name of the slave.
fn open_pty() -> io::Result<(OwnedFd, OwnedFd, String)> {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let name = ptsname(&master, Vec::new())?;
    let name = name.to_string_lossy().into_owned();
    let slave = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty())?;
    let mut settings = tcgetattr(&slave)?;
    settings.make_raw();
    tcsetattr(&slave, OptionalActions::Now, &settings)?;
    Ok((master, slave, name))
}

pub(crate) fn tcp(address: &str, runner: &mut Runner) -> Result<(), String> {
    let listener = TcpListener::bind(address).map_err(|e| format!("{address}: {e}"))?;
    let local = listener.local_addr().map_err(|e| format!("{address}: {e}"))?;
    eprintln!("modem-sim: listening on {local}");
    loop {
        let (mut input, host) = listener.accept().map_err(|e| format!("{address}: {e}"))?;
        eprintln!("modem-sim: {host} connected");
        let mut output = input.try_clone().map_err(|e| format!("{host}: {e}"))?;
        input.set_nodelay(true).map_err(|e| format!("{host}: {e}"))?;
        match runner.run(&mut input, &mut output, || false) {
            Ok(End::Stopped) => return Ok(()),
            Ok(End::Closed) => eprintln!("modem-sim: {host} has gone"),
            Err(e) => eprintln!("modem-sim: {host}: {e}"),
        }
    }
}
