//! What the user sets.

use heapless::String;

use super::PowerSaving;
use crate::at::is_quotable;
use crate::error::Error;
use crate::time::Duration;

/// Settings of the link. The defaults suit a SIM card without PIN and a network that gives the APN.
///
/// ```
/// use cellular_nal::{Config, Duration};
/// # fn main() -> Result<(), cellular_nal::Error> {
/// let config = Config::new()
///     .apn("iot.example")?
///     .pin("1234")?
///     .registration_timeout(Duration::from_secs(300));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Config {
    pub(crate) apn: String<100>,
    pub(crate) pin: String<8>,
    pub(crate) cid: u8,
    pub(crate) baud: u32,
    pub(crate) registration_timeout: Duration,
    pub(crate) power_saving: Option<PowerSaving>,
    pub(crate) uart_sleep: Option<UartSleep>,
    pub(crate) fixed_baud: Option<u32>,
}

impl Config {
    /// No PIN, the network's APN, context 1, 115200 bit/s, three minutes for the registration.
    pub const fn new() -> Self {
        Self {
            apn: String::new(),
            pin: String::new(),
            cid: 1,
            baud: 115_200,
            registration_timeout: Duration::from_secs(180),
            power_saving: None,
            uart_sleep: None,
            fixed_baud: None,
        }
    }

    /// The access point name; empty leaves the choice to modem and network.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] when it is longer than 100 characters or holds a space, a comma, a
    /// quote, a backslash or anything that is not printable ASCII.
    pub fn apn(mut self, apn: &str) -> Result<Self, Error> {
        let fits = |b: u8| is_quotable(b) && b != b' ' && b != b',';
        if !apn.bytes().all(fits) {
            return Err(Error::InvalidInput);
        }
        self.apn = String::try_from(apn).map_err(|_| Error::InvalidInput)?;
        Ok(self)
    }

    /// The PIN of the SIM card. It is given to the card once; a refused PIN is never tried again.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] unless it has four to eight digits (3GPP TS 31.101 §9.3).
    pub fn pin(mut self, pin: &str) -> Result<Self, Error> {
        if !(4..=8).contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::InvalidInput);
        }
        self.pin = String::try_from(pin).map_err(|_| Error::InvalidInput)?;
        Ok(self)
    }

    /// The context identifier; 1 but for some operators (Verizon: 3).
    #[must_use]
    pub fn context(mut self, cid: u8) -> Self {
        self.cid = cid;
        self
    }

    /// The bit rate that the serial port is opened with. When the modem does not answer at it,
    /// others are tried.
    #[must_use]
    pub fn baud(mut self, baud: u32) -> Self {
        self.baud = baud;
        self
    }

    /// How long registration may take before waiting users get [`Error::NotRegistered`].
    /// The search goes on afterwards.
    #[must_use]
    pub fn registration_timeout(mut self, timeout: Duration) -> Self {
        self.registration_timeout = timeout;
        self
    }

    /// Asks the network for power saving mode; see [`Status::granted_power_saving`](crate::Status) for what it
    /// grants, and `Control::sleep` for how to let the modem rest. Without this call the modem keeps what it has
    /// been told some time: it remembers.
    #[must_use]
    pub fn power_saving(mut self, saving: PowerSaving) -> Self {
        self.power_saving = Some(saving);
        self
    }

    /// How the modem's serial port may sleep. Where the model has no such setting nothing changes. Without this call
    /// the modem keeps the one that it has.
    ///
    /// With [`UartSleep::Timeout`] a byte gets lost in front of each command after a pause; PPP and raw pipes have no
    /// such bytes, and want another setting.
    #[must_use]
    pub fn uart_sleep(mut self, sleep: UartSleep) -> Self {
        self.uart_sleep = Some(sleep);
        self
    }

    /// A bit rate that the modem is set to (`+IPR`) once it answers; the serial port follows, so it must be one whose
    /// rate can be changed. When the modem does not answer at this rate, it is searched for at others, and not told again
    /// before its next start.
    #[must_use]
    pub fn fixed_baud(mut self, baud: u32) -> Self {
        self.fixed_baud = Some(baud);
        self
    }
}

/// When a modem's serial port may sleep (LENA-R8 application development §5.6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum UartSleep {
    /// Never.
    Off,
    /// After some seconds without a byte; the next byte wakes it, and is lost. u-blox only.
    Timeout,
    /// While RTS is inactive. It is [`Pin::Rts`](crate::Pin) where that is wired; otherwise the serial port's flow control
    /// has it.
    Rts,
    /// While DTR is inactive: [`Pin::Dtr`](crate::Pin). u-blox but SARA-R42 only.
    Dtr,
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for Config {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Config")
            .field("apn", &self.apn)
            .field("pin", &if self.pin.is_empty() { "none" } else { "***" })
            .field("cid", &self.cid)
            .field("baud", &self.baud)
            .field("registration_timeout", &self.registration_timeout)
            .field("power_saving", &self.power_saving)
            .field("uart_sleep", &self.uart_sleep)
            .field("fixed_baud", &self.fixed_baud)
            .finish()
    }
}
