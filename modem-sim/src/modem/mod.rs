//! The modem: its two ends, the host's line and the network.

mod autoattach;
mod bands;
mod card;
mod cellular;
mod contexts;
mod dial;
mod edrx;
mod exec;
mod factory;
mod fault;
mod firmware;
mod general;
mod identity;
mod input;
mod multiplexer;
mod online;
mod operator;
mod output;
mod ping;
mod pins;
mod power;
mod psm;
mod scenario;
mod sim;
mod sleep;
mod sms;
mod status;
mod terminal;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::breach::{Breach, Rule};
use crate::mux::Responder;
use crate::network::Network;
use crate::options::{Boot, Options, Registration};
use crate::sequans::Sequans;
use crate::tls::{self, Clock, Handshake, Net, Sessions};
use crate::ublox::Ublox;
use crate::{Direction, Model, Nvram, Prng};

use autoattach::Autoattach;
use bands::Bands;
use cellular::Cellular;
use dial::{Call, Uart};
use edrx::Edrx;
use exec::{DataMode, Exec};
pub(crate) use exec::{Payload, PayloadKind, Step, Wait};
use factory::Factory;
use fault::Faults;
pub use fault::{Fault, Hang, Recovery};
use firmware::Firmware;
pub use firmware::{DeviceServer, Image};
use general::Settings;
use multiplexer::Request;
use ping::Ping;
use pins::Pins;
use power::{Power, Timer};
use psm::Psm;
pub use scenario::Happening;
use sim::Sim;
use sleep::Sleep;
use sms::Sms;
use status::Status;
use terminal::{Held, Terminal};

/// Sees what goes over the line of a [`Modem`].
pub type Trace = Box<dyn FnMut(Duration, Direction, &[u8])>;

/// A simulated modem: no threads, no clock, no input or output of its own.
///
/// The caller brings the bytes and the time; time is counted from the moment in which the modem
/// was made and must never go back.
pub struct Modem {
    pub(crate) model: Model,
    pub(crate) options: Options,
    pub(crate) net: Net,
    pub(crate) nvram: Nvram,
    pub(crate) sessions: Sessions,
    pub(crate) clock: Clock,
    pub(crate) now: Duration,
    pub(crate) settings: Settings,
    pub(crate) sim: Sim,
    pub(crate) cellular: Cellular,
    pub(crate) autoattach: Autoattach,
    pub(crate) ublox: Ublox,
    pub(crate) sequans: Sequans,
    pub(crate) status: Status,
    ping: Option<Ping>,
    faults: Faults,
    pins: Pins,
    sleep: Sleep,
    psm: Psm,
    edrx: Edrx,
    sms: Sms,
    firmware: Firmware,
    bands: Bands,
    factory: Factory,
    /// There is power.
    supplied: bool,
    power: Power,
    timers: Vec<(Duration, Timer)>,
    /// What will happen around the modem.
    plan: Vec<(Duration, Happening)>,
    /// The interface that is being served, and its channel; 0 is the line itself.
    terminal: Terminal,
    channel: u8,
    /// The other interfaces.
    parked: BTreeMap<u8, Terminal>,
    multiplexer: Option<Responder>,
    mux_request: Request,
    /// It begins with the final result.
    mux_begins: bool,
    /// The channel that had its turn.
    last_sent: u8,
    /// Unsolicited lines raised now belong after the final result.
    raising: bool,
    dice: Prng,
    breaches: Vec<Breach>,
    commands: u64,
    trace: Option<Trace>,
    call: Option<Call>,
    uart: Uart,
    /// Sees the packets of dial-up connections.
    captured: Option<Trace>,
}

impl fmt::Debug for Modem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Modem")
            .field("model", &self.model)
            .field("now", &self.now)
            .field("power", &self.power)
            .field("terminal", &self.terminal)
            .field("breaches", &self.breaches)
            .finish_non_exhaustive()
    }
}

