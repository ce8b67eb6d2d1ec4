//! Procedures and the steps that they are made of.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::num::NonZeroU8;

use super::security::Secure;
use super::terms::{Credential, CredentialKind, ReleaseAssistance, SimState, SocketOption};
use crate::at::SpanFn;
use crate::error::{CmeCode, Error};
use crate::link::{Config, Status};
use crate::socket::Name;
use crate::time::Duration;

/// Something that the engine wants done; the dialect says how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Procedure {
    /// Settings that everything else stands on: echo off, numeric errors, raw payload.
    Setup,
    /// Says when the modem's serial port may sleep.
    UartSleep,
    /// Sets the modem's bit rate.
    SetBaud,
    /// Reads the state of the SIM card.
    SimStatus,
    /// Asks how often the PIN may still be given wrongly.
    PinTries,
    /// Gives the PIN to the SIM card.
    EnterPin,
    /// Sets the APN and turns the radio on.
    RadioOn,
    /// Turns the radio off.
    RadioOff,
    /// Reads the registration state, and starts registration where it was switched off.
    Registration,
    /// Makes sure that the packet connection has an address, and reads it.
    Activate,
    /// Reads signal strength and operator.
    Status,
    /// Deactivates the packet connection, where it can be activated again without a new attach.
    Deactivate,
    /// Detaches from the network and attaches again.
    Reattach,
    /// Restarts the modem.
    Restart,
    /// What a modem wants to be told before it may sleep; there need be nothing.
    Sleep,
    /// Tells the modem how a connection is to be secured.
    Secure,
    /// Opens a TCP connection.
    OpenTcp,
    /// Opens a UDP socket.
    OpenUdp,
    /// Writes to a TCP connection.
    Send,
    /// Sends a datagram.
    SendDatagram,
    /// Sends a datagram, with [`ReleaseAssistance`].
    SendLastDatagram,
    /// Reads from a TCP connection.
    Receive,
    /// Reads a datagram.
    ReceiveDatagram,
    /// Asks how much is unread on a TCP connection.
    Available,
    /// Asks how much is unread on a UDP socket.
    AvailableDatagram,
    /// Asks whether a TCP connection still stands, and how much is unread.
    Check,
    /// Asks whether a UDP socket still stands, and how much is unread.
    CheckDatagram,
    /// Waits for TCP connections from outside.
    Listen,
    /// Takes a connection that a listening socket has announced; only where the host must.
    Accept,
    /// Asks whether a listening socket still listens, or has a connection to take.
    CheckListener,
    /// Sets one of the [`SocketOption`]s.
    SetOption,
    /// Turns a TCP connection into a raw pipe.
    Online,
    /// Closes a socket.
    Close,
    /// Host name to address.
    ResolveName,
    /// Address to host name.
    ResolveAddress,
    /// Asks which certificate or key is stored.
    CheckCredential,
    /// Stores a certificate or key in the modem.
    StoreCredential,
    /// Removes a certificate or key from the modem.
    RemoveCredential,
    /// A command that the engine was given as it is. It is in no table.
    Exchange,
}

impl Procedure {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Setup,
        Self::UartSleep,
        Self::SetBaud,
        Self::SimStatus,
        Self::PinTries,
        Self::EnterPin,
        Self::RadioOn,
        Self::RadioOff,
        Self::Registration,
        Self::Activate,
        Self::Status,
        Self::Deactivate,
        Self::Reattach,
        Self::Restart,
        Self::Sleep,
        Self::Secure,
        Self::OpenTcp,
        Self::OpenUdp,
        Self::Send,
        Self::SendDatagram,
        Self::SendLastDatagram,
        Self::Receive,
        Self::ReceiveDatagram,
        Self::Available,
        Self::AvailableDatagram,
        Self::Check,
        Self::CheckDatagram,
        Self::Listen,
        Self::Accept,
        Self::CheckListener,
        Self::SetOption,
        Self::Online,
        Self::Close,
        Self::ResolveName,
        Self::ResolveAddress,
        Self::CheckCredential,
        Self::StoreCredential,
        Self::RemoveCredential,
        Self::Exchange,
    ];
}

