//! Asks a CoAP server for a resource with embedded-nal-coap.

use core::convert::Infallible;
use core::fmt::Display;
use core::net::SocketAddr;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Instant;

use coap_handler::Handler;
use coap_message::{Code, MinimalWritableMessage, MutableWritableMessage, OptionNumber, ReadableMessage};
use coap_numbers::{code, option};
use coap_request::{Request, Stack as _};
use embassy_futures::select::{Either, select};
use embassy_time::{Duration, with_timeout};
use embedded_nal_async::UnconnectedUdp;
use embedded_nal_coap::{CoAPRuntimeClient, CoAPShared, TransportError};
use rand_core::RngCore;

use crate::address::Address;
use crate::coap_server;
use crate::support::options::{Options, Own};
use crate::support::{Failure, show};

/// The option that names the resource.
pub(crate) const PATH: Own = Own {
    name: "path",
    value: "PATH",
    check: check_path,
    purpose: "the resource, segments with / between them (default: temperature)",
};

/// The client does not repeat what the network has lost: how long an answer may take, and how often
/// the resource is asked for.
const WAIT: Duration = Duration::from_secs(5);
const TRIES: usize = 3;

/// Gets the resource over a socket and shows it.
pub(crate) async fn get<S: UnconnectedUdp>(
    mut socket: S,
    options: &Options,
    server: &Address,
    remote: SocketAddr,
) -> Result<(), Failure>
where
    S::Error: Display,
{
    let start = Instant::now();
    let path = options.own("path").unwrap_or(coap_server::PATH);
    let shared = CoAPShared::<1>::new();
    let (client, runner) = shared.split();
    let (mut nothing, mut random) = (Nothing, Random(RandomState::new()));
    let answer = get_until_answered(client, remote, path);
    // The runner is the only one that touches the socket.
    let answer = match select(runner.run(&mut socket, &mut nothing, &mut random), answer).await {
        Either::First(Err(error)) => return Err(format!("{server}: {error}")),
        Either::First(Ok(())) => return Err(format!("{server}: the CoAP client has ended")),
        Either::Second(answer) => answer.map_err(|reason| format!("{server}: {reason}"))?,
    };
    let (class, detail) = (answer.code >> 5, answer.code & 31);
    if answer.code != code::CONTENT {
        return Err(format!("{server}: /{path}: the server answered {class}.{detail:02}"));
    }
    show(&answer.payload)?;
    let (count, seconds) = (answer.payload.len(), start.elapsed().as_secs_f64());
    eprintln!("{server}: /{path}: {class}.{detail:02}, {count} bytes in {seconds:.1} s");
    Ok(())
}

async fn get_until_answered(
    client: CoAPRuntimeClient<'_, 1>,
    server: SocketAddr,
    path: &str,
) -> Result<Answer, Failure> {
    for _ in 0..TRIES {
        match with_timeout(WAIT, client.to(server).request(Get { path })).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(TransportError::GotRst)) => return Err("the server knows nothing of CoAP".to_owned()),
            Ok(Err(error)) => return Err(format!("{error:?}")),
            Err(_) => eprintln!("no answer in {} s", WAIT.as_secs()),
        }
    }
    Err("the server does not answer".to_owned())
}

/// What the server has said.
struct Answer {
    code: u8,
    payload: Vec<u8>,
}

/// A request for what is at a path.
struct Get<'a> {
    path: &'a str,
}

impl<S: coap_request::Stack> Request<S> for Get<'_> {
    type Output = Answer;
    type Carry = ();

    async fn build_request(
        &mut self,
        request: &mut S::RequestMessage<'_>,
    ) -> Result<(), S::RequestUnionError> {
        request.set_code(Code::new(code::GET).map_err(S::RequestMessage::convert_code_error)?);
        for segment in self.path.split('/') {
            let number = OptionNumber::new(option::URI_PATH)
                .map_err(S::RequestMessage::convert_option_number_error)?;
            request.add_option_str(number, segment).map_err(S::RequestMessage::convert_add_option_error)?;
        }
        Ok(())
    }

    async fn process_response(&mut self, response: &S::ResponseMessage<'_>, (): ()) -> Answer {
        Answer { code: response.code().into(), payload: response.payload().to_vec() }
    }
}

/// Whether a path fits into a request, for the options.
fn check_path(path: &str) -> Result<(), &'static str> {
    // A segment is an option of at most 255 bytes (RFC 7252 §5.10).
    let fits = path.len() <= 512 && path.split('/').all(|segment| (1..=255).contains(&segment.len()));
    if fits { Ok(()) } else { Err("is no path: segments of 1 to 255 bytes with / between them") }
}

/// The client is a server too. This one has nothing.
struct Nothing;

impl Handler for Nothing {
    type RequestData = ();
    type ExtractRequestError = Infallible;
    type BuildResponseError<M: MinimalWritableMessage> = Infallible;

    fn extract_request_data<M: ReadableMessage>(&mut self, _: &M) -> Result<(), Infallible> {
        Ok(())
    }

    fn estimate_length(&mut self, (): &()) -> usize {
        0
    }

    fn build_response<M: MutableWritableMessage>(
        &mut self,
        response: &mut M,
        (): (),
    ) -> Result<(), Infallible> {
        // Without a code it is an empty message, which is an answer as well.
        if let Ok(code) = Code::new(code::NOT_FOUND) {
            response.set_code(code);
        }
        Ok(())
    }
}

/// Numbers that nobody guesses; the hash function of the standard library has keys of its own in each
/// run.
struct Random(RandomState);

impl RngCore for Random {
    fn next_u32(&mut self) -> u32 {
        // The client counts message ids and tokens up from the two halves, and not over their ends.
        self.0.hash_one(Instant::now()) as u32 & 0x7fff_7fff
    }

    fn next_u64(&mut self) -> u64 {
        self.0.hash_one(Instant::now())
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.next_u64() as u8;
        }
    }
}