impl Modem {
    /// A modem at time zero.
    pub fn new(model: Model, options: Options, mut network: Box<dyn Network>) -> Self {
        network.configure(options.address, options.rtt);
        let seed = match options.urc_timing {
            crate::UrcTiming::Mixed(seed) => seed,
            _ => 0,
        };
        let clock = Clock::new(options.time);
        let mut modem = Modem {
            model,
            net: Net::new(network, clock.clone()),
            nvram: Nvram::new(),
            sessions: Sessions::default(),
            clock,
            now: Duration::ZERO,
            settings: Settings::new(model, &options),
            sim: Sim::new(model, &options),
            cellular: Cellular::new(model),
            autoattach: Autoattach::new(model.sequans(), &options),
            ublox: Ublox::default(),
            sequans: Sequans::new(model.sequans(), &options),
            status: Status::default(),
            ping: None,
            faults: Faults::default(),
            pins: Pins::default(),
            sleep: Sleep::new(options.supply.uart_sleep),
            psm: Psm::default(),
            edrx: Edrx::default(),
            sms: Sms::new(&options),
            firmware: Firmware::default(),
            bands: Bands::new(model),
            factory: Factory::new(options.supply.restoration_point),
            supplied: true,
            power: Power::Off,
            timers: Vec::new(),
            plan: options.scenario.clone(),
            terminal: Terminal::new(&options),
            channel: 0,
            parked: BTreeMap::new(),
            multiplexer: None,
            mux_request: Request::default(),
            mux_begins: false,
            last_sent: 0,
            raising: false,
            dice: Prng::new(seed),
            breaches: Vec::new(),
            commands: 0,
            trace: None,
            call: None,
            uart: Uart::new(),
            captured: None,
            options,
        };
        modem.note_time();
        match modem.options.boot {
            Boot::Cold if modem.options.supply.starts_by_itself => modem.start_boot(),
            Boot::Cold => {}
            Boot::Running => modem.found_running(),
        }
        modem
    }

    /// Bytes from the host, cut anywhere.
    ///
    /// Take what the modem prints with [`Modem::poll_transmit`] first: a command is over when its
    /// final result has been handed out.
    pub fn handle_rx(&mut self, now: Duration, bytes: &[u8]) {
        self.advance(now);
        self.note(Direction::ToModem, bytes);
        let bytes = if self.is_installing() { &[] } else { self.sleep_through(bytes) };
        if self.deafened(bytes) {
            return self.tick();
        }
        if self.multiplexer.is_some() {
            self.multiplexed_rx(bytes);
            return self.tick();
        }
        for &byte in bytes {
            if self.ready_to_receive() {
                self.rx_byte(byte);
            } else {
                let data = self.terminal.exec.is_data_mode();
                self.terminal.held.push_back(Held { at: self.now, byte, data });
            }
        }
        self.tick();
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.advance(now);
    }

    /// Bytes for the host that are due; call it until it returns `None`.
    pub fn poll_transmit(&mut self, now: Duration) -> Option<Vec<u8>> {
        self.now = self.now.max(now);
        if !self.has_output() {
            self.tick();
        }
        while self.pins.rts {
            let bytes = if self.multiplexer.is_some() { self.next_frame() } else { self.next_chunk() }?;
            let bytes = self.muffled(bytes);
            if !bytes.is_empty() {
                self.uart_is_used();
                self.note(Direction::ToHost, &bytes);
                return Some(bytes);
            }
        }
        None
    }

