//! PPP alone, without a modem.

#[path = "../common/machine.rs"]
mod machine;
#[path = "../common/ppp/mod.rs"]
mod ppp;
#[path = "../common/slirp.rs"]
mod slirp;

mod a_modem_that_is_late_or_stingy_with_addresses_is_served;
mod a_peer_that_is_gone_is_noticed;
mod any_packet_of_the_negotiation_may_be_lost;
mod carries_ip_through_slirp;
mod comes_up_and_carries_packets;
mod frames_are_written_as_rfc_1662_says;
mod negotiates_with_slirp;
mod nothing_that_arrives_panics;
mod one_damaged_frame_costs_only_itself;
mod the_options_of_lcp_are_answered_as_rfc_1661_says;
mod two_links_talk_to_each_other;
mod what_is_not_known_is_rejected;
