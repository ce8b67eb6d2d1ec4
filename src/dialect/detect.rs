//! Finds out at run time which modem is there.
//!
//! Firmware that names [`AUTO`] links the tables of all vendors; firmware that names one modem links
//! that one's.

use super::{
    Call, Dialect, ESCAPE, Found, Identity, Limits, OnError, Power, Procedure, Step, Timing, Urc, cellular,
};
use super::{sequans, ublox};
use crate::time::Duration;

/// All modems that are known.
pub const MODELS: [&dyn Dialect; 11] = [
    &ublox::SARA_R5_00B,
    &ublox::SARA_R5_01B,
    &ublox::SARA_R5,
    &ublox::LEXI_R520,
    &ublox::SARA_R42,
    &ublox::LEXI_R422,
    &ublox::LENA_R8,
    &sequans::RYZ014A,
    &sequans::CASSIOPEIA,
    &sequans::GM02S,
    &ublox::SARA_R422S,
];

/// Words in the modem's identification, and the place of the modem in [`MODELS`]. The first that
/// fits decides. Names of modules are the vendors'; SARA-R52 is LEXI-R520 in another case.
const WORDS: [(&[u8], u8); 13] = [
    (b"SARA-R52", 3),
    (b"LEXI-R52", 3),
    (b"SARA-R422S", 10),
    (b"SARA-R422M", 10),
    (b"SARA-R42", 4),
    (b"LEXI-R42", 5),
    (b"LENA-R8", 6),
    (b"RYZ014", 7),
    (b"GM01Q", 7),
    (b"CB610", 8),
    (b"GM02S", 9),
    // The product version is still to be found.
    (b"SARA-R5", ANY_R5),
    (b"LEXI-R5", 3),
];

/// SARA-R5 of a product version that is not known yet.
const ANY_R5: u8 = 255;

/// Product versions of SARA-R5.
const VERSIONS: [(&[u8], u8); 3] = [(b"-00B", 0), (b"-01B", 1), (b"-02B", 2)];

/// Whichever modem answers.
///
/// ```
/// use cellular_nal::{Config, Resources, asynch, dialect::detect::AUTO};
/// let mut resources = Resources::<2>::new();
/// let (stack, control, runner) = asynch::new(&AUTO, Config::new(), &mut resources);
/// # let _ = (stack, control, runner);
/// ```
pub const AUTO: Auto = Auto(());

/// The dialect that turns into another one; see [`AUTO`].
#[derive(Clone, Copy, Debug)]
pub struct Auto(());

/// The modem with this name, as [`Dialect::name`] gives it, or with one of its other names.
///
/// ```
/// use cellular_nal::dialect::detect;
/// assert_eq!(detect::by_name("gm01q").unwrap().name(), "ryz014a");
/// assert!(detect::by_name("toaster").is_none());
/// ```
pub fn by_name(name: &str) -> Option<&'static dyn Dialect> {
    let name = match name {
        "sara-r5-02b" => "sara-r5",
        "gm01q" | "ryz014" => "ryz014a",
        name => name,
    };
    MODELS.into_iter().find(|model| model.name() == name)
}

/// The modem's name, then its product version where that matters. 02B knows nothing of `+UPSD` any
/// more (SARA/LEXI internet applications §2.3). 00B and 01B are told apart by the version alone,
/// and what is left is taken for 01B: it wants the same.
const SETUP: &[Step] = &[
    cellular::ECHO_OFF,
    cellular::NUMERIC_ERRORS,
    Step::new("+CGMM").line(read_model).on_error(OnError::Ignore),
    Step::new("I").when(|a| is_open(&a.call.found)).line(read_model).on_error(OnError::Ignore),
    Step::new("+UPSD=?").when(|a| a.call.found.model == Some(ANY_R5)).on_error(OnError::Note),
];

fn is_open(found: &Found) -> bool {
    found.model.is_none_or(|model| model == ANY_R5)
}

fn contains(line: &[u8], word: &[u8]) -> bool {
    let is_at = |at| line.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word));
    (0..line.len()).any(is_at)
}

