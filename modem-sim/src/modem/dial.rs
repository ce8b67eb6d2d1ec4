//! Dial-up connections: `ATD*99***<cid>#`, `+CGDATA`, `ATO`, `ATH` (3GPP TS 27.007 §10.1.12, §10.2.1;
//! SARA/LEXI internet applications §4, LENA-R8 application development §5.8).

use std::net::Ipv4Addr;
use std::time::Duration;

use super::exec::{DataMode, Exec};
use super::general::ok;
use super::{Modem, Power, Step};
use crate::breach::Rule;
use crate::command::{Command, Form};
use crate::dialup::{Dialup, DialupEnd};
use crate::gateway::{Plan, PlanV6};
use crate::options::DialFailure;
use crate::ppp::Settings;
use crate::reply::{BAD_PARAMETERS, Final, NOT_ALLOWED};

/// So many bytes for the host may be on their way in the modem.
const QUEUE: usize = 2048;

/// How fast the line takes what the modem prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// As the modem's own speed says.
    Own,
    /// This, in bits per second; `None` is at once.
    Line(Option<u32>),
}

/// The modem's end of the line: frames are made no faster than it takes them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uart {
    pub(super) pace: Pace,
    /// When all that was printed has left.
    free: Duration,
}

impl Uart {
    pub(super) fn new() -> Self {
        Uart { pace: Pace::Own, free: Duration::ZERO }
    }

    fn byte_time(self, own: u32) -> Duration {
        let baud = match self.pace {
            Pace::Own => own,
            Pace::Line(None) => return Duration::ZERO,
            Pace::Line(Some(baud)) => baud,
        };
        Duration::from_nanos(10_000_000_000 / u64::from(baud.max(1)))
    }

    pub(super) fn print(&mut self, now: Duration, own: u32, count: usize) {
        self.free = self.free.max(now) + self.byte_time(own) * count as u32;
    }

    /// Bytes that may be printed now.
    fn room(self, now: Duration, own: u32) -> usize {
        let time = self.byte_time(own);
        if time.is_zero() {
            return 8 * QUEUE;
        }
        let waiting = self.free.saturating_sub(now).as_nanos() / time.as_nanos().max(1);
        QUEUE.saturating_sub(waiting as usize)
    }

    /// When half of the room is there again.
    fn ready(self, own: u32) -> Duration {
        self.free.saturating_sub(self.byte_time(own) * (QUEUE / 2) as u32)
    }
}

/// A dial-up connection of the modem.
#[derive(Debug)]
pub(super) struct Call {
    cid: u32,
    /// The interface on which it was dialled.
    channel: u8,
    /// The dial has activated the context, and the end deactivates it.
    activated: bool,
    dialup: Dialup,
}

impl Modem {
    /// The line takes what the modem prints at this speed, or at once; without this call it is the modem's
    /// own. A dial-up connection makes its frames no faster.
    pub fn set_line_speed(&mut self, baud: Option<u32>) {
        self.uart.pace = Pace::Line(baud);
    }

    /// There is a dial-up connection, in data mode or not.
    pub fn is_dialed(&self) -> bool {
        self.call.is_some()
    }

    /// Shows every IP packet of dial-up connections to `sink`.
    pub fn capture(&mut self, sink: crate::Trace) {
        self.captured = Some(sink);
        if let Some(call) = &mut self.call {
            call.dialup.keep_packets();
        }
    }

    /// Commands of this chapter; `None` when this is not one.
    pub(super) fn dial_command(&mut self, command: &Command) -> Option<Result<Step, Final>> {
        Some(match command.name.as_str() {
            "D" => self.dial(command),
            "+CGDATA" => self.cgdata(command),
            "O" => self.resume(command),
            "H" => self.hang_up(),
            "+CVHU" => self.cvhu(command),
            "+UAUTHREQ" if self.model.is_ublox() => self.uauthreq(command),
            "&D" => self.circuit_108(command),
            _ => return None,
        })
    }

