//! Whether the network takes a millisecond or five seconds, all works.
use crate::common;

use common::conversation::all_is_well;
use modem_sim::{Model, Options};

#[test]
fn slow_and_fast_networks_are_alike() {
    for &model in Model::ALL {
        for rtt in [0, 1, 200, 1000, 5000] {
            let rtt = std::time::Duration::from_millis(rtt);
            for latency in [0, 2, 300] {
                let answer_latency = std::time::Duration::from_millis(latency);
                all_is_well(model, Options { rtt, answer_latency, ..Options::default() });
            }
        }
    }
}
