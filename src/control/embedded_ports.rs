//! Ports that a modem keeps for its own clients beside a data connection.

use core::ops::RangeInclusive;

use super::Control;
use super::turn::{Lines, Turn};
use crate::at::Params;
use crate::dialect::Step;
use crate::error::Error;

const FILTER: Step = Step::new("+UEMBPF").lines("+UEMBPF", false);

impl Control<'_> {
    /// The ports from which the modem's own clients send while there is a data connection (LwM2M, SIM updates; and, on
    /// these modems, its sockets), where it has such a range. What comes to one of these ports stays with the modem: a
    /// socket of the IP stack here that has it hears nothing. Sockets whose port nobody has chosen get others.
    ///
    /// `+UEMBPF?` (SARA/LEXI internet applications §4.3); "9999-19999" by the factory on SARA-R42 01B and LEXI-R422.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on SARA-R5, LENA-R8 and Sequans modems, before anything is sent; the modem's own; as
    /// for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn embedded_ports(&self) -> Result<Option<RangeInclusive<u16>>, Error> {
        self.has_embedded_ports()?;
        self.turn().embedded_ports().await
    }

    /// Has the modem's own clients send from these ports, so that all others are for sockets of the IP stack here:
    /// say this before a socket is bound to one of the factory's. u-blox advises 50 ports at least. They are kept in the
    /// modem, and written where they are not set yet; returns whether they had to be. Then the modem restarts:
    /// connections die, and the link comes back by itself.
    ///
    /// ```no_run
    /// # use cellular_nal::{Error, control::Control};
    /// # async fn example(control: Control<'_>) -> Result<(), Error> {
    /// control.set_embedded_ports(6000..=6050).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for port 0 or no port; as for [`embedded_ports`](Self::embedded_ports).
    ///
    /// # Cancel safety
    /// They are set, or not; perhaps without the restart that makes them count.
    pub async fn set_embedded_ports(&self, ports: RangeInclusive<u16>) -> Result<bool, Error> {
        self.has_embedded_ports()?;
        let (first, last) = (*ports.start(), *ports.end());
        if first == 0 || ports.is_empty() {
            return Err(Error::InvalidInput);
        }
        let mut turn = self.turn();
        if turn.embedded_ports().await? == Some(ports) {
            return Ok(false);
        }
        turn.tell(&FILTER, &|w| {
            w.text("+UEMBPF=1,\"").number(first.into()).text("-").number(last.into()).text("\"");
        })
        .await?;
        turn.restart().await?;
        Ok(true)
    }

    fn has_embedded_ports(&self) -> Result<(), Error> {
        if self.services()?.embedded_ports { Ok(()) } else { Err(Error::Unsupported) }
    }
}

impl Turn<'_> {
    async fn embedded_ports(&mut self) -> Result<Option<RangeInclusive<u16>>, Error> {
        self.ask(&FILTER, &|w| _ = w.text("+UEMBPF?"), |lines: Lines<'_>| read(lines.first("+UEMBPF")?)).await
    }
}

/// `<mode>[,"<first>-<last>"]`. How the factory's empty range is told is not documented.
fn read(mut params: Params<'_>) -> Option<Option<RangeInclusive<u16>>> {
    let is_on = params.byte()? != 0;
    let range = core::str::from_utf8(params.text().unwrap_or_default()).ok()?.trim();
    if !is_on || range.is_empty() {
        return Some(None);
    }
    let (first, last) = range.split_once('-')?;
    Some(Some(first.trim().parse().ok()?..=last.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_in_every_form() {
        let read = |text: &str| read(Params::new(text.as_bytes()));
        assert_eq!(read("1,\"6000-6200\""), Some(Some(6000..=6200)));
        assert_eq!(read("1, \"6000 - 6200\""), Some(Some(6000..=6200)));
        for none in ["0", "0,\"\"", "0,\"6000-6200\"", "1", "1,\"\""] {
            assert_eq!(read(none), Some(None), "{none}");
        }
        for broken in ["", "x", "1,\"6000\"", "1,\"-\"", "1,\"6000-70000\""] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }
}
