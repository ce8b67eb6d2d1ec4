//! Runs a firmware in QEMU, with a simulated modem at its serial port and real servers behind that.
//!
//! `boards/run-qemu` builds both and starts this program.
#![forbid(unsafe_code)]

#[path = "../../../examples/support/broker.rs"]
mod broker;
#[path = "../../../examples/support/echo_server.rs"]
mod echo_server;
mod log;
#[path = "../../../nal-tests/program/modems.rs"]
#[allow(dead_code, reason = "what its far end can be asked")]
mod modems;
mod options;
mod qemu;
mod servers;
#[path = "../../../examples/support/time_server.rs"]
mod time_server;
#[path = "../../../examples/support/tls_server.rs"]
mod tls_server;
#[path = "../../../examples/support/trace.rs"]
mod trace;
#[path = "../../../examples/support/web_server.rs"]
mod web_server;

/// What the servers of the examples need of theirs.
mod support {
    /// The name under which the modem finds the servers.
    pub(crate) const SERVER: &str = "server.example";
    /// What went wrong, in one line.
    pub(crate) type Failure = String;
}

use std::process::ExitCode;

use options::Request;

/// Wrong options.
const USAGE: u8 = 2;
/// Nothing could be run.
const NOT_RUN: u8 = 3;

fn main() -> ExitCode {
    let arguments = match options::parse(lexopt::Parser::from_env()) {
        Ok(Request::Run(arguments)) => *arguments,
        Ok(Request::Print(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("boards-host: {error}");
            return ExitCode::from(USAGE);
        }
    };
    let run = servers::start(&arguments).and_then(|servers| qemu::run(arguments, &servers));
    run.map_or_else(
        |failure| {
            eprintln!("boards-host: {failure}");
            ExitCode::from(NOT_RUN)
        },
        ExitCode::from,
    )
}
