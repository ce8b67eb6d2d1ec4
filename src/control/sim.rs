//! The SIM card: its PIN, and how often it may be guessed.

use super::Control;
use super::turn::Lines;
use crate::at::{CommandWriter, Params};
use crate::dialect::{SimState, Step};
use crate::error::{CmeCode, Error};
use crate::time::Duration;

/// The longest that a SIM card takes.
const CARD: Duration = Duration::from_secs(30);

const STATE: Step = Step::new("+CPIN?").lines("+CPIN|CPIN", true);
const TRIES: Step = Step::new("tries").lines("+CPINR|+UPINCNT", false);
const PIN: Step = Step::new("+CPIN=…").lines("", false).timeout(CARD);
const CHANGE: Step = Step::new("+CPWD=\"SC\",…").lines("", false).timeout(CARD);
const LOCK: Step = Step::new("+CLCK=\"SC\",…").lines("+CLCK", false).timeout(CARD);

/// How often PIN and PUK may still be given wrongly. The PUK's tries do not come back: a card without is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Tries {
    /// Of the PIN.
    pub pin: u8,
    /// Of the PUK.
    pub puk: u8,
}

/// Digits as a SIM card takes them (3GPP TS 31.101 §9.3).
fn checked(digits: &str, count: core::ops::RangeInclusive<usize>) -> Result<&[u8], Error> {
    let fits = count.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if fits { Ok(digits.as_bytes()) } else { Err(Error::InvalidInput) }
}

/// A command with digits between quotes and commas.
fn with(command: &str, digits: &[&[u8]], w: &mut CommandWriter<'_>) {
    w.text(command);
    for (index, digits) in digits.iter().enumerate() {
        w.text(if index > 0 { "," } else { "" }).quoted(digits);
    }
}

