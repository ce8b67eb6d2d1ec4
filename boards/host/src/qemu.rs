//! QEMU, with the modem at the second serial port of its board.

use core::net::Ipv4Addr;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use modem_sim::runner::Runner;
use modem_sim::{Direction, HostNetwork, Modem};

use crate::log::Texts;
use crate::options::Arguments;
use crate::servers::Servers;
use crate::support::{Failure, SERVER};
use crate::trace::Trace;

const QEMU: &str = "qemu-system-arm";

/// How often is looked whether QEMU has ended.
const LOOK: Duration = Duration::from_millis(20);

/// What setpriv ends with when there is no such program.
const NOT_FOUND: i32 = 127;

/// What a firmware that hangs ends with.
const HUNG: u8 = 1;

/// Runs the firmware and gives its exit code.
pub(crate) fn run(arguments: Arguments, servers: &Servers) -> Result<u8, Failure> {
    // QEMU comes to us, so there is no race for the port.
    let failed = |error| format!("serial port: {error}");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    if !arguments.firmware.is_file() {
        return Err(format!("{}: there is no such file", arguments.firmware.display()));
    }
    // The first of a name is taken: what the user wants.
    let of_servers = servers.parameters();
    let parameters = arguments.parameters.iter().chain(&of_servers);
    let network = network(servers)?;
    let texts = Texts::of(&arguments.firmware)?;
    let mut qemu = Qemu(start(&arguments.firmware, port, parameters)?);
    let (limit, level) = (arguments.limit, arguments.level);
    thread::spawn(move || {
        if let Ok((stream, _)) = listener.accept() {
            serve(stream, &arguments, network);
        }
    });
    let frames = qemu.0.stdout.take();
    let shown = thread::spawn(move || frames.map_or(Ok(()), |frames| texts.show(frames, level)));
    let code = wait(&mut qemu, limit);
    // Where it has not ended, its log has not either.
    drop(qemu);
    if let Ok(Err(error)) = shown.join() {
        eprintln!("boards-host: log: {error}");
    }
    code
}

fn wait(qemu: &mut Qemu, limit: Duration) -> Result<u8, Failure> {
    let begin = Instant::now();
    while begin.elapsed() < limit {
        if let Some(status) = qemu.0.try_wait().map_err(|error| format!("{QEMU}: {error}"))? {
            return code(status);
        }
        thread::sleep(LOOK);
    }
    eprintln!("boards-host: the firmware has hung");
    Ok(HUNG)
}

fn start<'a>(
    firmware: &Path,
    port: u16,
    parameters: impl Iterator<Item = &'a String>,
) -> Result<Child, Failure> {
    // A comma ends an argument, two are one.
    let arguments: String = parameters.map(|text| format!(",arg={}", text.replace(',', ",,"))).collect();
    // So QEMU dies with this program, however that dies.
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", QEMU])
        .args(["-M", "mps2-an386", "-display", "none", "-monitor", "none"])
        .args(["-serial", "null", "-serial", &format!("tcp:127.0.0.1:{port},nodelay=on")])
        .args(["-semihosting-config", &format!("enable=on,target=native{arguments}")])
        .arg("-kernel")
        .arg(firmware)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("setpriv (Debian: util-linux): {error}"))
}

fn code(status: ExitStatus) -> Result<u8, Failure> {
    if status.code() == Some(NOT_FOUND) {
        return Err(format!("missing: {QEMU} (Debian: qemu-system-arm)"));
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.ok_or_else(|| format!("{QEMU}: {status}"))
}

/// What is behind the modem.
fn network(servers: &Servers) -> Result<HostNetwork, Failure> {
    let failed = |error| format!("port of the firmware's server: {error}");
    let mut network = HostNetwork::new();
    network.host(SERVER, Ipv4Addr::LOCALHOST.into());
    servers.listener.try_clone().and_then(|listener| network.forward_from(listener)).map_err(failed)?;
    Ok(network)
}

/// The modem, until the firmware goes.
fn serve(mut stream: TcpStream, arguments: &Arguments, network: HostNetwork) {
    if arguments.silent {
        // The port stays open, and nobody is there.
        return thread::sleep(arguments.limit);
    }
    let mut modem = Modem::new(arguments.model, arguments.options.clone(), Box::new(network));
    let mut trace = Trace::new(arguments.trace);
    modem.trace(Box::new(move |_, direction, bytes| match direction {
        Direction::ToModem => trace.sent(bytes),
        Direction::ToHost => trace.received(bytes),
    }));
    let breach = |breach: &modem_sim::Breach| eprintln!("breach: {breach}");
    let mut runner = Runner::new(modem, arguments.pace, Box::new(breach));
    let served = stream
        .set_nodelay(true)
        .and_then(|()| stream.try_clone())
        .and_then(|mut output| runner.run(&mut stream, &mut output, || false));
    if let Err(error) = served {
        eprintln!("serial port: {error}");
    }
}

/// Nothing of it is left when this program has ended.
struct Qemu(Child);

impl Drop for Qemu {
    fn drop(&mut self) {
        // One that has ended is not there to be killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