    /// `AT&D<value>`: circuit 108/2, which is DTR (ITU-T V.250 §6.2.9).
    fn circuit_108(&mut self, command: &Command) -> Result<Step, Final> {
        if !matches!(command.form, Form::Action | Form::Set) {
            return Err(Final::Error);
        }
        self.terminal.dtr_drop = Some(command.within_or(0, 0, 2, 0)?);
        Ok(ok())
    }

    /// DTR has gone off. With `&D1` the connection is left as by `+++`, with `&D2` it ends (ITU-T V.250 §6.2.9,
    /// SARA/LEXI internet applications §4.2, LENA-R8 application development §5.8.2). 1 is the default of SARA-R4; that of
    /// the other u-blox modules is inferred from it, and that of Sequans modules from related ones.
    pub(super) fn dtr_drops(&mut self) {
        let online = self.terminal.exec.data_mode() == Some(DataMode::Dialup);
        // "When using MUX and PPP combined, toggling the DTR line does not terminate the PPP session".
        if self.power != Power::Up || self.multiplexer.is_some() || !self.call_is_here() {
            return;
        }
        match self.terminal.dtr_drop.unwrap_or(u32::from(self.model.is_ublox())) {
            1 if online => self.print_final(Final::Ok),
            2 => {
                self.drop_call();
                if online {
                    self.print_final(Final::NoCarrier);
                } else {
                    self.urc("NO CARRIER");
                }
            }
            _ => {}
        }
    }

    /// `D*99[*[<called_address>][*[<L2P>][*[<cid>]]]]#` (3GPP TS 27.007 §10.2.1.1).
    fn dial(&mut self, command: &Command) -> Result<Step, Final> {
        let typed = command.args.first().map(|arg| arg.raw.as_slice()).unwrap_or_default();
        let cid = called_context(typed, self.first_context());
        self.open_call(cid).map_err(|_| match self.options.dialup.failure {
            DialFailure::NoCarrier => Final::NoCarrier,
            DialFailure::Error => NOT_ALLOWED,
        })
    }

