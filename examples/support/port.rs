//! The way to the modem: a file descriptor, whatever is behind it.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::fs::File;
use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, OwnedFd};

use modem_sim::host::{self, HostConfig};
use modem_sim::{Image, Model};
use rustix::fs::{Mode, OFlags};
use rustix::termios::{ControlModes, OptionalActions};

use super::options::{Options, Place};
use super::{Failure, SERVER};

/// How long a TCP port may take to answer.
const CONNECT: Duration = Duration::from_secs(10);

/// Times of the simulated modem. Real ones need many seconds to boot and to find a network.
const BOOT: Duration = Duration::from_millis(500);
const SEARCH: Duration = Duration::from_millis(500);

/// Where the simulated modem fetches new firmware, and how long it takes to install it.
pub(crate) const IMAGE_URL: &str = "http://server.example/modem.dup";
const INSTALLATION: Duration = Duration::from_secs(2);

/// New firmware, as far as the simulated modem is concerned.
pub(crate) fn image() -> Vec<u8> {
    (0..60_000u32).map(|at| (at % 251) as u8).collect()
}

/// Opens the port that the options name, and says which.
pub(crate) fn open(options: &Options) -> Result<File, Failure> {
    let (fd, name) = match &options.place {
        Place::Simulator(model) => (simulator(*model, options)?, format!("simulated {model}")),
        Place::Tcp(address) => {
            let fd = tcp(address).map_err(|error| format!("tcp:{address}: {error}"))?;
            (fd, format!("tcp:{address}"))
        }
        Place::Device(path) => {
            let fd = device(path, options).map_err(|error| format!("{path}: {error}"))?;
            (fd, path.clone())
        }
    };
    eprintln!("port: {name}");
    Ok(File::from(fd))
}

fn simulator(model: Model, options: &Options) -> Result<OwnedFd, Failure> {
    let mut config = HostConfig::new(model);
    config.options.boot_time = Some(BOOT);
    config.options.registration_time = SEARCH;
    config.options.surroundings.install_time = INSTALLATION;
    config.options.surroundings.images.push(Image {
        url: IMAGE_URL.to_owned(),
        bytes: image(),
        from: String::new(),
        version: if model.is_ublox() { "02.00,A09.99" } else { "9.9.9.9-99999" }.to_owned(),
        damaged: false,
    });
    config.hosts = vec![(SERVER.to_owned(), Ipv4Addr::LOCALHOST.into())];
    for listener in options.listening.iter() {
        config.forward.push(listener.try_clone().map_err(|error| format!("simulator: {error}"))?);
    }
    if let Some(baud) = options.baud {
        config.options.baud = baud;
        config.pace = Some(baud);
    }
    let stream = host::spawn(config).map_err(|error| format!("simulator: {error}"))?;
    Ok(stream.into())
}

fn tcp(address: &str) -> io::Result<OwnedFd> {
    let mut last = io::Error::other("the name has no address");
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(stream) => {
                // Commands are short and answered one by one.
                stream.set_nodelay(true)?;
                return Ok(stream.into());
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn device(path: &str, options: &Options) -> io::Result<OwnedFd> {
    // Without NONBLOCK, opening may wait for a carrier that no modem here gives.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = rustix::fs::open(path, flags, Mode::empty())?;
    if !rustix::termios::isatty(fd.as_fd()) {
        return Err(io::Error::other("not a serial device"));
    }
    let mut settings = rustix::termios::tcgetattr(&fd)?;
    settings.make_raw();
    settings.control_modes |= ControlModes::CLOCAL | ControlModes::CREAD;
    settings.control_modes.set(ControlModes::CRTSCTS, options.rtscts);
    settings.set_speed(options.baud())?;
    rustix::termios::tcsetattr(&fd, OptionalActions::Now, &settings)?;
    Ok(fd)
}
