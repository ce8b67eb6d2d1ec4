//! LCP, PAP, CHAP and IPCP at the modem's end, and its whims.

use crate::common;

use std::net::Ipv4Addr;
use std::time::Duration;

use common::dialup::{Host, control};
use common::running;
use modem_sim::{Authentication, DialupOptions, Model, Options};

const LCP: u16 = 0xc021;
const IPCP: u16 = 0x8021;

fn host(dialup: DialupOptions) -> Host {
    let mut host = Host::new(Model::SaraR5, Options { dialup, ..running() });
    assert_eq!(host.dial(), "CONNECT");
    host
}

fn up(dialup: DialupOptions) -> Host {
    let mut host = host(dialup);
    host.negotiate();
    host.wait(|host| host.is_up());
    host.control.clear();
    host
}

/// What the modem says to a packet of LCP.
fn answer(host: &mut Host, protocol: u16, packet: &[u8]) -> Vec<(u16, Vec<u8>)> {
    host.control.clear();
    host.say(protocol, packet);
    host.pass(Duration::from_millis(100));
    std::mem::take(&mut host.control)
}

#[test]
fn a_request_is_repeated_every_three_seconds_and_ten_times() {
    let mut host = host(DialupOptions::default());
    host.wishes.mute = true;
    host.pass(Duration::from_millis(28_900));
    assert_eq!(host.control.iter().filter(|(p, data)| (*p, data[0]) == (LCP, 1)).count(), 10);
    let ids: std::collections::BTreeSet<u8> = host.control.iter().map(|(_, data)| data[1]).collect();
    assert_eq!(ids.len(), 10);
    assert!(host.rig.modem.is_dialed());
    host.pass(Duration::from_secs(2));
    assert!(!host.rig.modem.is_dialed());
}

#[test]
fn a_modem_may_wait_for_the_host() {
    let mut host = host(DialupOptions { passive: true, ..Default::default() });
    host.pass(Duration::from_secs(60));
    assert_eq!(host.control, []);
    host.negotiate();
    host.wait(|host| host.is_up());
}

#[test]
fn a_modem_may_be_slow_to_start() {
    let mut host = host(DialupOptions { start_delay: Duration::from_secs(1), ..Default::default() });
    host.negotiate();
    host.pass(Duration::from_millis(990));
    assert_eq!(host.control, []);
    host.pass(Duration::from_millis(20));
    assert_eq!(host.control.len(), 1);
    host.negotiate();
    host.wait(|host| host.is_up());
}

#[test]
fn options_that_are_not_known_are_rejected_and_wrong_values_corrected() {
    let mut host = host(DialupOptions::default());
    host.wishes.mute = true;
    host.pass(Duration::from_millis(10));
    // Quality protocol, endpoint discriminator, and an authentication of the modem.
    let unknown = [4, 8, 0xc0, 0x25, 0, 0, 0, 1, 19, 3, 0, 3, 4, 0xc0, 0x23];
    let request = [&[1, 4, 5, 0xdc], unknown.as_slice()].concat();
    assert_eq!(answer(&mut host, LCP, &control(1, 4, &request)), [(LCP, control(4, 4, &unknown))]);
    // The magic number 0, and a MRU that is too small.
    let nak = answer(&mut host, LCP, &control(1, 5, &[1, 4, 0, 10, 5, 6, 0, 0, 0, 0]));
    assert_eq!(nak[0].1[..8], [3, 5, 0, 14, 1, 4, 5, 0xdc]);
    assert_eq!(nak[0].1[8..10], [5, 6]);
    assert_ne!(nak[0].1[10..], [0, 0, 0, 0]);
    // Lengths that make no sense.
    for wrong in [[5, 0, 1].as_slice(), &[5, 1], &[5, 9, 1, 1], &[2]] {
        assert_eq!(answer(&mut host, LCP, &control(1, 6, wrong)), []);
    }
}

#[test]
fn unknown_codes_and_protocols_are_rejected() {
    let mut host = up(DialupOptions::default());
    let odd = control(77, 1, b"odd");
    let got = answer(&mut host, LCP, &odd);
    assert_eq!((got[0].0, got[0].1[0], &got[0].1[4..]), (LCP, 7, odd.as_slice()));
    let got = answer(&mut host, IPCP, &odd);
    assert_eq!((got[0].0, got[0].1[0], &got[0].1[4..]), (IPCP, 7, odd.as_slice()));
    for protocol in [0x80fd_u16, 0x8057, 0x57] {
        let request = control(1, 1, &[]);
        let got = answer(&mut host, protocol, &request);
        assert_eq!((got[0].0, got[0].1[0]), (LCP, 8));
        assert_eq!(got[0].1[4..], [&protocol.to_be_bytes(), request.as_slice()].concat());
    }
    let got = answer(&mut host, 0x80fd, &[0x55; 1500]);
    assert_eq!(got[0].1.len(), 1500);
}

#[test]
fn an_echo_is_answered_with_the_number_of_the_modem() {
    let mut host = host(DialupOptions::default());
    host.pass(Duration::from_millis(10));
    let request = host.control[0].1.clone();
    let at = request.windows(2).position(|w| w == [5, 6]).unwrap();
    let magic = request[at + 2..at + 6].to_vec();
    // Not before LCP is open.
    assert_eq!(answer(&mut host, LCP, &control(9, 3, &[9, 9, 9, 9])), []);
    host.negotiate();
    host.wait(|host| host.is_up());
    let got = answer(&mut host, LCP, &control(9, 3, &[9, 9, 9, 9, 1, 2]));
    assert_eq!(got, [(LCP, control(10, 3, &[magic.as_slice(), &[1, 2]].concat()))]);
}

