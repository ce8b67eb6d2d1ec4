//! The slot of the SIM card, where the modem has two.

use super::Control;
use crate::at::CommandWriter;
use crate::dialect::Step;
use crate::error::Error;

const SLOTS: Step = Step::new("+CSUS=?").lines("+CSUS", false);
const SLOT: Step = Step::new("+CSUS?").lines("+CSUS", false);
const SET_SLOT: Step = Step::new("+CSUS=…").lines("", false);

/// Where a SIM card sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SimSlot {
    /// In a holder beside the modem.
    External = 0,
    /// Inside the modem, where one is soldered in.
    Internal = 1,
}

impl Control<'_> {
    /// Which slot the SIM card is read from (`+CSUS?`, RYZ014 use cases §2.1.2.1).
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the modem's document knows of no second slot, before anything is sent; as for
    /// [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn sim_slot(&self) -> Result<SimSlot, Error> {
        self.needs_slots()?;
        let slot = self.ask(&SLOT, &|w| _ = w.text("+CSUS?"), |lines| lines.first("+CSUS")?.byte()).await?;
        match slot {
            0 => Ok(SimSlot::External),
            1 => Ok(SimSlot::Internal),
            _ => Err(Error::UnexpectedAnswer),
        }
    }

    /// Has the SIM card read from this slot, where it is not yet: the choice survives restarts and new firmware.
    /// Returns whether there was something to change; then the radio goes off (`+CSUS` wants `+CFUN=0`), the modem
    /// restarts, connections die, and the link comes back by itself with the other card. A configured PIN is given
    /// to that one.
    ///
    /// ```no_run
    /// # use cellular_nal::{Error, control::{Control, SimSlot}};
    /// # async fn example(control: Control<'_>) -> Result<(), Error> {
    /// if control.set_sim_slot(SimSlot::Internal).await? {
    ///     control.connect().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] also where this modem has the external slot alone (`+CSUS=?`), before anything is
    /// changed; as for [`sim_slot`](Self::sim_slot).
    ///
    /// # Cancel safety
    /// It may be changed without the restart that brings the radio back.
    pub async fn set_sim_slot(&self, slot: SimSlot) -> Result<bool, Error> {
        if self.sim_slot().await? == slot {
            return Ok(false);
        }
        let mut turn = self.turn();
        let slots =
            turn.ask(&SLOTS, &|w| _ = w.text("+CSUS=?"), |lines| lines.first("+CSUS")?.byte()).await?;
        if slots <= slot as u8 {
            return Err(Error::Unsupported);
        }
        turn.radio_off().await?;
        let write = |w: &mut CommandWriter<'_>| _ = w.text("+CSUS=").number(slot as u32);
        let set = turn.tell(&SET_SLOT, &write).await;
        let restart = turn.restart().await;
        set.and(restart).map(|()| true)
    }

    fn needs_slots(&self) -> Result<(), Error> {
        if self.services()?.sim_slots { Ok(()) } else { Err(Error::Unsupported) }
    }
}
