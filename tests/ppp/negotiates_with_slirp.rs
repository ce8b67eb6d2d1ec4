//! A peer that was written by others, over sockets and terminals, in real time.
use crate::ppp;
use crate::slirp;

use std::net::Ipv4Addr;

use cellular_nal::Duration;
use cellular_nal::ppp::{Config, Failure, Phase};
use ppp::{LCP, split};
use slirp::{KINDS, Kind, Slirp};

fn credentials(password: &'static str) -> Config<'static> {
    Config::new(7).credentials("user", password).expect("that is short")
}

/// Frames in a piece of line, those that are not whole left out.
fn frames(line: &[u8]) -> Vec<(u16, Vec<u8>)> {
    let end = line.iter().rposition(|&byte| byte == 0x7E).map_or(0, |at| at + 1);
    ppp::unstuff(&line[..end]).iter().map(|content| split(content)).collect()
}

fn count(line: &[u8], protocol: u16, code: u8) -> usize {
    frames(line).iter().filter(|(found, packet)| *found == protocol && packet[0] == code).count()
}

/// Up, then down by the peer's consent.
fn up_and_down(kind: Kind, config: Config<'static>, options: &[&str]) -> Option<Slirp> {
    let mut slirp = Slirp::start(kind, config, options)?;
    slirp.bring_up();
    let ipv4 = slirp.ppp.ipv4().expect("it is up");
    assert_eq!(ipv4.address, Ipv4Addr::new(10, 0, 2, 15), "{kind:?} {options:?}");
    assert_eq!(ipv4.peer, Some(Ipv4Addr::new(10, 0, 2, 2)), "{kind:?} {options:?}");
    let now = slirp.now();
    slirp.ppp.close(now);
    assert!(slirp.run_until(|slirp| slirp.ppp.phase() == Phase::Dead), "{kind:?} {options:?}");
    assert_eq!(slirp.ppp.failure(), None);
    assert_eq!(slirp.ppp.counters().damaged, 0);
    Some(slirp)
}

#[test]
fn with_any_options() {
    let all = ["-vj", "-ac", "-pc", "-mn", "-mru", "asyncmap ffffffff", "asyncmap 000a0000"];
    let sets = [
        &all[..0],
        &all[..1],
        &all[1..2],
        &all[2..3],
        &all[1..3],
        &all[3..4],
        &all[4..5],
        &all[5..6],
        &all[6..],
        &all[..5],
    ];
    for kind in KINDS {
        for options in sets {
            up_and_down(kind, Config::new(7), options);
        }
        up_and_down(kind, Config::new(7), &["initiate-options"]);
    }
}

#[test]
fn with_any_wishes_of_ours() {
    for kind in KINDS {
        let mut config = Config::new(7);
        config.compression = false;
        up_and_down(kind, config.clone(), &[]);
        config.accm = 0x000A_0000;
        config.mru = 1400;
        up_and_down(kind, config.clone(), &[]);
        config.dns = false;
        up_and_down(kind, config.clone(), &[]);
        // It does not even reject what it does not know of IPv6.
        config.ipv6 = true;
        up_and_down(kind, config, &[]);
    }
}

#[test]
fn by_pap_and_chap() {
    for kind in KINDS {
        for demand in ["+pap", "+chap"] {
            let Some(slirp) = up_and_down(kind, credentials("pass"), &[demand]) else { return };
            let protocol = if demand == "+pap" { ppp::PAP } else { ppp::CHAP };
            assert!(frames(&slirp.sent).iter().any(|(found, _)| *found == protocol), "{demand}");
        }
    }
}

#[test]
fn wrong_credentials_are_an_error() {
    for kind in KINDS {
        for demand in ["+pap", "+chap"] {
            let Some(mut slirp) = Slirp::start(kind, credentials("wrong"), &[demand]) else { return };
            slirp.open();
            slirp.run_until(|slirp| slirp.ppp.failure().is_some());
            assert_eq!(slirp.ppp.failure(), Some(Failure::Authentication), "{kind:?} {demand}");
        }
    }
}

#[test]
fn name_servers_are_given() {
    for kind in KINDS {
        let options = ["dns 127.0.0.1", "dns 10.0.2.3"];
        let Some(mut slirp) = Slirp::start(kind, Config::new(7), &options) else { return };
        slirp.bring_up();
        let dns = slirp.ppp.ipv4().expect("it is up").dns;
        assert!(dns.contains(&Some(Ipv4Addr::new(10, 0, 2, 3))), "{dns:?}");
    }
}

#[test]
fn its_echoes_are_answered_and_ours_are() {
    for kind in KINDS {
        let mut config = Config::new(7);
        config.echo_interval = Duration::from_millis(300);
        let options = ["lcp-echo-interval 1", "lcp-echo-failure 1"];
        let Some(mut slirp) = Slirp::start(kind, config, &options) else { return };
        slirp.bring_up();
        // Two of its echoes: it has not given up after the first.
        assert!(slirp.run_until(|slirp| count(&slirp.came, LCP, 9) >= 2), "{kind:?}");
        slirp.run_until(|slirp| count(&slirp.sent, LCP, 10) >= 2);
        assert!(count(&slirp.came, LCP, 10) >= 2, "{kind:?}");
        assert_eq!(slirp.ppp.phase(), Phase::Network);
    }
}

#[test]
fn its_silence_is_noticed() {
    for kind in KINDS {
        let mut config = Config::new(7);
        config.echo_interval = Duration::from_millis(100);
        let Some(mut slirp) = Slirp::start(kind, config, &[]) else { return };
        slirp.bring_up();
        assert!(slirp.run_until(|slirp| count(&slirp.came, LCP, 10) >= 1));
        slirp.signal("STOP");
        assert!(slirp.run_until(|slirp| slirp.ppp.phase() == Phase::Dead));
        assert_eq!(slirp.ppp.failure(), Some(Failure::Silent));
    }
}

#[test]
fn what_it_offers_beside_ip_is_rejected() {
    for kind in KINDS {
        let Some(mut slirp) = Slirp::start(kind, Config::new(7), &[]) else { return };
        slirp.bring_up();
        if frames(&slirp.came).iter().any(|(protocol, _)| *protocol == ppp::CCP) {
            assert_eq!(count(&slirp.sent, LCP, 8), 1);
        }
        // Header compression.
        assert_eq!(count(&slirp.sent, ppp::IPCP, 4), 1);
    }
}

#[test]
fn its_end_is_the_end_of_the_line() {
    for kind in KINDS {
        let Some(mut slirp) = Slirp::start(kind, Config::new(7), &[]) else { return };
        slirp.bring_up();
        slirp.signal("TERM");
        assert!(!slirp.run_until(|slirp| slirp.ppp.phase() == Phase::Dead));
        slirp.ppp.hang_up();
        assert_eq!((slirp.ppp.phase(), slirp.ppp.ipv4()), (Phase::Dead, None));
        let Some(mut slirp) = Slirp::start(kind, Config::new(7), &[]) else { return };
        slirp.bring_up();
        assert!(slirp.hang_up().success());
    }
}