    /// When [`Modem::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<Duration> {
        if self.has_output() {
            return Some(self.now);
        }
        let timers = self.timers.iter().map(|&(at, _)| at).min();
        let mut due =
            vec![self.power.due(), timers, self.net.poll_timeout(), self.scenario_due(), self.pins_due()];
        if self.power == Power::Up {
            due.push(self.terminals().filter_map(|terminal| terminal.exec.due()).min());
            due.extend([self.sockets_due(), self.call_due(), self.multiplexer_due()]);
            due.extend([self.sleep_due(), self.waking_due(), self.deep_sleep_due()]);
        }
        due.into_iter().flatten().min()
    }

    /// Rules that the host has broken, oldest first.
    pub fn breaches(&self) -> &[Breach] {
        &self.breaches
    }

    /// Sockets that are allocated in the modem now.
    pub fn open_sockets(&self) -> Vec<u8> {
        if self.model.is_ublox() { self.ublox.open() } else { self.sequans.open() }
    }

    /// u-blox: the context that sockets use now.
    pub fn socket_context(&self) -> Option<u32> {
        self.data_context().filter(|_| self.model.is_ublox())
    }

    /// u-blox: the context over which names are resolved now.
    pub fn name_context(&self) -> Option<u32> {
        self.dns_context().filter(|_| self.model.is_ublox())
    }

    /// What the modem keeps without power.
    pub fn nvram(&self) -> &Nvram {
        &self.nvram
    }

    /// Gives the modem another memory, as if it had always had that.
    pub fn insert_nvram(&mut self, nvram: Nvram) {
        self.nvram = nvram;
    }

    /// TLS and DTLS handshakes that are over, oldest first. Those that never began are there too.
    pub fn handshakes(&self) -> &[Handshake] {
        self.net.log()
    }

    /// A command is executing, or waits for its payload.
    pub fn is_busy(&self) -> bool {
        self.terminals().any(|terminal| !matches!(terminal.exec, Exec::Idle | Exec::Online(_)))
    }

    /// The modem's CTS. It goes off in online mode and direct link when a socket's queue is full;
    /// a host with flow control sends nothing until it is on again. Bytes that come all the same
    /// are kept, as if the line had held them back. While the multiplexer is on it stays on: a full channel
    /// is stopped by itself.
    pub fn ready_to_receive(&self) -> bool {
        !self.uart_holds_back()
            && (self.multiplexer.is_some() || self.terminal.held.is_empty() && !self.queue_is_full())
    }

    /// Line speed that the modem uses now.
    pub fn baud(&self) -> u32 {
        self.settings.baud
    }

    /// Commands executed so far.
    pub fn commands(&self) -> u64 {
        self.commands
    }

    /// Received bytes that were thrown away because a Sequans receive buffer was full, and bytes of
    /// the host that found no room in online mode.
    pub fn lost_bytes(&self) -> usize {
        self.sequans.lost()
    }

    /// Shows every byte of the line to `sink`.
    pub fn trace(&mut self, sink: Trace) {
        self.trace = Some(sink);
    }

    /// Prints a line at the next place where an unsolicited one may stand.
    pub fn inject(&mut self, now: Duration, line: &str) {
        self.advance(now);
        self.urc(line);
        self.tick();
    }

    /// All sockets are gone and nobody is told, as after a detach by the network. Commands on
    /// them get "operation not allowed".
    pub fn vanish_sockets(&mut self) {
        self.drop_sockets();
    }

    /// The network changes its mind about the modem. With [`Registration::Denied`] all sockets are
    /// gone; with [`Registration::Never`], which is a loss of coverage, they stay.
    pub fn set_registration(&mut self, now: Duration, registration: Registration) {
        self.advance(now);
        self.options.registration = registration;
        self.registration_changed();
        self.tick();
    }

    /// Lets everything happen that is due until `now`, each thing at its own time.
    fn advance(&mut self, now: Duration) {
        while !self.has_output() {
            match self.poll_timeout() {
                Some(due) if due <= now && due > self.now => {
                    self.now = due;
                    self.tick();
                }
                _ => break,
            }
        }
        self.now = self.now.max(now);
        self.tick();
    }

    /// Everything that can happen now happens.
    fn tick(&mut self) {
        self.net.advance(self.now);
        self.run_scenario();
        loop {
            let mut busy = self.power_step();
            if self.power == Power::Up {
                busy |= self.advance_multiplexer();
                for channel in self.served() {
                    self.serve(channel);
                    let traffic = self.pump_sockets() | self.pump_call();
                    if traffic {
                        self.psm.last = self.now;
                    }
                    busy |= traffic;
                    busy |= self.take_held();
                    busy |= self.step();
                    busy |= self.print_urcs();
                }
                self.tell_signals();
                busy |= self.receive_messages();
                busy |= self.sleep_step() || self.psm_step();
            }
            if !busy {
                return;
            }
        }
    }

    pub(crate) fn breach(&mut self, rule: Rule, detail: String) {
        self.breaches.push(Breach { at: self.now, rule, detail });
    }

    /// There is no handshake. What only the simulator cannot do is reported.
    pub(crate) fn security_fault(&mut self, peer: SocketAddr, datagrams: bool, fault: &tls::Fault) {
        self.net.note(peer, datagrams, fault);
        if let tls::Fault::Unable(what) = fault {
            self.breach(Rule::BeyondTheSimulator, format!("the simulator cannot do {what}"));
        }
    }

    fn note(&mut self, direction: Direction, bytes: &[u8]) {
        if let Some(trace) = &mut self.trace {
            trace(self.now, direction, bytes);
        }
    }

    fn pump_sockets(&mut self) -> bool {
        if self.model.is_ublox() { self.ublox_pump() } else { self.sequans_pump() }
    }

    fn sockets_due(&self) -> Option<Duration> {
        if self.model.is_ublox() { self.ublox_due() } else { self.sequans_due() }
    }

    pub(crate) fn drop_sockets(&mut self) {
        for handle in self.ublox.drop_all().into_iter().chain(self.sequans.drop_all()) {
            self.net.abort(handle);
        }
    }

    /// Bytes that the TCP send queue holds (SARA/LEXI internet applications §5.3.3).
    pub(crate) fn queue_limit(&self) -> usize {
        self.options.tx_queue_limit.unwrap_or(self.model.ublox().map_or(8192, |traits| traits.queue))
    }

    pub(crate) fn in_online_mode(&self) -> Option<u8> {
        match self.terminal.exec.data_mode() {
            Some(DataMode::Socket(id)) => Some(id),
            Some(DataMode::Dialup) | None => None,
        }
    }
}
