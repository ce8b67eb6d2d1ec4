//! Rules of the vendor documents, and of the multiplexer's standard, that a host can break.

use std::fmt;
use std::time::Duration;

/// A rule that the host has to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// A command is ended by CR alone (RYZ014 use cases §3.5).
    LineFeedAfterCarriageReturn,
    /// No command before the final result of the previous one has been printed.
    CommandWhileBusy,
    /// No payload before the prompt.
    PayloadBeforePrompt,
    /// After the `@` prompt wait for 50 ms (SARA/LEXI internet applications §5.3.1).
    PayloadBeforeFiftyMilliseconds,
    /// Between a final result and the next command wait for 20 ms.
    CommandGap,
    /// "During any TLS procedure (e.g., during handshake) the socket client is blocked" (SARA/LEXI internet
    /// applications §5.11).
    SocketCommandDuringHandshake,
    /// No more than 4 secured connections at a time (SARA/LEXI internet applications §3.3).
    TooManySecureConnections,
    /// Dial-up and sockets do not share a context: "n/a" (LENA-R8 application development §13.1).
    SharedContext,
    /// RSA keys have 2048 bits at least, ECDSA keys 192 (SARA/LEXI internet applications §3.1).
    KeyTooSmall,
    /// Certificates are kept in slots 8 to 19: those below are preloaded (RYZ014 use cases §3.1).
    PreloadedSlot,
    /// The lines of a certificate end with LF alone (RYZ014 use cases §3.2).
    CarriageReturnInFile,
    /// Commands of the host on the multiplexer, data among them, have C/R set, its responses have not
    /// (3GPP TS 27.010 §5.2.1.2).
    MultiplexerCommandBit,
    /// No information field is longer than N1 (3GPP TS 27.010 §5.7.2).
    MultiplexerFrameSize,
    /// Data goes over channels that are open, and the control channel is opened first (3GPP TS 27.010
    /// §5.4).
    MultiplexerClosedChannel,
    /// Messages on the control channel have type, length and value, and all data is in UIH frames
    /// (3GPP TS 27.010 §5.4.6).
    MultiplexerMessage,
    /// A channel that the modem has stopped is given no more than was on its way (3GPP TS 27.010 §5.4.8).
    MultiplexerFlowControl,
    /// Commands of the modem on the control channel are answered (3GPP TS 27.010 §5.4.6.2).
    MultiplexerUnanswered,
    /// `AT&F` of a Sequans module "must not be used" (RYZ014 use cases §5.1).
    FactoryDefaults,
    /// No wrong PIN or PUK is the last that the card takes: the tries that are left can be asked for
    /// (Cassiopeia use cases §1.1.2).
    LastTry,
    /// No rule of a vendor: the host wants something of which the simulator is not capable. What it
    /// then gets is an error that says nothing about a modem.
    BeyondTheSimulator,
}

impl Rule {
    /// Every rule.
    pub const ALL: &[Rule] = &[
        Rule::LineFeedAfterCarriageReturn,
        Rule::CommandWhileBusy,
        Rule::PayloadBeforePrompt,
        Rule::PayloadBeforeFiftyMilliseconds,
        Rule::CommandGap,
        Rule::SocketCommandDuringHandshake,
        Rule::TooManySecureConnections,
        Rule::SharedContext,
        Rule::KeyTooSmall,
        Rule::PreloadedSlot,
        Rule::CarriageReturnInFile,
        Rule::MultiplexerCommandBit,
        Rule::MultiplexerFrameSize,
        Rule::MultiplexerClosedChannel,
        Rule::MultiplexerMessage,
        Rule::MultiplexerFlowControl,
        Rule::MultiplexerUnanswered,
        Rule::FactoryDefaults,
        Rule::LastTry,
        Rule::BeyondTheSimulator,
    ];

    /// A short name without spaces.
    pub fn name(self) -> &'static str {
        match self {
            Rule::LineFeedAfterCarriageReturn => "line-feed-after-carriage-return",
            Rule::CommandWhileBusy => "command-while-busy",
            Rule::PayloadBeforePrompt => "payload-before-prompt",
            Rule::PayloadBeforeFiftyMilliseconds => "payload-before-fifty-milliseconds",
            Rule::CommandGap => "command-gap",
            Rule::SocketCommandDuringHandshake => "socket-command-during-handshake",
            Rule::TooManySecureConnections => "too-many-secure-connections",
            Rule::SharedContext => "shared-context",
            Rule::KeyTooSmall => "key-too-small",
            Rule::PreloadedSlot => "preloaded-slot",
            Rule::CarriageReturnInFile => "carriage-return-in-file",
            Rule::MultiplexerCommandBit => "multiplexer-command-bit",
            Rule::MultiplexerFrameSize => "multiplexer-frame-size",
            Rule::MultiplexerClosedChannel => "multiplexer-closed-channel",
            Rule::MultiplexerMessage => "multiplexer-message",
            Rule::MultiplexerFlowControl => "multiplexer-flow-control",
            Rule::MultiplexerUnanswered => "multiplexer-unanswered",
            Rule::FactoryDefaults => "factory-defaults",
            Rule::LastTry => "last-try",
            Rule::BeyondTheSimulator => "beyond-the-simulator",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One breach of a [`Rule`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// When the offending byte came.
    pub at: Duration,
    /// The rule.
    pub rule: Rule,
    /// What happened.
    pub detail: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6} {}: {}", self.at.as_secs_f64(), self.rule, self.detail)
    }
}