    /// `AT+CGDATA="PPP",<cid>`.
    fn cgdata(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Test => {
                self.info("+CGDATA: (\"PPP\")");
                return Ok(ok());
            }
            Form::Set => {}
            Form::Read | Form::Action => return Err(Final::Error),
        }
        if !command.text(0)?.eq_ignore_ascii_case("PPP") {
            return Err(BAD_PARAMETERS);
        }
        let cid = match command.arg(1) {
            Some(_) => self.cid(command, 1)?,
            None => self.first_context(),
        };
        self.open_call(Some(cid))
    }

    /// The context of a dial that names none.
    fn first_context(&self) -> u32 {
        self.default_cid().max(1)
    }

    fn open_call(&mut self, cid: Option<u32>) -> Result<Step, Final> {
        let cid = cid.ok_or(BAD_PARAMETERS)?;
        if !self.attached() {
            return Err(Final::Cme(30));
        }
        if self.call.is_some() {
            return Err(NOT_ALLOWED);
        }
        let needs = self.model.ublox().is_some_and(|traits| traits.dial_needs_credentials);
        if self.options.dialup.needs_credentials.unwrap_or(needs) && !self.settings.credentials.contains(&cid)
        {
            return Err(NOT_ALLOWED);
        }
        // "If a PDN connection is not active on the specific CID, it will be activated" (SARA/LEXI internet
        // applications §4, LENA-R8 application development §5.8).
        let activated = self.activate(cid)?;
        if !self.ublox.open().is_empty() {
            self.watch_sharing(cid);
        }
        let (settings, plan) = self.plan(cid);
        let mut dialup = Dialup::new(self.now, settings, plan, self.options.dialup.silent_after);
        if self.captured.is_some() {
            dialup.keep_packets();
        }
        self.net.network().take_strays(true);
        self.call = Some(Call { cid, channel: self.channel, activated, dialup });
        Ok(Final::Dialed.into())
    }

    /// The context of a dial-up connection while there are sockets.
    fn watch_sharing(&mut self, cid: u32) {
        let shares = self.model.ublox().is_none_or(|traits| traits.shares_contexts);
        if !shares && self.data_context() == Some(cid) {
            self.breach(Rule::SharedContext, format!("dial-up and sockets use context {cid}"));
        }
    }

    /// There is a socket more.
    pub(crate) fn watch_call(&mut self) {
        if let Some(call) = &self.call {
            self.watch_sharing(call.cid);
        }
    }

    /// SARA/LEXI internet applications §4.1.1: the host has 192.168.<200 + cid>.1, the module .2.
    fn plan(&self, cid: u32) -> (Settings, Plan) {
        let options = &self.options.dialup;
        let own = self.model.ublox().is_none_or(|traits| traits.bridge);
        let private = |last| Ipv4Addr::new(192, 168, 200_u8.wrapping_add(cid as u8), last);
        let (host, modem) = if options.bridge.unwrap_or(own) {
            (self.address_of(cid), Ipv4Addr::new(10, 64, 64, 64))
        } else {
            (private(1), private(2))
        };
        let settings = Settings::new(options, host, modem);
        let ipv6 = PlanV6 { prefix: options.ipv6_prefix, dns: options.ipv6_dns, mtu: options.ipv6_mtu };
        let reserved = self.settings.ports.in_force();
        (settings, Plan { modem, dns: options.dns, ipv6: options.ipv6.then_some(ipv6), reserved })
    }

    /// `ATO`: back to data mode.
    fn resume(&mut self, command: &Command) -> Result<Step, Final> {
        command.within_or(0, 0, 1, 0)?;
        let call = self.call.as_ref().filter(|_| self.call_is_here()).ok_or(Final::NoCarrier)?;
        // "An explicit activation of PDP context is needed to guarantee a correct management of data
        // communication channel resuming" (LENA-R8 application development §5.8.2).
        if call.activated && self.model.ublox().is_some_and(|traits| traits.resume_needs_activation) {
            self.drop_call();
            return Err(Final::NoCarrier);
        }
        Ok(Final::Dialed.into())
    }

    /// `ATH`. With `+CVHU=1` it is "ignored but OK response given" (3GPP TS 27.007 §6.20).
    fn hang_up(&mut self) -> Result<Step, Final> {
        if self.settings.hangs_up && self.call_is_here() {
            self.drop_call();
        }
        Ok(ok())
    }

    fn cvhu(&mut self, command: &Command) -> Result<Step, Final> {
        match command.form {
            Form::Read => self.info(format!("+CVHU: {}", u8::from(!self.settings.hangs_up))),
            Form::Test => self.info("+CVHU: (0-2)"),
            Form::Set | Form::Action => self.settings.hangs_up = command.within_or(0, 0, 2, 0)? != 1,
        }
        Ok(ok())
    }

    /// `AT+UAUTHREQ=<cid>,<type>[,…]`: that there are some is all that is kept. LENA-R8 has user name and
    /// password in this order, the others the other way round (LENA-R8 application development §13.1).
    fn uauthreq(&mut self, command: &Command) -> Result<Step, Final> {
        if command.form != Form::Set {
            return Ok(ok());
        }
        let cid = self.cid(command, 0)?;
        let kind = command.within(1, 0, 3)?;
        self.settings.credentials.retain(|known| *known != cid);
        if kind != 0 {
            command.text(2)?;
            command.text(3)?;
            self.settings.credentials.push(cid);
        }
        Ok(ok())
    }

    /// The connection was dialled on the interface that is being served.
    pub(super) fn call_is_here(&self) -> bool {
        self.call.as_ref().is_some_and(|call| call.channel == self.channel)
    }

    /// The connection is gone at once.
    pub(super) fn drop_call(&mut self) {
        if let Some(mut call) = self.call.take() {
            call.dialup.abandon(self.net.network());
            self.net.network().take_strays(false);
            if call.activated {
                self.deactivate(call.cid);
            }
        }
    }

    /// The network has taken the context of the connection away.
    pub(crate) fn carrier_lost(&mut self, context: Option<u32>) {
        let Some(call) = self.call.as_ref().filter(|call| context.is_none_or(|cid| cid == call.cid)) else {
            return;
        };
        // The command that has brought it about may be on another channel.
        let here = self.channel;
        self.serve(call.channel);
        self.end_carrier(here);
        self.serve(here);
    }

    fn end_carrier(&mut self, here: u8) {
        if self.terminal.exec.data_mode() != Some(DataMode::Dialup) {
            self.drop_call();
            if self.channel == here {
                self.urc("NO CARRIER");
            } else {
                self.terminal.urcs.push_back(b"NO CARRIER".to_vec());
            }
            return;
        }
        match self.options.dialup.end {
            DialupEnd::Terminate => {
                if let Some(call) = &mut self.call {
                    call.dialup.terminate(self.now);
                }
            }
            DialupEnd::NoCarrier => {
                self.drop_call();
                self.print_final(Final::NoCarrier);
            }
            DialupEnd::Silent => {
                self.drop_call();
                self.terminal.exec = Exec::Idle;
            }
        }
    }

    pub(super) fn dialup_data(&mut self, bytes: &[u8]) {
        if let Some(call) = &mut self.call {
            call.dialup.handle_rx(self.now, bytes);
        }
    }

    /// In data mode: what the connection has for the host; true when there was something.
    pub(super) fn pump_call(&mut self) -> bool {
        let online = self.terminal.exec.data_mode() == Some(DataMode::Dialup);
        let Some(call) = self.call.as_mut().filter(|_| online && self.terminal.output() == 0) else {
            return false;
        };
        let room = self.uart.room(self.now, self.settings.baud);
        let bytes = call.dialup.transmit(self.now, self.net.network(), room);
        self.show_packets();
        let any = !bytes.is_empty();
        if any {
            self.raw(&bytes);
        }
        any
    }

    /// The connection has come to its end in data mode.
    pub(super) fn call_is_over(&mut self) -> bool {
        let over = self.call.as_ref().is_none_or(|call| call.dialup.is_over());
        if over {
            self.drop_call();
            self.print_final(Final::NoCarrier);
        }
        over
    }

    /// The host has sent the escape sequence.
    pub(super) fn leave_call(&mut self) {
        if self.options.dialup.escape_ends {
            self.drop_call();
            self.print_final(Final::NoCarrier);
        } else {
            self.print_final(Final::Ok);
        }
    }

    /// In command mode the connection stands still.
    pub(super) fn call_due(&self) -> Option<Duration> {
        let call = self.call.as_ref()?;
        let terminal = self.terminal_at(call.channel)?;
        // Output that waits comes first; a host that has stopped the channel ends that.
        if terminal.exec.data_mode() != Some(DataMode::Dialup) || terminal.output() > 0 {
            return None;
        }
        let due = call.dialup.poll_timeout()?;
        Some(if self.uart.room(self.now, self.settings.baud) == 0 {
            due.max(self.uart.ready(self.settings.baud))
        } else {
            due
        })
    }

    fn show_packets(&mut self) {
        if let (Some(sink), Some(call)) = (&mut self.captured, &mut self.call) {
            call.dialup.packets().iter().for_each(|(at, direction, packet)| sink(*at, *direction, packet));
        }
    }

    /// What stands behind `CONNECT`.
    pub(super) fn connect_text(&self) -> String {
        let own = self.model.ublox().map_or("", |traits| traits.connect_text);
        let text = self.options.dialup.connect_text.as_deref().unwrap_or(own);
        if text.is_empty() { "CONNECT".to_owned() } else { format!("CONNECT {text}") }
    }
}

/// The context of a dialling string; `None` when that is no packet data service.
fn called_context(typed: &[u8], default: u32) -> Option<u32> {
    let text = std::str::from_utf8(typed).ok()?.trim().to_ascii_uppercase();
    let text = text.trim_start_matches(['T', 'P']);
    let mut parts = text.strip_prefix("*99")?.strip_suffix('#')?.split('*');
    if !parts.next()?.is_empty() {
        return None;
    }
    let _address = parts.next();
    if !matches!(parts.next(), None | Some("" | "1" | "PPP")) {
        return None;
    }
    match parts.next() {
        None | Some("") => Some(default),
        Some(cid) => cid.split(',').next()?.parse().ok(),
    }
}
