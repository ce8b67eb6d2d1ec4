//! Conversations with a Cassiopeia module as the tables of "Use cases with AT commands" have them, to
//! the letter. A test is named after its section.
mod common;

use std::time::Duration;

use cellular_nal::{Config, LinkState};
use common::golden::{self, Golden, apn, link, link_with};
use common::script::Desk;
use modem_sim::Model;

fn up(name: &str) -> Desk<Golden> {
    golden::up(Model::Cassiopeia, name)
}

#[test]
fn section_1_2_2_autoconnect() {
    let desk = link(Model::Cassiopeia, "cassiopeia_1_2_2_autoconnect");
    assert_eq!(desk.control.status().address(), Some([192, 168, 3, 2].into()));
}

#[test]
fn section_1_2_2_manual_connect() {
    link(Model::Cassiopeia, "cassiopeia_1_2_2_manual_connect");
}

#[test]
fn section_1_2_2_manual_attach() {
    link(Model::Cassiopeia, "cassiopeia_1_2_2_manual_attach");
}

#[test]
fn section_1_2_2_airplane_mode() {
    let mut desk = up("cassiopeia_1_2_2_airplane_mode");
    let control = desk.control;
    desk.run(10, control.disconnect());
    desk.over();
}

#[test]
fn section_1_2_2_registration_status() {
    link(Model::Cassiopeia, "cassiopeia_1_2_2_registration_status");
}

#[test]
fn section_1_2_2_context_status() {
    apn(Model::Cassiopeia, "test123", "cassiopeia_1_2_2_context_status");
}

#[test]
fn section_1_2_2_new_context() {
    let config = Config::new().context(2).apn("custom").expect("it is a name");
    let (desk, result) = link_with(Model::Cassiopeia, config, "cassiopeia_1_2_2_new_context");
    assert_eq!(result, Ok(()), "{}", desk.tail());
    assert_eq!(desk.control.status().address(), Some([192, 168, 18, 2].into()));
}

#[test]
fn section_1_2_4_status_0() {
    link(Model::Cassiopeia, "cassiopeia_1_2_4_status_0");
}

#[test]
fn section_1_2_4_status_4() {
    let mut desk = up("cassiopeia_1_2_4_status_4");
    desk.pass(Duration::from_secs(7));
    assert_eq!(desk.control.status().state(), LinkState::Up);
    desk.over();
}

#[test]
fn section_2_3_2_bypass() {
    link(Model::Cassiopeia, "cassiopeia_2_3_2_bypass");
}

#[test]
fn section_3_1_2_online_mode() {
    let mut desk = up("cassiopeia_3_1_2_online_mode");
    golden::online(&mut desk);
    desk.over();
}

#[test]
fn section_3_1_3_text_data() {
    let mut desk = up("cassiopeia_3_1_3_text_data");
    golden::text_data(&mut desk);
    desk.over();
}
