//! Extended discontinuous reception: how often a modem that rests can be reached.

use super::Control;
use super::turn::Lines;
use crate::at::{CommandWriter, Params};
use crate::dialect::{EdrxCommand, Step};
use crate::error::Error;
use crate::link::{bits, number};
use crate::time::Duration;

const SET: Step = Step::new("eDRX=…").lines("", false);
const REQUESTED: Step = Step::new("eDRX?").lines("+CEDRXS|+SQNEDRX", false);
const GRANTED: Step = Step::new("+CEDRXRDP").lines("+CEDRXRDP", false);

/// Cycles in steps of 5.12 s, each at the place of its code (3GPP TS 24.008 table 10.5.5.32).
const CYCLES: [u16; 16] = [1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 64, 128, 256, 512, 1024, 2048];

/// By which technology a modem is connected, where eDRX is another with each (`<AcT-type>`, 3GPP TS 27.007 §7.40).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum AccessTechnology {
    /// LTE Cat M1, and LTE otherwise (E-UTRAN, WB-S1 mode).
    LteM = 4,
    /// NB-IoT (E-UTRAN, NB-S1 mode).
    NbIot = 5,
}

/// The time from one moment in which the network can reach a resting modem to the next, as it is coded (3GPP TS 24.008
/// §10.5.5.32).
///
/// ```
/// use cellular_nal::Duration;
/// use cellular_nal::control::{AccessTechnology, EdrxCycle};
/// # fn main() -> Result<(), cellular_nal::Error> {
/// // The next cycle that there is.
/// let cycle = EdrxCycle::new(AccessTechnology::LteM, Duration::from_secs(60))?;
/// assert_eq!(cycle.duration(), Duration::from_millis(61_440));
/// // NB-IoT has fewer of them.
/// let cycle = EdrxCycle::new(AccessTechnology::NbIot, Duration::from_secs(60))?;
/// assert_eq!(cycle.duration(), Duration::from_millis(81_920));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct EdrxCycle {
    technology: AccessTechnology,
    code: u8,
}

impl EdrxCycle {
    /// The shortest cycle of this technology that is not shorter than `duration`: 5.12 s to about 44 minutes with
    /// LTE-M, 20.48 s to about 3 hours with NB-IoT.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] where there is none that long.
    pub fn new(technology: AccessTechnology, duration: Duration) -> Result<Self, Error> {
        let mut cycles = (0..16).filter_map(|code| Self::read(technology, code));
        cycles.find(|cycle| cycle.duration() >= duration).ok_or(Error::InvalidInput)
    }

    /// How long it is.
    pub fn duration(self) -> Duration {
        let steps = CYCLES.get(usize::from(self.code)).copied().unwrap_or_default();
        Duration::from_millis(u32::from(steps) * 5120)
    }

    /// The technology that it is for.
    pub const fn technology(self) -> AccessTechnology {
        self.technology
    }

    /// What a code means; `None` where it means that there is no eDRX (notes of 3GPP TS 24.008 table 10.5.5.32).
    const fn read(technology: AccessTechnology, code: u8) -> Option<Self> {
        let code = match (technology, code) {
            (AccessTechnology::LteM, 14 | 15) => 13,
            (AccessTechnology::NbIot, 0 | 1) => return None,
            (AccessTechnology::NbIot, 4 | 6..=8) => 2,
            (_, code) => code,
        };
        Some(Self { technology, code })
    }

    /// The next parameter as a cycle; `None` where there is no such one.
    fn parse(technology: AccessTechnology, params: &mut Params<'_>) -> Option<Self> {
        Self::read(technology, number::<4>(params.text()?)?)
    }

    fn write(self, w: &mut CommandWriter<'_>) {
        w.number(self.technology as u32).text(",").quoted(&bits::<4>(self.code));
    }
}

/// What is known of eDRX with a technology.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Edrx {
    /// What the modem asks the network for. SARA-R5 tells it also while eDRX is switched off (not documented; the
    /// vendor's own driver).
    pub requested: Option<EdrxCycle>,
    /// What the network has granted, while the modem is connected by this technology.
    pub granted: Option<EdrxCycle>,
    /// How long the modem can be reached in each cycle (paging time window), where the network says so.
    pub window: Option<Duration>,
}

