//! Measures how much stack a firmware of boards/size takes: `./ci.sh stack`.
//!
//! The firmware is the one whose flash is measured, to the byte. QEMU puts a pattern into its RAM before it starts; it
//! talks to a simulated modem until it has opened some connections; then the lowest byte of the stack that is not the pattern any more
//! tells how far the stack has reached. That is a measurement of what the firmware has done, not a bound of what
//! it can do.
#![forbid(unsafe_code)]

mod modem;

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use modem::Scene;

/// The upper half of RAM, by boards/size/memory.x: the stack begins at its end, and statics are not as many.
const RAM: usize = 0x2002_0000;
const RAM_SIZE: usize = 128 << 10;
const PATTERN: u8 = 0xA5;
/// So many bytes of the pattern are no accident of a frame that was not written in full: more than the largest array
/// in a frame.
const HOLE: usize = 8192;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [firmware, machine, model, line, connections] = arguments.as_slice() else {
        eprintln!("usage: boards-stack FIRMWARE MACHINE MODEL plain|ppp|mux CONNECTIONS");
        return ExitCode::from(2);
    };
    match measure(Path::new(firmware), machine, model, line, connections) {
        Ok(stack) => {
            println!("{stack}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("boards-stack: {firmware}: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Bytes of stack.
fn measure(
    firmware: &Path,
    machine: &str,
    model: &str,
    line: &str,
    connections: &str,
) -> Result<usize, String> {
    let model = model.parse().map_err(|_| format!("no model {model}"))?;
    let line = line.parse()?;
    let connections = connections.parse().map_err(|_| format!("not a number: {connections}"))?;
    let text = |error: std::io::Error| error.to_string();
    // QEMU comes to us, so there is no race for the port.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(text)?;
    let port = listener.local_addr().map_err(text)?.port();
    let files = Files::new(port)?;
    // So QEMU dies with this program, however that dies.
    let mut qemu = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "qemu-system-arm"])
        .args(["-M", machine, "-display", "none", "-monitor", "stdio"])
        .args(["-serial", "null", "-serial", &format!("tcp:127.0.0.1:{port},nodelay=on")])
        .arg("-kernel")
        .arg(firmware)
        .arg("-device")
        .arg(format!("loader,file={},addr={RAM:#x},force-raw=on", files.pattern.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| format!("setpriv (Debian: util-linux): {error}"))?;
    let (stream, _) = listener.accept().map_err(text)?;
    let scene = Scene::new();
    let network = scene.network();
    thread::spawn(move || modem::serve(stream, model, line, network));
    let played = scene.play(connections);
    let commands = format!("stop\npmemsave {RAM:#x} {RAM_SIZE:#x} \"{}\"\nquit\n", files.dump.display());
    let told = qemu.stdin.take().ok_or("QEMU has no monitor")?.write_all(commands.as_bytes());
    let ended = qemu.wait().map_err(text)?;
    told.map_err(text)?;
    played?;
    if !ended.success() {
        return Err(format!("qemu-system-arm: {ended}"));
    }
    let ram = fs::read(&files.dump).map_err(text)?;
    depth(&ram)
}

/// How far the stack has reached down from the end of the memory.
fn depth(ram: &[u8]) -> Result<usize, String> {
    let hole = ram.windows(HOLE).rposition(|window| window.iter().all(|&byte| byte == PATTERN));
    let free = hole.ok_or("the stack has reached the data")?;
    Ok(ram.len() - free - HOLE)
}

/// What is loaded into RAM and what is read from it.
struct Files {
    pattern: PathBuf,
    dump: PathBuf,
}

impl Files {
    fn new(number: u16) -> Result<Self, String> {
        let name = |what| std::env::temp_dir().join(format!("boards-stack-{number}.{what}"));
        let files = Self { pattern: name("pattern"), dump: name("dump") };
        fs::write(&files.pattern, vec![PATTERN; RAM_SIZE]).map_err(|error| error.to_string())?;
        Ok(files)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // The second is there only when all went well.
        let _ = fs::remove_file(&self.pattern);
        let _ = fs::remove_file(&self.dump);
    }
}
