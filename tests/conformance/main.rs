//! The cases of `nal-tests` on each modem, in each mode.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/conformance.rs"]
mod conformance;

mod the_conformance_cases_of_nb_pass;
mod the_conformance_cases_of_nb_pass_over_ppp;
mod the_conformance_cases_pass;
mod the_conformance_cases_pass_on_edge_nal;
mod the_conformance_cases_pass_over_ppp;