impl Control<'_> {
    /// The state of the SIM card (`+CPIN?`, 3GPP TS 27.007 §8.3).
    ///
    /// # Errors
    /// [`Error::NoSim`]; as for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn sim_state(&self) -> Result<SimState, Error> {
        // RYZ014 use cases §2.1.2.6 print it without the plus, too.
        let read = |lines: Lines<'_>| {
            let line = lines.iter().next()?;
            let colon = line.iter().position(|&b| b == b':')?;
            Some(SimState::parse(Params::new(line.get(colon + 1..)?).text()?))
        };
        match self.ask(&STATE, &|w| _ = w.text("+CPIN?"), read).await {
            Err(Error::Modem(CmeCode::SIM_NOT_INSERTED)) => Err(Error::NoSim),
            Err(Error::Modem(CmeCode::SIM_PIN_REQUIRED)) => Ok(SimState::Pin),
            Err(Error::Modem(CmeCode::SIM_PUK_REQUIRED)) => Ok(SimState::Puk),
            result => result,
        }
    }

    /// How often PIN and PUK may still be given wrongly: `+CPINR` (Cassiopeia use cases §1.1.2), `+UPINCNT` on
    /// u-blox (AT commands manuals).
    ///
    /// # Errors
    /// As for [`imsi`](Self::imsi).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn pin_tries(&self) -> Result<Tries, Error> {
        let sequans = self.is_sequans();
        let command = if sequans { "+CPINR" } else { "+UPINCNT" };
        self.ask(&TRIES, &|w| _ = w.text(command), |lines| {
            if !sequans {
                let mut params = lines.first("+UPINCNT")?;
                let (pin, _, puk) = (params.byte()?, params.byte()?, params.byte()?);
                return Some(Tries { pin, puk });
            }
            let of = |name: &[u8]| {
                lines
                    .all("+CPINR")
                    .find_map(|mut params| (params.text()? == name).then(|| params.byte()).flatten())
            };
            Some(Tries { pin: of(b"SIM PIN")?, puk: of(b"SIM PUK")? })
        })
        .await
    }

    /// Gives the SIM card its PIN (`+CPIN`), as [`Config::pin`](crate::Config::pin) does by itself. This is the
    /// explicit call that may also spend the last try.
    ///
    /// ```no_run
    /// # async fn example(control: cellular_nal::asynch::Control<'_>) -> Result<(), cellular_nal::Error> {
    /// if control.pin_tries().await?.pin > 1 {
    ///     control.enter_pin("1234").await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidInput`] unless it has four to eight digits; [`Error::WrongPin`];
    /// [`Error::PukRequired`] when that was the last try, or there is none.
    ///
    /// # Cancel safety
    /// The card may have been given the PIN; ask for [`pin_tries`](Self::pin_tries).
    pub async fn enter_pin(&self, pin: &str) -> Result<(), Error> {
        let pin = checked(pin, 4..=8)?;
        let result = self.tell(&PIN, &|w| with("+CPIN=", &[pin], w)).await;
        self.of_card(result).await
    }

    /// Unblocks a SIM card with its PUK, and gives it a new PIN (`+CPIN="<puk>","<new pin>"`, Cassiopeia use
    /// cases §1.1.2).
    ///
    /// # Errors
    /// [`Error::InvalidInput`] unless the PUK has eight digits and the PIN four to eight;
    /// [`Error::PukRequired`] when the PUK is not the right one.
    ///
    /// # Cancel safety
    /// As for [`enter_pin`](Self::enter_pin).
    pub async fn unblock_pin(&self, puk: &str, pin: &str) -> Result<(), Error> {
        let (puk, pin) = (checked(puk, 8..=8)?, checked(pin, 4..=8)?);
        let result = self.tell(&PIN, &|w| with("+CPIN=", &[puk, pin], w)).await;
        self.of_card(result).await
    }

    /// Changes the PIN, while the card asks for one at each start (`+CPWD="SC"`, Cassiopeia use cases §1.1.2).
    ///
    /// # Errors
    /// As for [`enter_pin`](Self::enter_pin); a wrong one costs a try.
    ///
    /// # Cancel safety
    /// As for [`enter_pin`](Self::enter_pin).
    pub async fn change_pin(&self, old: &str, new: &str) -> Result<(), Error> {
        let (old, new) = (checked(old, 4..=8)?, checked(new, 4..=8)?);
        let result = self.tell(&CHANGE, &|w| with("+CPWD=\"SC\",", &[old, new], w)).await;
        self.of_card(result).await
    }

    /// Makes the SIM card ask for its PIN at each start, or no more (`+CLCK="SC"`, RYZ014 use cases §2.1.2.4).
    ///
    /// # Errors
    /// As for [`enter_pin`](Self::enter_pin); a wrong one costs a try.
    ///
    /// # Cancel safety
    /// As for [`enter_pin`](Self::enter_pin).
    pub async fn lock_sim(&self, lock: bool, pin: &str) -> Result<(), Error> {
        let pin = checked(pin, 4..=8)?;
        let command = if lock { "+CLCK=\"SC\",1," } else { "+CLCK=\"SC\",0," };
        let result = self.tell(&LOCK, &|w| with(command, &[pin], w)).await;
        self.of_card(result).await
    }

    /// Whether the SIM card asks for its PIN at each start.
    ///
    /// # Errors
    /// As for [`imsi`](Self::imsi).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn sim_is_locked(&self) -> Result<bool, Error> {
        let locked = |lines: Lines<'_>| Some(lines.first("+CLCK")?.byte()? != 0);
        self.ask(&LOCK, &|w| _ = w.text("+CLCK=\"SC\",2"), locked).await
    }

    /// What the card's answer to a PIN or PUK means. Many modems say no more than ERROR.
    async fn of_card(&self, result: Result<(), Error>) -> Result<(), Error> {
        match result {
            Ok(()) => {
                // The link may have waited for this.
                super::borrow(self.engine).core.look_at_sim();
                Ok(())
            }
            Err(Error::Modem(
                CmeCode::INCORRECT_PASSWORD
                | CmeCode::UNKNOWN
                | CmeCode::NOT_ALLOWED
                | CmeCode::SIM_PUK_REQUIRED
                | CmeCode::SIM_PIN_REQUIRED,
            )) => Err(match self.sim_state().await {
                Ok(SimState::Puk) => Error::PukRequired,
                _ => Error::WrongPin,
            }),
            other => other,
        }
    }
}
