//! Where messages are kept.

use super::{Message, Sms, named};
use crate::at::Params;
use crate::control::turn::Lines;
use crate::dialect::Step;
use crate::error::Error;
use crate::time::Duration;

pub(super) const STORE: Step = Step::new("+CPMS").lines("+CPMS", false).timeout(Duration::from_secs(30));

/// A store of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Store {
    /// In the modem.
    Modem,
    /// In the SIM card.
    Sim,
}

/// How full a store is, in messages; of a long one each part counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Usage {
    /// How many there are.
    pub used: u16,
    /// How many there can be. When there are so many, the network keeps further ones back.
    pub total: u16,
}

impl Usage {
    pub(super) fn parse(params: &mut Params<'_>) -> Option<Self> {
        Some(Self { used: params.word()?, total: params.word()? })
    }
}

impl Sms<'_> {
    /// How full the store is from which messages are read (`+CPMS?`, RYZ014 use cases §7.3.2.1).
    ///
    /// # Errors
    /// [`Error::NoSim`] and others of the card; as for [`Control::imei`](crate::control::Control::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn store(&self) -> Result<Usage, Error> {
        let read = |lines: Lines<'_>| {
            let mut params = lines.first("+CPMS")?;
            params.raw()?;
            Usage::parse(&mut params)
        };
        named(self.control.ask(&STORE, &|w| _ = w.text("+CPMS?"), read).await)
    }

    /// From now on messages are read from this store, and those that come in are kept there. Without this the modem
    /// has its own choice, and it may come back to that when it starts anew.
    ///
    /// RYZ014 use cases §7.3.2.2 show what happens otherwise: one store for what comes in and another to read from.
    ///
    /// # Errors
    /// As for [`store`](Self::store).
    ///
    /// # Cancel safety
    /// It may be set all the same.
    pub async fn use_store(&self, store: Store) -> Result<Usage, Error> {
        let name: &[u8] = match store {
            Store::Modem => b"ME",
            Store::Sim => b"SM",
        };
        let write = |w: &mut crate::at::CommandWriter<'_>| {
            w.text("+CPMS=").quoted(name).text(",").quoted(name).text(",").quoted(name);
        };
        named(self.control.ask(&STORE, &write, |lines| Usage::parse(&mut lines.first("+CPMS")?)).await)
    }

    /// Reads the first message of the store whose index is `from` or higher, and returns that index; `None` where
    /// there is none. One that cannot be told in text mode, or is damaged, is an error: [`read`](Self::read) says of
    /// which index.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    ///
    /// # Cancel safety
    /// It stays in the store.
    pub async fn next(&self, from: u16, message: &mut Message) -> Result<Option<u16>, Error> {
        let usage = self.store().await?;
        if usage.used > 0 {
            // The document has messages at index 0, and at 20 of 20 (RYZ014 use cases §7.2.2.2, §7.3.2.3).
            for index in from..=usage.total {
                if self.read(index, message).await? {
                    return Ok(Some(index));
                }
            }
        }
        Ok(None)
    }
}