fn read_model(line: &[u8], found: &mut Found) -> bool {
    let known =
        |words: &[(&[u8], u8)]| words.iter().find(|(word, _)| contains(line, word)).map(|(_, model)| *model);
    let before = found.model;
    if found.model.is_none() {
        found.model = known(&WORDS);
    }
    if found.model == Some(ANY_R5) {
        found.model = known(&VERSIONS).or(found.model);
    }
    found.model != before
}

const TIMING: Timing = Timing {
    gap: Duration::from_millis(20),
    boot: Duration::from_secs(10),
    close_notice: Duration::ZERO,
    close_report: Duration::ZERO,
    escape: ESCAPE.0,
    escape_answer: ESCAPE.1,
};

impl Dialect for Auto {
    fn name(&self) -> &'static str {
        "auto"
    }

    fn limits(&self) -> Limits {
        Limits { sockets: 0, first_id: 0, write: 0, read: 0, host_keeps_sockets: false }
    }

    fn timing(&self) -> &Timing {
        &TIMING
    }

    /// Long enough for each model whose reset is not a matter of 16 s, and not so long that it switches off what
    /// it has switched on.
    fn power(&self) -> Power {
        Power {
            switch_on: Duration::from_millis(2000),
            switch_off: Duration::from_millis(3100),
            reset: Duration::from_millis(150),
            shutdown: Duration::from_secs(35),
        }
    }

    fn steps(&self, procedure: Procedure) -> &'static [Step] {
        if procedure == Procedure::Setup { SETUP } else { &[] }
    }

    fn identify(&self, call: &Call) -> Option<Identity> {
        let index = match call.found.model {
            Some(ANY_R5) if call.failed.is_some() => 2,
            Some(ANY_R5) => 1,
            Some(index) => index,
            None => return Some(Identity::Unknown),
        };
        Some(MODELS.get(usize::from(index)).map_or(Identity::Unknown, |&model| Identity::Known(model)))
    }

    fn urc(&self, line: &[u8]) -> Option<Urc> {
        // What all of them say when they start.
        sequans::RYZ014A.urc(line).or_else(|| ublox::SARA_R5.urc(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identified(lines: &[&str], knows_profiles: bool) -> &'static str {
        let mut call = Call::new();
        for line in lines {
            read_model(line.as_bytes(), &mut call.found);
        }
        if !knows_profiles {
            call.failed = Some(crate::CmeCode::UNKNOWN);
        }
        match AUTO.identify(&call) {
            Some(Identity::Known(model)) => model.name(),
            _ => "unknown",
        }
    }

    #[test]
    fn modules_are_known_by_their_names() {
        assert_eq!(identified(&["SARA-R510M8S"], false), "sara-r5");
        assert_eq!(identified(&["SARA-R510S", "SARA-R510S-00B-01"], true), "sara-r5-00b");
        assert_eq!(identified(&["SARA-R500S-01B-00"], true), "sara-r5-01b");
        assert_eq!(identified(&["+CGMM: \"SARA-R510S\""], true), "sara-r5-01b");
        assert_eq!(identified(&["LEXI-R520-02B"], false), "lexi-r520");
        assert_eq!(identified(&["SARA-R422"], true), "sara-r42");
        assert_eq!(identified(&["SARA-R422S"], true), "sara-r422s");
        assert_eq!(identified(&["SARA-R422M8S"], true), "sara-r422s");
        assert_eq!(identified(&["SARA-R422M10S"], true), "sara-r422s");
        assert_eq!(identified(&["LEXI-R422"], true), "lexi-r422");
        assert_eq!(identified(&["LENA-R8001M10"], true), "lena-r8");
        assert_eq!(identified(&["Renesas", "RYZ014A"], true), "ryz014a");
        assert_eq!(identified(&["CB610L"], true), "cassiopeia");
        assert_eq!(identified(&["GM02SP"], true), "gm02s");
        assert_eq!(identified(&["SIM7600"], true), "unknown");
        assert_eq!(identified(&[], true), "unknown");
    }

    #[test]
    fn every_name_finds_its_modem() {
        for model in MODELS {
            assert_eq!(by_name(model.name()).map(Dialect::name), Some(model.name()));
        }
    }
}
