//! The IP stack over PPP.

#[path = "../common/mod.rs"]
mod common;
#[path = "../../examples/support/give_addresses.rs"]
mod give_addresses;
#[path = "../common/machine.rs"]
mod machine;
#[path = "../common/ppp/mod.rs"]
mod ppp;
#[path = "../common/router.rs"]
mod router;
#[path = "../common/slirp.rs"]
mod slirp;

mod a_broken_router_advertisement_changes_nothing;
mod a_call_beside_sockets_has_a_context_of_its_own;
mod a_data_connection_that_carries_nothing_is_made_anew;
mod a_dead_data_connection_is_left_by_dtr;
mod a_driver_for_embassy_net_follows_the_link;
mod a_link_carries_ipv4_and_ipv6_at_once;
mod a_modem_is_dialled_and_carries_connections;
mod a_network_that_has_ipv6_alone_is_enough;
mod a_peer_without_ipv6_harms_nothing;
mod a_ping_is_answered;
mod a_question_for_a_name_is_repeated_and_ends;
mod a_router_is_asked_and_believed_for_as_long_as_it_says;
mod a_sleeping_serial_port_is_kept_awake_while_it_carries_data;
mod an_end_behind_a_gap_is_seen;
mod bulk_transfers_come_close_to_what_the_line_allows;
mod commands_and_connections_share_the_line_by_the_multiplexer;
mod embassy_net_runs_over_the_data_connection;
mod every_kind_of_handle_speaks_ipv6;
mod ipv6_comes_back_with_the_data_connection;
mod names_are_asked_for_from_ports_that_no_modem_keeps;
mod ports_that_a_modem_keeps_can_be_moved;
mod servers_of_this_machine_are_reached_by_ipv6;
mod sockets_reach_servers_through_slirp;
mod sockets_without_a_peer_are_for_both_families;
mod the_data_connection_comes_back_by_itself;
mod the_link_may_be_asked_for_as_soon_as_it_is_down;
mod the_modem_leaves_the_multiplexer_with_the_link;
mod the_name_of_an_address_is_asked_of_the_name_servers;
mod what_needs_the_command_line_is_refused_while_ppp_has_it;
