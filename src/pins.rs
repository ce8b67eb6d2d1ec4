//! The pins between host and modem.

use embedded_hal::digital::OutputPin;

use crate::engine::{Pin, PinSet};

/// Sets the pins that the engine asks for. `()` has none of them: then the rungs of the recovery ladder that need
/// one are left out, and nothing is linked for them.
pub trait Pins {
    /// Which there are.
    fn available(&self) -> PinSet;

    /// Sets one of them: active is what its name says, whatever level that is.
    fn set(&mut self, pin: Pin, active: bool);
}

/// No pins.
impl Pins for () {
    fn available(&self) -> PinSet {
        PinSet::NONE
    }

    fn set(&mut self, _: Pin, _: bool) {}
}

impl<P: Pins + ?Sized> Pins for &mut P {
    fn available(&self) -> PinSet {
        (**self).available()
    }

    fn set(&mut self, pin: Pin, active: bool) {
        (**self).set(pin, active);
    }
}

impl core::fmt::Debug for dyn Pins + '_ {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.available().fmt(f)
    }
}

/// The level at which a pin is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Active {
    /// High; so is a pin of the modem that a transistor pulls down.
    High,
    /// Low; so is a pin of the modem that is wired directly, as all of them are active low.
    Low,
}

/// A pin that is not wired.
#[derive(Clone, Copy, Debug)]
pub struct NotWired(());

impl embedded_hal::digital::ErrorType for NotWired {
    type Error = core::convert::Infallible;
}

impl OutputPin for NotWired {
    fn set_low(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// Output pins of embedded-hal, as they are wired to the modem.
///
/// ```
/// use cellular_nal::{Active, Pin, Pins, Wiring};
/// # struct Output;
/// # impl embedded_hal::digital::ErrorType for Output { type Error = core::convert::Infallible; }
/// # impl embedded_hal::digital::OutputPin for Output {
/// #     fn set_low(&mut self) -> Result<(), Self::Error> { Ok(()) }
/// #     fn set_high(&mut self) -> Result<(), Self::Error> { Ok(()) }
/// # }
/// # let (key, reset) = (Output, Output);
/// let pins = Wiring::new().power_key(key, Active::High).reset(reset, Active::Low);
/// assert!(pins.available().has(Pin::Reset) && !pins.available().has(Pin::Dtr));
/// ```
#[derive(Debug)]
pub struct Wiring<K = NotWired, R = NotWired, D = NotWired, W = NotWired> {
    key: Option<Wire<K>>,
    reset: Option<Wire<R>>,
    dtr: Option<Wire<D>>,
    rts: Option<Wire<W>>,
}

#[derive(Debug)]
struct Wire<P> {
    pin: P,
    active: Active,
}

impl Wiring {
    /// Nothing is wired.
    pub const fn new() -> Self {
        Self { key: None, reset: None, dtr: None, rts: None }
    }
}

impl Default for Wiring {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, R, D, W> Wiring<K, R, D, W> {
    /// The power key, which is let go of.
    pub fn power_key<P: OutputPin>(self, pin: P, active: Active) -> Wiring<P, R, D, W> {
        let Self { reset, dtr, rts, .. } = self;
        Wiring { key: Some(Wire::new(pin, active)), reset, dtr, rts }
    }

    /// The reset line, which is let go of.
    pub fn reset<P: OutputPin>(self, pin: P, active: Active) -> Wiring<K, P, D, W> {
        let Self { key, dtr, rts, .. } = self;
        Wiring { key, reset: Some(Wire::new(pin, active)), dtr, rts }
    }

    /// DTR, which the engine holds active but for sleep, and to be heard by a modem whose data connection has gone dead.
    pub fn dtr<P: OutputPin>(self, pin: P, active: Active) -> Wiring<K, R, P, W> {
        let Self { key, reset, rts, .. } = self;
        Wiring { key, reset, dtr: Some(Wire::new(pin, active)), rts }
    }

    /// RTS or a wake line, which the engine holds active but for sleep. RTS that belongs to the serial port's flow control is not
    /// given here.
    pub fn rts<P: OutputPin>(self, pin: P, active: Active) -> Wiring<K, R, D, P> {
        let Self { key, reset, dtr, .. } = self;
        Wiring { key, reset, dtr, rts: Some(Wire::new(pin, active)) }
    }
}

impl<P: OutputPin> Wire<P> {
    fn new(pin: P, active: Active) -> Self {
        let mut wire = Self { pin, active };
        wire.set(false);
        wire
    }

    fn set(&mut self, active: bool) {
        let high = active == (self.active == Active::High);
        if self.pin.set_state(high.into()).is_err() {
            warning!("a pin could not be set");
        }
    }
}

impl<K: OutputPin, R: OutputPin, D: OutputPin, W: OutputPin> Pins for Wiring<K, R, D, W> {
    fn available(&self) -> PinSet {
        [
            self.key.as_ref().map(|_| Pin::PowerKey),
            self.reset.as_ref().map(|_| Pin::Reset),
            self.dtr.as_ref().map(|_| Pin::Dtr),
            self.rts.as_ref().map(|_| Pin::Rts),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn set(&mut self, pin: Pin, active: bool) {
        match pin {
            Pin::PowerKey => _ = self.key.as_mut().map(|wire| wire.set(active)),
            Pin::Reset => _ = self.reset.as_mut().map(|wire| wire.set(active)),
            Pin::Dtr => _ = self.dtr.as_mut().map(|wire| wire.set(active)),
            Pin::Rts => _ = self.rts.as_mut().map(|wire| wire.set(active)),
        }
    }
}
