//! A ping tells how many replies have come and how long they took, on whichever modem, and always ends.

use crate::common;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use cellular_nal::control::{Ping, PingOptions};
use cellular_nal::{CmeCode, Error};
use common::script::{Act, Canned, Desk, lines, up};
use modem_sim::Model;

const HOST: &str = "www.google.com";
const PATIENCE: u64 = 80;

/// What is reported of one echo request.
fn echo(number: u8, millis: i32) -> String {
    format!("+UUPING: {number},32,\"{HOST} \",\"216.58.206.68\",115,{millis}")
}

/// `OK`, and these reports, one each second.
fn reported(reports: &[String]) -> Vec<Act> {
    let mut acts = lines(&["OK"]);
    for report in reports {
        acts.push(Act::Wait(Duration::from_secs(1)));
        acts.extend(lines(&[report]));
    }
    acts
}

/// A u-blox modem that reports this.
fn ublox(reports: Vec<String>) -> Desk<Canned> {
    up(Model::SaraR5, move |command| command.starts_with("AT+UPING").then(|| reported(&reports)))
}

/// A Sequans modem with these answers, one after the other.
fn sequans(answers: &'static [&'static [&'static str]]) -> Desk<Canned> {
    let mut answers = answers.iter();
    up(Model::Ryz014a, move |command| {
        command.starts_with("AT+PING").then(|| lines(answers.next().expect("there is one more")))
    })
}

fn run(desk: &mut Desk<Canned>, options: PingOptions) -> Result<Ping, Error> {
    let control = desk.control;
    desk.run(PATIENCE, control.ping(HOST, options))
}

/// Sent, received, shortest, mean and longest time.
fn figures(ping: Result<Ping, Error>) -> Result<[u32; 5], Error> {
    let Ping { sent, received, min, mean, max, .. } = ping?;
    Ok([sent.into(), received.into(), min.as_millis(), mean.as_millis(), max.as_millis()])
}

#[test]
fn replies_that_are_reported_are_counted() {
    let mut desk = ublox(vec![echo(1, 62), echo(2, -1), echo(3, 53), echo(4, 51)]);
    let ping = run(&mut desk, PingOptions::new());
    assert_eq!(figures(ping), Ok([4, 3, 51, 55, 62]), "{}", desk.tail());
    let ping = ping.expect("it is one");
    assert_eq!((ping.address, ping.ttl), (Some([216, 58, 206, 68].into()), 115));
    assert_eq!(desk.far.commands.last().map(String::as_str), Some("AT+UPING=\"www.google.com\""));
    let mut desk = ublox(vec![echo(1, 70_000)]);
    assert_eq!(
        figures(run(&mut desk, PingOptions::new().count(1).size(1400))),
        Ok([1, 1, 65_535, 65_535, 65_535])
    );
    assert_eq!(
        desk.far.commands.last().map(String::as_str),
        Some("AT+UPING=\"www.google.com\",1,1400,5000,64")
    );
}

#[test]
fn replies_that_are_answers_are_counted() {
    let mut desk = sequans(&[
        &["+PING: 1,\"216.58.206.68\",1590,252", "OK"],
        &["+PING: 1,216.58.206.68,-1,-1", "OK"],
        &["+CME ERROR: 30"],
        &["+PING: 1,216.58.206.68,840,252", "OK"],
    ]);
    let ping = run(&mut desk, PingOptions::new());
    assert_eq!(figures(ping), Ok([4, 2, 840, 1215, 1590]), "{}", desk.tail());
    let ping = ping.expect("it is one");
    assert_eq!((ping.address, ping.ttl), (Some([216, 58, 206, 68].into()), 252));
    assert_eq!(desk.far.count("AT+PING=\"www.google.com\",1,32"), 4);
}

#[test]
fn no_reply_is_a_timeout() {
    let mut desk = ublox(vec![echo(1, -1), echo(2, -2), echo(3, -2), echo(4, -2)]);
    assert_eq!(run(&mut desk, PingOptions::new()), Err(Error::Timeout));
    // Not even a report.
    let mut desk = ublox(Vec::new());
    assert_eq!(run(&mut desk, PingOptions::new()), Err(Error::Timeout));
    let mut desk = sequans(&[&["+PING: 1,9.9.9.9,-1,-1", "OK"], &["OK"]]);
    assert_eq!(run(&mut desk, PingOptions::new().count(2)), Err(Error::Timeout));
}

#[test]
fn what_prevents_replies_is_told() {
    for (code, error) in [
        ("8", Error::NameNotFound),
        ("17", Error::NoAddress),
        ("1,106", Error::Modem(CmeCode(106))),
        ("1,\"Timeout\"", Error::Modem(CmeCode::UNKNOWN)),
    ] {
        let mut desk = ublox(vec![format!("+UUPINGER: {code}")]);
        assert_eq!(run(&mut desk, PingOptions::new()), Err(error), "{code}");
        let mut desk = ublox(vec![echo(1, 40), format!("+UUPINGER: {code}")]);
        assert_eq!(figures(run(&mut desk, PingOptions::new())), Ok([4, 1, 40, 40, 40]), "{code}");
    }
    let mut desk =
        up(Model::SaraR5, |command| command.starts_with("AT+UPING").then(|| lines(&["+CME ERROR: 3"])));
    for _ in 0..2 {
        assert_eq!(run(&mut desk, PingOptions::new()), Err(Error::Modem(CmeCode::NOT_ALLOWED)));
    }
    let mut desk = sequans(&[&["+CME ERROR: 30"]]);
    assert_eq!(run(&mut desk, PingOptions::new()), Err(Error::Modem(CmeCode(30))));
}

#[test]
fn a_modem_that_starts_anew_ends_it() {
    let mut desk = ublox(vec![echo(1, 40), "+UUSTATUS: READY".into()]);
    let before = desk.now;
    assert_eq!(figures(run(&mut desk, PingOptions::new())), Ok([4, 1, 40, 40, 40]), "{}", desk.tail());
    assert!(desk.now - before < Duration::from_secs(5), "{}", desk.tail());
    let mut desk = ublox(vec!["+UUSTATUS: READY".into()]);
    assert_eq!(run(&mut desk, PingOptions::new()), Err(Error::Aborted));
}

#[test]
fn replies_to_a_ping_that_was_given_up_are_not_those_of_the_next() {
    let mut desk = up(Model::SaraR5, |command| command.starts_with("AT+UPING").then(|| lines(&["OK"])));
    let control = desk.control;
    assert_eq!(desk.try_run(2, control.ping(HOST, PingOptions::new().count(2))), None);
    let told = Rc::new(RefCell::new(None));
    let result = told.clone();
    let next =
        async move { *result.borrow_mut() = Some(control.ping(HOST, PingOptions::new().count(1)).await) };
    // The reports of the first are still to come.
    let mut next = std::pin::pin!(next);
    for (millis, commands) in [(100, 1), (200, 1)] {
        assert_eq!(desk.try_run(2, next.as_mut()), None, "{}", desk.tail());
        assert_eq!(desk.far.count("AT+UPING"), commands);
        desk.far.print(&echo(1, millis));
    }
    assert_eq!(desk.try_run(2, next.as_mut()), None, "{}", desk.tail());
    assert_eq!(desk.far.count("AT+UPING"), 2);
    assert_eq!(*told.borrow(), None);
    desk.far.print(&echo(1, 30));
    assert_eq!(desk.try_run(2, next.as_mut()), Some(()), "{}", desk.tail());
    assert_eq!(told.borrow().map(figures), Some(Ok([1, 1, 30, 30, 30])));
}

#[test]
fn what_is_no_host_never_reaches_the_modem() {
    for model in [Model::SaraR5, Model::Ryz014a] {
        let mut desk = up(model, |_| None);
        let control = desk.control;
        let long = "a".repeat(254);
        for host in ["", "a b", "a\"", "a\r", "a,b", "\u{e4}", &long] {
            let ping = desk.run(10, control.ping(host, PingOptions::new()));
            assert_eq!(ping, Err(Error::InvalidInput), "{model}: {host}");
        }
        let new = PingOptions::new;
        for options in [new().count(0), new().count(65), new().size(31), new().size(1401)] {
            let ping = desk.run(10, control.ping(HOST, options));
            assert_eq!(ping, Err(Error::InvalidInput), "{model}: {options:?}");
        }
        assert_eq!(desk.far.count("AT+PING") + desk.far.count("AT+UPING"), 0, "{model}");
    }
}
