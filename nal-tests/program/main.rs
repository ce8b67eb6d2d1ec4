//! Runs the conformance cases on a modem: a real one, or the built-in simulator.

mod cases;
mod far;
mod modems;
#[path = "../../examples/support/nb_session.rs"]
mod nb_session;
#[path = "../../examples/support/session.rs"]
mod session;
#[path = "../../examples/support/mod.rs"]
#[allow(dead_code, reason = "the examples use the rest")]
mod support;

use core::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;

use nal_tests::{Level, Records};
use support::options::{self, Options, Own, Place, Program};
use support::{Failure, SERVER, show};

use far::Far;
use modems::Api;

const PROGRAM: Program = Program {
    name: "nal-tests",
    about: "runs the conformance cases of embedded-nal, embedded-nal-async or edge-nal on a modem",
    own: &[
        Own {
            name: "api",
            value: "API",
            check: |text| cases::named(text).map(drop).ok_or("is none of async, nb, edge"),
            purpose: "async, nb or edge (default: async)",
        },
        Own {
            name: "peer-host",
            value: "ADDR",
            check: |text| text.parse::<IpAddr>().map(drop).map_err(|_| "is no IP address"),
            purpose: "this machine's address for the modem; needed with --port",
        },
        Own {
            name: "dns-name",
            value: "NAME",
            check: |text| if text.is_empty() { Err("is no name") } else { Ok(()) },
            purpose: "name of the address of --peer-host",
        },
        Own {
            name: "only",
            value: "PATTERN",
            check: |_| Ok(()),
            purpose: "cases whose id begins so, several with commas: N0,U",
        },
        Own {
            name: "json",
            value: "FILE",
            check: |text| if text.is_empty() { Err("is no file") } else { Ok(()) },
            purpose: "write the outcomes to a file, a JSON object on each line",
        },
    ],
    check: options::ANY,
};

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let api = options.own("api").and_then(cases::named).unwrap_or(Api::Async);
    let simulated = matches!(options.place, Place::Simulator(_));
    let host = match options.own("peer-host").and_then(|text| text.parse().ok()) {
        Some(host) => host,
        None if simulated => IpAddr::from(Ipv4Addr::LOCALHOST),
        None => return Err("--port: a modem needs --peer-host too, this machine's address for it".to_owned()),
    };
    let name = options.own("dns-name").or(simulated.then_some(SERVER));
    let far = Far::start(host, simulated, options.mode)?;
    let mut bench = far.bench();
    bench.names.v4 = name.map(|name| (name, host));
    let only: Vec<&str> = options.own("only").map(|only| only.split(',').collect()).unwrap_or_default();
    bench.only = &only;
    let options = &options.listening(far::listeners(simulated, options.mode)?);
    let mut records = Records::new();
    let result = cases::run(options, api, &bench, &mut records);
    // What was found before a failure is worth as much.
    if let Some(file) = options.own("json") {
        let lines: String = records.entries().map(|entry| format!("{}\n", entry.json())).collect();
        std::fs::write(file, lines).map_err(|error| format!("{file}: {error}"))?;
    }
    let summary = records.summary();
    show(summary.to_string().as_bytes())?;
    result?;
    if records.entries().next().is_none() {
        return Err("--only: there is no such case".to_owned());
    }
    let binding = records.failed().filter(|entry| entry.case.level != Level::Implementation);
    let failed: Vec<&str> = binding.map(|entry| entry.case.id).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}