impl Control<'_> {
    /// Has the modem ask the network for this cycle of eDRX, or for none with any technology. While the modem rests, it
    /// can be reached only once in a cycle, and needs the less power; data that it sends itself does not wait.
    ///
    /// `+CEDRXS` on u-blox (3GPP TS 27.007 §7.40), `+SQNEDRX` on Sequans modems (not documented at hand; shipping
    /// drivers), which is told a paging time window, too: 2.56 s with LTE-M, 5.12 s with NB-IoT. The network hears of it at
    /// the next attach or tracking area update, and decides: see [`edrx`](Self::edrx). Whether the modem keeps it when
    /// it starts anew is not documented.
    ///
    /// ```no_run
    /// # use cellular_nal::{Duration, Error, control::{AccessTechnology, Control, EdrxCycle}};
    /// # async fn example(control: Control<'_>) -> Result<(), Error> {
    /// let cycle = EdrxCycle::new(AccessTechnology::LteM, Duration::from_secs(80))?;
    /// control.set_edrx(Some(cycle)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] on LENA-R8 and Cassiopeia, whose documents do not know it, before anything is sent;
    /// the modem's own for a technology that it has not; as for [`imei`](Self::imei).
    ///
    /// # Cancel safety
    /// It may be set, or not.
    pub async fn set_edrx(&self, cycle: Option<EdrxCycle>) -> Result<(), Error> {
        let command = self.edrx_command()?;
        let write = |w: &mut CommandWriter<'_>| {
            w.text(name(command)).text(if cycle.is_some() { "=1," } else { "=0" });
            if let Some(cycle) = cycle {
                cycle.write(w);
                w.text(if command == EdrxCommand::Sequans { ",\"0001\"" } else { "" });
            }
        };
        self.tell(&SET, &write).await
    }

    /// What the modem asks the network for with this technology (`+CEDRXS?`, `+SQNEDRX?`), and what the network has
    /// granted (`+CEDRXRDP`, 3GPP TS 27.007 §7.41). A modem that has an error for the second has nothing granted.
    ///
    /// # Errors
    /// As for [`set_edrx`](Self::set_edrx).
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn edrx(&self, technology: AccessTechnology) -> Result<Edrx, Error> {
        let command = self.edrx_command()?;
        let mut turn = self.turn();
        let read = |lines: Lines<'_>| Some(requested(lines, command, technology));
        let requested = turn.ask(&REQUESTED, &|w| _ = w.text(name(command)).text("?"), read).await?;
        let read = |lines: Lines<'_>| Some(granted(lines, technology));
        match turn.ask(&GRANTED, &|w| _ = w.text("+CEDRXRDP"), read).await {
            Ok((granted, window)) => Ok(Edrx { requested, granted, window }),
            Err(Error::Modem(_)) => Ok(Edrx { requested, ..Edrx::default() }),
            Err(error) => Err(error),
        }
    }

    fn edrx_command(&self) -> Result<EdrxCommand, Error> {
        match self.services()?.edrx {
            EdrxCommand::None => Err(Error::Unsupported),
            command => Ok(command),
        }
    }
}

const fn name(command: EdrxCommand) -> &'static str {
    if matches!(command, EdrxCommand::Sequans) { "+SQNEDRX" } else { "+CEDRXS" }
}

/// A line for each technology that is switched on; a bare one on SARA-R4 where none is. `+SQNEDRX` has `<mode>` in front.
fn requested(lines: Lines<'_>, command: EdrxCommand, technology: AccessTechnology) -> Option<EdrxCycle> {
    lines.all(name(command)).find_map(|mut params| {
        let is_on = command != EdrxCommand::Sequans || matches!(params.byte(), Some(1 | 2));
        let mine = params.byte()? == technology as u8;
        (is_on && mine).then(|| EdrxCycle::parse(technology, &mut params)).flatten()
    })
}

/// The cycle, and the paging time window in steps of 1.28 s or 2.56 s (3GPP TS 24.008 §10.5.5.32). In front stands 0 where
/// eDRX is not used.
fn granted(lines: Lines<'_>, technology: AccessTechnology) -> (Option<EdrxCycle>, Option<Duration>) {
    let read = |mut params: Params<'_>| {
        let mine = params.byte()? == technology as u8;
        params.raw()?;
        let cycle = EdrxCycle::parse(technology, &mut params).filter(|_| mine)?;
        let step = if technology == AccessTechnology::NbIot { 2560 } else { 1280 };
        let window = params.text().and_then(number::<4>);
        Some((cycle, window.map(|window| Duration::from_millis(step * (u32::from(window) + 1)))))
    };
    lines.all("+CEDRXRDP").find_map(read).map_or((None, None), |(cycle, window)| (Some(cycle), window))
}

