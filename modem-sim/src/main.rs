//! The program: a simulated modem at a pty, a TCP port or the standard streams.
#![forbid(unsafe_code)]

mod cli;
mod ports;

use std::fs::File;
use std::process::ExitCode;
use std::time::Duration;

use cli::{Arguments, Port};
use modem_sim::runner::{End, Runner};
use modem_sim::{Direction, HostNetwork, Modem, Pcap};

/// Wrong arguments.
const USAGE: u8 = 2;
/// Something else went wrong.
const FAILED: u8 = 1;

fn main() -> ExitCode {
    let arguments = match cli::parse(lexopt::Parser::from_env()) {
        Ok(cli::Request::Run(arguments)) => arguments,
        Ok(cli::Request::Print(text)) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("modem-sim: {error}");
            return ExitCode::from(USAGE);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("modem-sim: {error}");
            ExitCode::from(FAILED)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let mut runner = runner(arguments)?;
    if let Some(path) = &arguments.nvram {
        runner.keep_nvram(path).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    match &arguments.port {
        Port::Pty(path) => ports::pty(path, &mut runner),
        Port::Tcp(address) => ports::tcp(address, &mut runner),
        Port::Stdio => {
            let (mut input, mut output) = (ports::Stdin, ports::Stdout);
            match runner.run(&mut input, &mut output, || false) {
                Ok(End::Closed | End::Stopped) => Ok(()),
                Err(e) => Err(format!("standard streams: {e}")),
            }
        }
    }
}

fn runner(arguments: &Arguments) -> Result<Runner, String> {
    let mut network = HostNetwork::new();
    for (name, address) in &arguments.hosts {
        network.host(name, *address);
    }
    for port in &arguments.forward {
        network.forward(*port).map_err(|e| format!("port {port}: {e}"))?;
    }
    let mut modem = Modem::new(arguments.model, arguments.options.clone(), Box::new(network));
    if arguments.trace {
        modem.trace(Box::new(trace));
    }
    if let Some(path) = &arguments.pcap {
        let name = path.display().to_string();
        let mut file = File::create(path).and_then(Pcap::new).map_err(|e| format!("{name}: {e}"))?;
        modem.capture(Box::new(move |at, _, packet| {
            if let Err(error) = file.packet(at, packet) {
                eprintln!("{name}: {error}");
            }
        }));
    }
    Ok(Runner::new(modem, arguments.pace, Box::new(|breach| eprintln!("breach: {breach}"))))
}

fn trace(now: Duration, direction: Direction, bytes: &[u8]) {
    let arrow = match direction {
        Direction::ToModem => '>',
        Direction::ToHost => '<',
    };
    eprintln!("{:10.3} {arrow} {}", now.as_secs_f64(), bytes.escape_ascii());
}
