//! What all examples share: options, the way to the modem, the trace of the conversation.
//!
//! An example starts a simulated modem by itself. To see the two apart, start the simulator in one
//! terminal and an example in another:
//!
//! ```text
//! cargo run -p modem-sim -- --model sara-r5 --pty /tmp/modem --hosts server.example=127.0.0.1
//! cargo run --example http_get -- --port /tmp/modem --trace
//! ```
//!
//! With `--tcp 127.0.0.1:7000` in place of `--pty`, the port is `tcp:127.0.0.1:7000`. Options of
//! the simulator such as `--pin 1234`, `--no-sim` and `--denied` show how an example fails. With a
//! real modem, name the serial device and a server that its network reaches:
//!
//! ```text
//! cargo run --example http_get -- --port /dev/ttyUSB0 --apn internet --url http://example.com/
//! ```

pub(crate) mod options;
pub(crate) mod port;
pub(crate) mod trace;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use cellular_nal::Status;

use options::{Options, Program, Request};

/// The name under which the built-in modem finds the built-in servers.
pub(crate) const SERVER: &str = "server.example";

/// Why an example could not do what it should, in one line.
pub(crate) type Failure = String;

/// Exit code for wrong options.
const USAGE: u8 = 2;

/// Reads the options, runs the example and makes an exit code of what comes of it.
pub(crate) fn main(program: &Program, run: impl FnOnce(&Options) -> Result<(), Failure>) -> ExitCode {
    let (failure, code) = match options::parse(program, lexopt::Parser::from_env()) {
        Ok(Request::Run(options)) => match run(&options) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(failure) => (failure, ExitCode::FAILURE),
        },
        Ok(Request::Help(text)) => match show(text.as_bytes()) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(failure) => (failure, ExitCode::FAILURE),
        },
        Err(error) => (format!("{error} (--help shows the options)"), ExitCode::from(USAGE)),
    };
    eprintln!("{}: {failure}", program.name);
    code
}

/// Writes what came over the modem to standard output.
pub(crate) fn show(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| format!("standard output: {error}"))
}

/// Tells about modem and link, once the link is up.
pub(crate) fn report(model: &str, status: &Status) {
    eprintln!("modem: {model}");
    let operator = match status.operator() {
        "" => "unknown operator",
        name => name,
    };
    let roaming = if status.is_roaming() { ", roaming" } else { "" };
    let signal = match status.signal_dbm() {
        Some(dbm) => format!(", {dbm} dBm"),
        None => String::new(),
    };
    eprintln!("network: {operator}{roaming}{signal}");
    match status.address() {
        Some(address) => eprintln!("address: {address}"),
        None => eprintln!("address: unknown"),
    }
}

/// A number that is another one in each run. Firmware takes it from a generator of random numbers.
pub(crate) fn seed() -> u32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.subsec_nanos() ^ std::process::id().rotate_left(16)
}
