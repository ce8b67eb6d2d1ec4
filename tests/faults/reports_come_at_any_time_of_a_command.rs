//! Reports that come before the answer, before its result, behind it or now here, now there, are all understood.
use crate::common;

use common::conversation::all_is_well;
use modem_sim::{Model, Options, UrcTiming};

#[test]
fn reports_come_at_any_time_of_a_command() {
    for &model in Model::ALL {
        let mixed = (0..40).map(UrcTiming::Mixed);
        for urc_timing in
            [UrcTiming::BeforeFinal, UrcTiming::Immediate, UrcTiming::AfterFinal].into_iter().chain(mixed)
        {
            all_is_well(model, Options { urc_timing, ..Options::default() });
        }
    }
}
