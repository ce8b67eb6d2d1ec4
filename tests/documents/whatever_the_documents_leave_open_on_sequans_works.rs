//! Where the Sequans documents are silent, each behaviour of the modem is served.
use crate::common;

use common::conversation::all_is_well;
use modem_sim::{CloseUrc, DialFailure, Model, Options};

#[test]
fn whatever_the_documents_leave_open_on_sequans_works() {
    let plain = Options::default;
    for close_urc in [CloseUrc::Immediate, CloseUrc::Drained] {
        for tight_recv in [false, true] {
            for ring_after_read in [false, true] {
                for udp_stream in [false, true] {
                    let options = Options { close_urc, tight_recv, ring_after_read, udp_stream, ..plain() };
                    all_is_well(Model::Ryz014a, options);
                }
            }
        }
    }
    all_is_well(Model::Ryz014a, Options { urc_space: false, ..plain() });
    all_is_well(Model::Ryz014a, Options { dial_failure: DialFailure::Error, ..plain() });
    all_is_well(Model::Ryz014a, Options { lossy_receive: true, ..plain() });
    all_is_well(Model::Ryz014a, Options { receive_buffer: 1500, ..plain() });
    all_is_well(Model::Ryz014a, Options { cereg_read_location: Some(true), ..plain() });
}
