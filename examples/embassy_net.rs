//! Fetches a page with reqwless on the sockets of embassy-net, which runs over the modem's data connection.

#[path = "support/give_addresses.rs"]
mod give_addresses;
#[allow(dead_code, reason = "its stack is another one")]
#[path = "support/session.rs"]
mod session;
mod support;
#[path = "support/web_client.rs"]
mod web_client;
#[path = "support/web_server.rs"]
mod web_server;

use std::cell::RefCell;
use std::process::ExitCode;

use async_io::Async;
use cellular_nal::asynch::Control;
use cellular_nal::embassy_net::{self as net, Addressing, Driver};
use cellular_nal::{Resources, ppp};
use embassy_futures::select::{Either3, select3};
use embassy_net::dns::DnsSocket;
use embassy_net::tcp::client::{TcpClient, TcpClientState};
use embassy_net::{Stack, StackResources};
use embassy_time::{Duration, Timer, with_timeout};
use reqwless::client::HttpClient;
use reqwless::request::Method;

use give_addresses::give_addresses;
use session::{FAREWELL, GOODBYE, Serial, drive};
use support::options::{self, Mode, Options, Own, Program};
use support::trace::Trace;
use support::{Failure, port, report, seed};

const PROGRAM: Program = Program {
    name: "embassy_net",
    about: "fetches a page with reqwless on embassy-net over a cellular modem (--mode ppp or cmux)",
    own: &[Own {
        name: "url",
        value: "URL",
        check: web_client::check_url,
        purpose: "page to fetch (default: one of a server that this program starts)",
    }],
    check: options::ANY,
};

/// How long it may take once the link is up.
const LIMIT: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    support::main(&PROGRAM, run)
}

fn run(options: &Options) -> Result<(), Failure> {
    let url = web_client::url_or_else(options, web_server::start)?;
    let file = Async::new(port::open(options)?).map_err(|error| format!("port: {error}"))?;
    let trace = RefCell::new(Trace::new(options.trace));
    let serial = Serial { file: &file, trace: &trace };
    let config = options.config().map_err(|error| error.to_string())?;
    let mut modem = Resources::<1, 64, 64>::new();
    let mut memory = net::LinkResources::<3040, 3040>::new();
    let mut multiplexer = net::MuxResources::<1516, 3072, 3072>::new();
    let engine = modem.engine(options.modem, config);
    let link = memory.link(ppp::Config::new(seed()));
    // embassy-net has sockets of its own, so those of the modem are left alone.
    if options.mode == Mode::Cmux {
        let (driver, addressing, _, control, runner) = net::multiplexed(engine, link, &mut multiplexer);
        drive(serial, runner, work(driver, addressing, control, &url))
    } else {
        let (driver, addressing, control, runner) = net::dialled(engine, link);
        drive(serial, runner, work(driver, addressing, control, &url))
    }
}

/// Brings the link up, fetches the page and takes the link down, with embassy-net beside.
async fn work(
    driver: Driver<'_>,
    addressing: Addressing<'_>,
    control: Control<'_>,
    url: &str,
) -> Result<(), Failure> {
    let mut resources = StackResources::<3>::new();
    let config = embassy_net::Config::default();
    let (stack, mut runner) = embassy_net::new(driver, config, &mut resources, seed().into());
    let fetched = async {
        control.connect().await.map_err(|error| error.to_string())?;
        let status = control.refresh().await;
        report(control.model(), &status.unwrap_or_else(|_| control.status()));
        stack.wait_config_up().await;
        let address = stack.config_v4().map(|config| config.address.to_string());
        eprintln!("IP: {}", address.unwrap_or_default());
        let result = with_timeout(LIMIT, get(stack, url)).await;
        // Whether the modem says goodbye does not matter for what was asked.
        let _ = with_timeout(FAREWELL, control.disconnect()).await;
        Timer::after(GOODBYE).await;
        result.unwrap_or_else(|_| Err(format!("not done after {} s", LIMIT.as_secs())))
    };
    match select3(runner.run(), give_addresses(addressing, stack), fetched).await {
        Either3::First(never) | Either3::Second(never) => match never {},
        Either3::Third(result) => result,
    }
}

async fn get(stack: Stack<'_>, url: &str) -> Result<(), Failure> {
    let state = TcpClientState::<1, 4096, 4096>::new();
    let (tcp, dns) = (TcpClient::new(stack, &state), DnsSocket::new(stack));
    let mut client = HttpClient::new(&tcp, &dns);
    let failed = |error| web_client::explain(url, error);
    let mut request = client.request(Method::GET, url).await.map_err(failed)?;
    let mut headers = [0; 2048];
    let response = request.send(&mut headers).await.map_err(failed)?;
    let count = web_client::show_body(url, response).await?;
    eprintln!("{url}: {count} bytes");
    Ok(())
}