/// What the steps of a procedure learnt from the modem's answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    /// Socket id that the modem named.
    pub id: Option<u8>,
    /// A count of bytes: accepted or unread.
    pub count: Option<u16>,
    /// Bytes that the modem has taken from the socket's user so far.
    pub total: Option<u32>,
    /// Bytes that the modem has received for the socket's user so far.
    pub received: Option<u32>,
    /// Whether the socket stands.
    pub open: Option<bool>,
    /// The modem's own number for the state of the socket.
    pub state: Option<u8>,
    /// An address.
    pub address: Option<IpAddr>,
    /// State of the SIM card.
    pub sim: Option<SimState>,
    /// Tries that are left for the PIN.
    pub tries: Option<u8>,
    /// Registration state.
    pub registration: Option<u8>,
    /// `<fun>` of `+CFUN`.
    pub functionality: Option<u8>,
    /// Whether the modem's APN is already the configured one.
    pub apn_is_set: bool,
    /// Whether the configured context is defined in the modem.
    pub context: bool,
    /// Whether an internal profile is active, or data are routed to another interface.
    pub active: Option<bool>,
    /// Which modem it is, as the dialect that asked counts them.
    pub model: Option<u8>,
    /// `<mode>` of `+COPS`.
    pub operator_mode: Option<u8>,
    /// The modem's reason for a failed connect.
    pub cause: Option<Error>,
}

/// One run of a procedure: what it is about, and what it has found.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// The modem's socket id.
    pub id: u8,
    /// Remote address of the socket; of one that is accepted, as the modem tells it.
    pub remote: SocketAddr,
    /// Local port, where the modem wants one.
    pub local_port: u16,
    /// Bytes to send or to read at most.
    pub len: u16,
    /// Whether an IPv6 address is wanted, where that is a choice.
    pub ipv6: Option<bool>,
    /// The credential to store or remove.
    pub credential: Credential,
    /// The option to set.
    pub option: Option<SocketOption>,
    /// What the network is told with a datagram.
    pub release: ReleaseAssistance,
    /// Whether the socket is a TCP connection.
    pub tcp: bool,
    /// Whether the socket may be listening.
    pub listens: bool,
    /// What was found.
    pub found: Found,
    /// The error of an earlier step. Unless that was [`OnError::Note`]d, only steps that clean up
    /// follow.
    pub failed: Option<CmeCode>,
}

impl Call {
    /// A call about nothing in particular.
    pub const fn new() -> Self {
        Self {
            id: 0,
            remote: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0),
            local_port: 0,
            len: 0,
            ipv6: None,
            credential: Credential { kind: CredentialKind::Authority, slot: 0 },
            option: None,
            release: ReleaseAssistance::None,
            tcp: false,
            listens: false,
            found: Found {
                id: None,
                count: None,
                total: None,
                received: None,
                open: None,
                state: None,
                address: None,
                sim: None,
                tries: None,
                registration: None,
                functionality: None,
                apn_is_set: false,
                context: false,
                active: None,
                model: None,
                operator_mode: None,
                cause: None,
            },
            failed: None,
        }
    }
}

impl Default for Call {
    fn default() -> Self {
        Self::new()
    }
}

/// What a step may read when it writes its command or decides whether it is needed.
#[derive(Clone, Copy, Debug)]
pub struct Args<'a> {
    /// The user's configuration.
    pub config: &'a Config,
    /// Host name, where the procedure is about one.
    pub name: &'a [u8],
    /// The run of the procedure.
    pub call: &'a Call,
    /// How a secure socket is to be secured, while it is being opened.
    pub(crate) secure: Option<&'a Secure<'a>>,
}

/// What a step may write when it reads an information text.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The user's configuration.
    pub config: &'a Config,
    /// The run of the procedure.
    pub call: &'a mut Call,
    /// Signal strength, operator and such.
    pub status: &'a mut Status,
    /// Receives a host name.
    pub name: &'a mut Name,
}

/// What the answer to a step's command holds besides the final result.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// Nothing.
    None,
    /// Information texts of this form.
    Text {
        /// How it stands in the manual, with names in braces for what is read from it. Prefixes that
        /// are as good have a bar between them.
        template: &'static str,
        /// Whether the step fails when no text came.
        required: bool,
    },
    /// Raw bytes behind a head.
    Span(SpanFn),
    /// A line of any form, given to this function until it says that it was the one.
    Line(fn(line: &[u8], found: &mut Found) -> bool),
    /// Lines that are kept for whoever has given the command.
    Lines {
        /// The prefixes of those that are meant, with bars between them.
        prefixes: &'static str,
        /// What becomes of lines without such a prefix.
        bare: Bare,
    },
    /// `CONNECT`, and from then on raw bytes both ways.
    Connect,
    /// Nothing, and the modem starts anew after the final result.
    Restart,
}