#[cfg(test)]
mod tests {
    use super::AccessTechnology::{LteM, NbIot};
    use super::*;

    fn of(technology: AccessTechnology, code: u8) -> Option<EdrxCycle> {
        EdrxCycle::read(technology, code)
    }

    #[test]
    fn cycles_are_rounded_up_to_the_next_of_their_technology() {
        for (technology, millis, code) in [
            (LteM, 0, 0),
            (LteM, 5120, 0),
            (LteM, 5121, 1),
            (LteM, 100_000, 6),
            (LteM, 2_621_440, 13),
            (NbIot, 0, 2),
            (NbIot, 50_000, 5),
            (NbIot, 90_000, 9),
            (NbIot, 10_485_760, 15),
        ] {
            let cycle = EdrxCycle::new(technology, Duration::from_millis(millis));
            assert_eq!(cycle.ok(), of(technology, code), "{technology:?}, {millis}");
        }
        for (technology, millis) in [(LteM, 2_621_441), (NbIot, 10_485_761)] {
            let cycle = EdrxCycle::new(technology, Duration::from_millis(millis));
            assert_eq!(cycle, Err(Error::InvalidInput), "{technology:?}");
        }
    }

    #[test]
    fn every_cycle_is_written_as_it_is_read() {
        for technology in [LteM, NbIot] {
            for cycle in (0..16).filter_map(|code| of(technology, code)) {
                let mut buffer = [0; 16];
                let mut writer = CommandWriter::new(&mut buffer);
                cycle.write(&mut writer);
                let len = writer.finish().unwrap();
                let mut params = Params::new(&buffer[2..len - 1]);
                assert_eq!(params.byte(), Some(technology as u8));
                assert_eq!(EdrxCycle::parse(technology, &mut params), Some(cycle));
                assert_eq!(EdrxCycle::new(technology, cycle.duration()), Ok(cycle));
            }
        }
    }

    #[test]
    fn answers_in_every_form_are_understood() {
        let asked = |lines: &str, technology| {
            let command = if lines.contains("SQN") { EdrxCommand::Sequans } else { EdrxCommand::Standard };
            requested(Lines(lines.as_bytes()), command, technology)
        };
        let two = "+CEDRXS: 2,\"0111\",\"0001\"\n+CEDRXS: 4,\"0101\"\n";
        assert_eq!((asked(two, LteM), asked(two, NbIot)), (of(LteM, 5), None));
        assert_eq!(asked("+CEDRXS: 5,\"1111\",\"0001\"\n", NbIot), of(NbIot, 15));
        assert_eq!(asked("+SQNEDRX: 2,4,\"0101\",\"0000\"\n", LteM), of(LteM, 5));
        for off in
            ["", "+CEDRXS:\n", "+CEDRXS: 0\n", "+CEDRXS: 4\n", "+CEDRXS: 4,\"\"\n", "+CEDRXS: 4,\"01\"\n"]
        {
            assert_eq!(asked(off, LteM), None, "{off}");
        }
        for off in ["+SQNEDRX: 0\n", "+SQNEDRX: 0,4,\"1111\",\"0000\"\n", "+SQNEDRX: 3\n"] {
            assert_eq!(asked(off, LteM), None, "{off}");
        }
        let given = |line: &str, technology| granted(Lines(line.as_bytes()), technology);
        let full = "+CEDRXRDP: 4,\"0011\",\"0010\",\"1001\"\n";
        assert_eq!(given(full, LteM), (of(LteM, 2), Some(Duration::from_millis(12_800))));
        assert_eq!(given(full, NbIot), (None, None));
        let narrow = "+CEDRXRDP: 5,\"0011\",\"0010\",\"0000\"\n";
        assert_eq!(given(narrow, NbIot).1, Some(Duration::from_millis(2560)));
        assert_eq!(given("+CEDRXRDP: 4,\"0011\",\"0010\"\n", LteM), (of(LteM, 2), None));
        for none in ["", "+CEDRXRDP: 0\n", "+CEDRXRDP: 0,\"0011\",\"0010\"\n", "+CEDRXRDP: 4,\"0011\"\n"] {
            assert_eq!(given(none, LteM), (None, None), "{none}");
        }
    }
}
