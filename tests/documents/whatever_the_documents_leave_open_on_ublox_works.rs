//! Where the u-blox documents are silent, each behaviour of the modem is served.
use crate::common;

use common::conversation::all_is_well;
use modem_sim::{Model, Options};

#[test]
fn whatever_the_documents_leave_open_on_ublox_works() {
    let plain = Options::default;
    for announce_arrivals in [false, true] {
        for partial_writes in [false, true] {
            for tx_queue_limit in [None, Some(1024), Some(1500)] {
                let options = Options { announce_arrivals, partial_writes, tx_queue_limit, ..plain() };
                all_is_well(Model::SaraR5, options);
            }
        }
    }
    all_is_well(Model::SaraR5, Options { urc_space: false, ..plain() });
    all_is_well(Model::SaraR5, Options { cereg_read_location: Some(false), ..plain() });
    all_is_well(Model::SaraR5, Options { greeting: Some("+UUSTATUS: READY".into()), ..plain() });
}
