//! The stack that is polled.
#![cfg(feature = "nb")]

#[path = "../common/mod.rs"]
mod common;

mod a_bound_udp_socket_answers_anybody;
mod a_connection_carries_bytes;
mod a_full_connection_would_block;
mod a_lost_modem_closes_the_pipe;
mod a_modem_that_hangs_is_reset_by_its_pin;
mod a_pipe_is_entered_and_left;
mod a_refused_connect_fails_and_may_be_tried_again;
mod a_shared_stack_serves_two_sockets;
mod a_socket_that_is_not_connected_says_so;
mod an_older_client_runs_on_embedded_nal_0_8;
mod certificates_and_keys_are_provisioned;
mod close_is_fine_in_every_state;
mod connections_are_secured_by_the_modem;
mod connections_come_to_a_listener;
mod datagrams_are_sent_and_received;
mod names_are_resolved_one_after_the_other;
mod options_and_release_assistance_are_done_or_refused;
mod the_end_of_a_connection_is_a_closed_pipe;
mod the_modem_is_asked_without_an_executor;
