//! Starting the modem anew, and as it came from the factory.

use super::Control;
use crate::dialect::Step;
use crate::error::Error;
use crate::time::Duration;

const FACTORY: Step = Step::new("factory").lines("", false).timeout(Duration::from_secs(120));

impl Control<'_> {
    /// Starts the modem anew: `+CFUN=16` or 15 on u-blox, `AT^RESET` on Sequans modems. Connections die; the link
    /// comes back by itself.
    ///
    /// # Errors
    /// As for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Once the command has left it starts anew.
    pub async fn restart(&self) -> Result<(), Error> {
        self.turn().restart().await
    }

    /// Puts the modem back to what it was in the factory, its files included, and starts it anew:
    /// `+SQNSFACTORYRESET` (RYZ014 use cases §5), `+UFACTORY=2,1` (LENA-R8 application development §6.2).
    /// Messages in a u-blox modem are kept. The bit rate may be another afterwards; it is searched for.
    ///
    /// # Errors
    /// The modem's own: on Sequans modems when the factory has left no point to go back to (RYZ014 use cases
    /// §5.3); as for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// It may be under way without the restart that makes it count.
    pub async fn factory_reset(&self) -> Result<(), Error> {
        let command = if self.is_sequans() { "+SQNSFACTORYRESET" } else { "+UFACTORY=2,1" };
        self.tell(&FACTORY, &|w| _ = w.text(command)).await?;
        self.restart().await
    }
}
