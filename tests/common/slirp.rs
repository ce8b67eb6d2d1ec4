//! The program slirp as the peer, in real time: a PPP server with a network of its own behind it,
//! in which 10.0.2.2 is this machine.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(missing_docs, unreachable_pub)]

use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cellular_nal::ppp::{Config, Output, Ppp};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use smoltcp::iface::{Interface, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::wire::{HardwareAddress, IpCidr, Ipv4Address};

use crate::ppp::link;

/// The line between link and peer.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Socket,
    Terminal,
}

pub const KINDS: [Kind; 2] = [Kind::Socket, Kind::Terminal];

const PROGRAM: &str = "/usr/bin/slirp-fullbolt";

/// The program's secrets, for the user "user" with the password "pass".
fn home() -> PathBuf {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("slirp-{}-{count}", std::process::id()));
    fs::create_dir_all(&home).expect("the directory can be made");
    for name in [".pap-secrets", ".chap-secrets"] {
        fs::write(home.join(name), "user * pass 10.0.2.15\n").expect("the file can be written");
    }
    home
}

/// The program, and the near end of its line.
pub struct Process {
    pub child: Child,
    pub home: PathBuf,
    pub line: OwnedFd,
}

/// Starts the program with these options; `None`, loudly, where it is not installed.
pub fn launch(kind: Kind, options: &[&str]) -> Option<Process> {
    if !Path::new(PROGRAM).exists() {
        eprintln!("SKIPPED: {PROGRAM} is not installed (Debian: slirp)");
        return None;
    }
    let home = home();
    let (line, far) = match kind {
        Kind::Socket => {
            let (near, far) = UnixStream::pair().expect("there are sockets");
            (OwnedFd::from(near), OwnedFd::from(far))
        }
        Kind::Terminal => terminal(),
    };
    let child = Command::new("setsid")
        .arg(PROGRAM)
        .arg("ppp")
        .args(options)
        .env("HOME", &home)
        .current_dir(&home)
        .stdin(Stdio::from(far.try_clone().expect("there are descriptors")))
        .stdout(Stdio::from(far))
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    Some(Process { child, home, line })
}

/// A link over a line to the program.
pub struct Slirp {
    pub ppp: Ppp<'static>,
    child: Child,
    home: PathBuf,
    line: Option<OwnedFd>,
    start: Instant,
    /// Bytes for the line that it did not take yet, and bytes for the link.
    out: Vec<u8>,
    pending: Vec<u8>,
    /// Both directions as they were on the line.
    pub sent: Vec<u8>,
    pub came: Vec<u8>,
    pub record: bool,
}

impl Slirp {
    /// Starts the program with these options; `None`, loudly, where it is not installed.
    pub fn start(kind: Kind, config: Config<'static>, options: &[&str]) -> Option<Self> {
        let Process { child, home, line } = launch(kind, options)?;
        let mut config = config;
        // The program looks for its address under the name of the machine, and often finds none
        // that it likes. It takes this one.
        config.peer_address = Some([10, 0, 2, 2].into());
        rustix::io::ioctl_fionbio(&line, true).expect("it can be read without waiting");
        Some(Self {
            ppp: link(config),
            child,
            home,
            line: Some(line),
            start: Instant::now(),
            out: vec![],
            pending: vec![],
            sent: vec![],
            came: vec![],
            record: true,
        })
    }

    pub fn now(&self) -> cellular_nal::Instant {
        cellular_nal::Instant::from_micros(self.start.elapsed().as_micros() as u64)
    }

    pub fn open(&mut self) {
        let now = self.now();
        self.ppp.open(now);
    }

    /// Moves bytes; waits for the line until `until` at most. False at the end of the line.
    fn turn(&mut self, until: Instant) -> bool {
        let Some(line) = &self.line else { return false };
        let now = cellular_nal::Instant::from_micros(self.start.elapsed().as_micros() as u64);
        let phase = self.ppp.phase();
        let count = self.ppp.handle_rx(now, &self.pending);
        self.pending.drain(..count);
        // The user looks at what came before anything is waited for.
        let came = count > 0 || !self.pending.is_empty();
        let mut next = None;
        while self.out.len() < 4096 {
            let mut buffer = [0; 512];
            match self.ppp.poll_output(now, &mut buffer) {
                Output::Transmit(count) => {
                    self.out.extend(&buffer[..count]);
                    if self.record {
                        self.sent.extend(&buffer[..count]);
                    }
                }
                Output::Timeout(at) => {
                    next = at;
                    break;
                }
            }
        }
        while !self.out.is_empty() {
            match rustix::io::write(line, &self.out) {
                Ok(count) => drop(self.out.drain(..count)),
                Err(rustix::io::Errno::AGAIN) => break,
                Err(_) => return false,
            }
        }
        if came || self.ppp.phase() != phase {
            return true;
        }
        let mut buffer = [0; 4096];
        match rustix::io::read(line, &mut buffer) {
            Ok(0) => return false,
            Ok(count) => {
                self.pending.extend(&buffer[..count]);
                if self.record {
                    self.came.extend(&buffer[..count]);
                }
                return true;
            }
            Err(rustix::io::Errno::AGAIN) => {}
            Err(_) => return false,
        }
        let until =
            next.map_or(until, |next| until.min(self.start + Duration::from_micros(next.as_micros())));
        let rest = until.saturating_duration_since(Instant::now());
        let wait = Timespec { tv_sec: rest.as_secs() as i64, tv_nsec: rest.subsec_nanos().into() };
        let writes = if self.out.is_empty() { PollFlags::empty() } else { PollFlags::OUT };
        let mut fds = [PollFd::from_borrowed_fd(line.as_fd(), PollFlags::IN | writes)];
        let _ = poll(&mut fds, Some(&wait));
        true
    }

