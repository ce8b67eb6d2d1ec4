//! Every modem that is known: link up, name, connection, datagrams, all closed.

use crate::common;

use modem_sim::{Model, Options};

#[test]
fn every_model_carries_streams_and_datagrams() {
    for &model in Model::KNOWN {
        common::conversation::all_is_well(model, Options::default());
    }
}