#[test]
fn a_host_that_does_not_answer_echoes_is_given_up() {
    let dialup = DialupOptions { echo_interval: Some(Duration::from_secs(10)), ..Default::default() };
    let mut host = up(dialup);
    host.pass(Duration::from_secs(300));
    assert!(host.rig.modem.is_dialed());
    host.wishes.mute = true;
    host.pass(Duration::from_secs(55));
    assert!(!host.rig.modem.is_dialed());
}

fn secured(authentication: Authentication) -> DialupOptions {
    let credentials = Some(("user".to_owned(), "pass".to_owned()));
    DialupOptions { authentication, credentials, ..Default::default() }
}

#[test]
fn name_and_password_are_checked() {
    for authentication in [Authentication::Pap, Authentication::Chap] {
        for (password, right) in [(b"pass", true), (b"fail", false)] {
            let mut host = host(secured(authentication));
            (host.wishes.name, host.wishes.password) = (b"user", password);
            host.pass(Duration::from_millis(50));
            host.negotiate();
            if right {
                host.wait(|host| host.is_up());
            } else {
                host.wait(|host| !host.rig.modem.is_dialed());
                assert!(!host.is_up());
                assert!(host.control.iter().any(|(p, data)| (*p, data[0]) == (LCP, 5)));
            }
        }
    }
}

#[test]
fn any_name_will_do_where_the_network_wants_none() {
    for authentication in [Authentication::Pap, Authentication::Chap] {
        let mut host = host(DialupOptions { authentication, ..Default::default() });
        host.pass(Duration::from_millis(50));
        host.negotiate();
        host.wait(|host| host.is_up());
    }
}

#[test]
fn a_host_that_does_not_say_who_it_is_is_not_let_in() {
    let mut host = host(secured(Authentication::Chap));
    host.wishes.refuses_authentication = true;
    host.pass(Duration::from_millis(50));
    host.negotiate();
    host.wait(|host| !host.rig.modem.is_dialed());
    assert!(!host.control.iter().any(|(p, _)| *p == IPCP));
}

#[test]
fn the_address_may_be_late() {
    let dialup = DialupOptions { address_after: Duration::from_secs(20), ..Default::default() };
    let mut host = host(dialup);
    host.negotiate();
    host.wait(|host| host.is_up());
    assert!(host.rig.now > Duration::from_secs(20));
    assert!(host.naks > 10, "{}", host.naks);
    assert_eq!(host.address, Some(Ipv4Addr::new(192, 168, 201, 1)));
}

#[test]
fn an_address_may_want_dns_options() {
    let dialup = DialupOptions { address_needs_dns: true, ..Default::default() };
    let mut without = host(dialup.clone());
    without.wishes.no_dns = true;
    without.negotiate();
    without.pass(Duration::from_secs(60));
    assert!(!without.is_up());
    up(dialup);
}

#[test]
fn an_address_of_its_own_and_unknown_options_are_not_the_host_s_to_choose() {
    let mut host = host(DialupOptions::default());
    host.wishes.address = Some(Ipv4Addr::new(1, 2, 3, 4));
    host.negotiate();
    host.wait(|host| host.is_up());
    assert_eq!(host.address, Some(Ipv4Addr::new(192, 168, 201, 1)));
    // VJ compression and NBNS.
    let unwanted = [2, 6, 0, 0x2d, 15, 1, 130, 6, 0, 0, 0, 0];
    let request = [&[3, 6, 192, 168, 201, 1], unwanted.as_slice()].concat();
    let got = answer(&mut host, IPCP, &control(1, 60, &request));
    assert!(got.contains(&(IPCP, control(4, 60, &unwanted))), "{got:?}");
}

#[test]
fn the_modem_may_keep_its_own_address_to_itself() {
    let mut host = up(DialupOptions { tells_own_address: false, ..Default::default() });
    assert_eq!(host.modem, None);
    host.pass(Duration::from_secs(1));
    assert_eq!(up(DialupOptions::default()).modem, Some(Ipv4Addr::new(192, 168, 201, 2)));
}

#[test]
fn an_empty_request_may_come_when_all_is_well() {
    let mut host = up(DialupOptions { reconfigures: true, ..Default::default() });
    host.pass(Duration::from_secs(1));
    assert_eq!(
        host.control.iter().filter(|(p, data)| *p == IPCP && data[..] == control(1, data[1], &[])).count(),
        1
    );
    host.pass(Duration::from_secs(10));
    assert_eq!(host.control.len(), 1, "{:?}", host.control);
}

#[test]
fn escaped_characters_are_those_that_the_host_has_asked_for() {
    // The client asks for ACCM 0 and is still sent LCP with all of them escaped.
    let mut host = up(DialupOptions { accm: 0x000a_0000, ..Default::default() });
    host.control.clear();
    host.say(LCP, &control(5, 0x11, &[]));
    host.rig.pass_ms(100);
    let got = std::mem::take(&mut host.rig.got);
    let frame = got.split(|b| *b == 0x7e).find(|part| part.len() > 4).unwrap();
    assert!(frame.iter().all(|b| *b >= 0x20), "{frame:02x?}");
}