    /// Runs until `done`, for ten seconds at most: whether it was.
    pub fn run_until(&mut self, mut done: impl FnMut(&mut Self) -> bool) -> bool {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            if done(self) {
                return true;
            }
            if Instant::now() >= end || !self.turn(end) {
                return done(self);
            }
        }
    }

    /// Opens the link, and runs until it has an address.
    pub fn bring_up(&mut self) {
        self.open();
        let up = self.run_until(|slirp| slirp.ppp.ipv4().is_some());
        assert!(up, "{:?}, {:?}", self.ppp.phase(), self.ppp.failure());
    }

    /// An IP stack with the link's address; its default route is the peer.
    pub fn stack(&mut self) -> (Interface, SocketSet<'static>) {
        let config = smoltcp::iface::Config::new(HardwareAddress::Ip);
        let address = self.ppp.ipv4().expect("the link is up").address;
        let now = smoltcp::time::Instant::from_micros(self.now().as_micros() as i64);
        let mut interface = Interface::new(config, &mut Glue(&mut self.ppp), now);
        interface.update_ip_addrs(|all| all.push(IpCidr::new(address.into(), 32)).expect("there is room"));
        let gateway = Ipv4Address::new(10, 0, 2, 2);
        interface.routes_mut().add_default_ipv4_route(gateway).expect("there is room");
        (interface, SocketSet::new(vec![]))
    }

    /// Runs the stack too until `done`, for a minute at most.
    pub fn run_stack(
        &mut self,
        interface: &mut Interface,
        sockets: &mut SocketSet<'static>,
        mut done: impl FnMut(&mut Interface, &mut SocketSet<'static>) -> bool,
    ) -> bool {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let now = smoltcp::time::Instant::from_micros(self.now().as_micros() as i64);
            interface.poll(now, &mut Glue(&mut self.ppp), sockets);
            if done(interface, sockets) {
                return true;
            }
            interface.poll(now, &mut Glue(&mut self.ppp), sockets);
            let wait = interface.poll_delay(now, sockets).map_or(1000, |wait| wait.total_millis().min(1000));
            if Instant::now() >= end || !self.turn(Instant::now() + Duration::from_millis(wait)) {
                return false;
            }
        }
    }

    /// The program gets a signal.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-s", name, &id]).status().expect("it can be sent");
    }

    /// The line ends on this side: gives how the program ends.
    pub fn hang_up(&mut self) -> std::process::ExitStatus {
        self.line = None;
        self.child.wait().expect("it can be waited for")
    }
}

impl Drop for Slirp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// A pseudo-terminal that changes no byte.
fn terminal() -> (OwnedFd, OwnedFd) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let near =
        openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("there are terminals");
    grantpt(&near).expect("it is ours");
    unlockpt(&near).expect("it is ours");
    let name = ptsname(&near, vec![]).expect("it has a name");
    let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::CLOEXEC;
    let far = rustix::fs::open(name.as_c_str(), flags, rustix::fs::Mode::empty()).expect("it opens");
    let mut modes = tcgetattr(&far).expect("it has modes");
    modes.make_raw();
    tcsetattr(&far, OptionalActions::Now, &modes).expect("it has modes");
    (near, far)
}

/// The link as a device of smoltcp: no packet is copied.
struct Glue<'a>(&'a mut Ppp<'static>);

impl Device for Glue<'_> {
    type RxToken<'a>
        = Reception<'a>
    where
        Self: 'a;
    type TxToken<'a>
        = Transmission<'a>
    where
        Self: 'a;

    fn receive(&mut self, _: smoltcp::time::Instant) -> Option<(Self::RxToken<'_>, Self::TxToken<'_>)> {
        match self.0.ports() {
            (Some(reception), Some(transmission)) => Some((Reception(reception), Transmission(transmission))),
            _ => None,
        }
    }

    fn transmit(&mut self, _: smoltcp::time::Instant) -> Option<Self::TxToken<'_>> {
        self.0.transmission().map(Transmission)
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = self.0.mtu().into();
        capabilities
    }
}

struct Reception<'a>(cellular_nal::ppp::Reception<'a>);

impl RxToken for Reception<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        self.0.take(read)
    }
}

struct Transmission<'a>(cellular_nal::ppp::Transmission<'a>);

impl TxToken for Transmission<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        self.0.fill(len, write)
    }
}
