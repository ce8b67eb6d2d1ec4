//! A modem in a thread, with the host's sockets behind it.

use std::fmt;
use std::io;
use std::net::{IpAddr, TcpListener};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::runner::Runner;
use crate::{Breach, Direction, HostNetwork, Model, Modem, Options};

/// Sees what goes over the line of a [`spawn`]ed modem.
pub type TraceFn = Box<dyn FnMut(Duration, Direction, &[u8]) + Send>;

/// Breaches of a [`spawn`]ed modem so far, shared with its thread.
#[derive(Clone, Debug, Default)]
pub struct Breaches(Arc<Mutex<Vec<Breach>>>);

impl Breaches {
    /// A copy of the list.
    pub fn list(&self) -> Vec<Breach> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, breach: &Breach) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(breach.clone());
    }
}

/// What [`spawn`] runs.
pub struct HostConfig {
    /// The modem type.
    pub model: Model,
    /// Its options.
    pub options: Options,
    /// Names that are not asked for elsewhere.
    pub hosts: Vec<(String, IpAddr)>,
    /// Makes the line as slow as one of this speed.
    pub pace: Option<u32>,
    /// Sees every byte of the line.
    pub trace: Option<TraceFn>,
    /// Their ports lead to the host, see [`HostNetwork::forward_from`].
    pub forward: Vec<TcpListener>,
    /// The file in which the modem's [`Nvram`](crate::Nvram) is kept.
    pub nvram: Option<PathBuf>,
    /// Collects the breaches; keep a clone.
    pub breaches: Breaches,
}

impl fmt::Debug for HostConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostConfig")
            .field("model", &self.model)
            .field("options", &self.options)
            .field("hosts", &self.hosts)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

impl HostConfig {
    /// A modem with default options and no names.
    pub fn new(model: Model) -> Self {
        HostConfig {
            model,
            options: Options::default(),
            hosts: Vec::new(),
            pace: None,
            trace: None,
            forward: Vec::new(),
            nvram: None,
            breaches: Breaches::default(),
        }
    }
}

/// The time of this machine since 1970, for [`Options::time`].
pub fn machine_time() -> Option<Duration> {
    SystemTime::UNIX_EPOCH.elapsed().ok()
}

/// Starts a thread that is a modem at one end of a socket pair, and returns the other end. The
/// thread ends when that is dropped, or when the file of the memory cannot be used.
///
/// # Errors
///
/// When there is no socket pair or no thread to be had, or a forwarded listener cannot be used.
pub fn spawn(config: HostConfig) -> io::Result<UnixStream> {
    let (host, mut modem_end) = UnixStream::pair()?;
    let mut network = HostNetwork::new();
    for listener in config.forward {
        network.forward_from(listener)?;
    }
    thread::Builder::new().name("modem".to_owned()).spawn(move || {
        for (name, address) in &config.hosts {
            network.host(name, *address);
        }
        let mut options = config.options;
        options.time = options.time.or_else(machine_time);
        let mut modem = Modem::new(config.model, options, Box::new(network));
        if let Some(trace) = config.trace {
            modem.trace(trace);
        }
        let breaches = config.breaches;
        let mut runner = Runner::new(modem, config.pace, Box::new(move |b| breaches.add(b)));
        if config.nvram.is_some_and(|path| runner.keep_nvram(&path).is_err()) {
            return;
        }
        let Ok(mut output) = modem_end.try_clone() else {
            return;
        };
        // The host sees an error of the pair as its end.
        let _ = runner.run(&mut modem_end, &mut output, || false);
    })?;
    Ok(host)
}