/// Lines of an answer that have no prefix.
#[derive(Clone, Copy, Debug)]
pub enum Bare {
    /// They belong to something else.
    Foreign,
    /// They belong to it, unless they are results or known as unsolicited.
    Kept,
    /// Those that are hexadecimal digits alone belong to it, and are kept as the octets that they stand for.
    Octets,
    /// As [`Kept`](Self::Kept); but of the line in front this function says how many characters follow, and so
    /// many are taken whatever they look like.
    Counted(fn(line: &[u8]) -> Option<u16>),
}

/// What happens when the modem answers with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// The procedure fails, after steps that run [`Step::after_failure`].
    Fail,
    /// As if it had been OK.
    Ignore,
    /// As if it had been OK, but later steps see it in [`Call::failed`].
    Note,
    /// The procedure ends well, with what it has found.
    End,
    /// The step runs only after an earlier one has failed; its own error changes nothing.
    CleansUp,
}

/// The request for payload.
#[derive(Clone, Copy, Debug)]
pub struct Prompt {
    /// The character that the modem prints.
    pub character: NonZeroU8,
    /// Silence between the prompt and the payload, in milliseconds.
    pub pause: u8,
}

/// One command and its answer.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Whether the step is needed.
    pub when: fn(&Args<'_>) -> bool,
    /// The command behind `AT`, as in the manual, with names in braces for its values.
    pub command: &'static str,
    /// What comes back before the final result.
    pub answer: Answer,
    /// Whether payload follows the command.
    pub prompt: Option<Prompt>,
    /// What an error means.
    pub on_error: OnError,
    /// The longest time until the final result, in seconds.
    pub timeout: u8,
}

impl Step {
    /// A command without information text that is answered at once.
    pub const fn new(command: &'static str) -> Self {
        Self {
            when: always,
            command,
            answer: Answer::None,
            prompt: None,
            on_error: OnError::Fail,
            timeout: 10,
        }
    }

    /// The step is needed only when `when` says so.
    pub const fn when(mut self, when: fn(&Args<'_>) -> bool) -> Self {
        self.when = when;
        self
    }

    /// An information text of this form must come.
    pub const fn text(mut self, template: &'static str) -> Self {
        self.answer = Answer::Text { template, required: true };
        self
    }

    /// An information text of this form may come.
    pub const fn optional_text(mut self, template: &'static str) -> Self {
        self.answer = Answer::Text { template, required: false };
        self
    }

    /// Raw bytes come.
    pub const fn span(mut self, span: SpanFn) -> Self {
        self.answer = Answer::Span(span);
        self
    }

    /// A line comes that `read` knows; none need come.
    pub const fn line(mut self, read: fn(line: &[u8], found: &mut Found) -> bool) -> Self {
        self.answer = Answer::Line(read);
        self
    }

    /// Lines with these prefixes come, and are kept.
    pub const fn lines(self, prefixes: &'static str, bare: bool) -> Self {
        self.lines_and(prefixes, if bare { Bare::Kept } else { Bare::Foreign })
    }

    /// Lines with these prefixes come, and others, and are kept.
    pub const fn lines_and(mut self, prefixes: &'static str, bare: Bare) -> Self {
        self.answer = Answer::Lines { prefixes, bare };
        self
    }

    /// The line turns into a raw pipe.
    pub const fn connect(mut self) -> Self {
        self.answer = Answer::Connect;
        self
    }

    /// Payload follows the command, `pause` milliseconds behind the prompt.
    pub const fn prompt(mut self, character: u8, pause: u8) -> Self {
        if let Some(character) = NonZeroU8::new(character) {
            self.prompt = Some(Prompt { character, pause });
        }
        self
    }

    /// What an error means.
    pub const fn on_error(mut self, on_error: OnError) -> Self {
        self.on_error = on_error;
        self
    }

    /// The modem starts anew: the rest of the procedure is not run, and all begins again.
    pub const fn restarts(mut self) -> Self {
        self.answer = Answer::Restart;
        self
    }

    /// The step runs only after an earlier one has failed; its own error changes nothing.
    pub const fn after_failure(mut self) -> Self {
        self.on_error = OnError::CleansUp;
        self
    }

    /// Whether it runs only after an earlier one has failed.
    pub(crate) const fn cleans_up(&self) -> bool {
        matches!(self.on_error, OnError::CleansUp)
    }

    /// The longest time until the final result: whole seconds, 255 at most.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        let seconds = timeout.as_millis() / 1000;
        assert!(seconds <= 255, "longer than any command takes");
        self.timeout = seconds as u8;
        self
    }
}

fn always(_: &Args<'_>) -> bool {
    true
}
