//! No answer to SABM is `Timeout` after T1 has passed N2 + 1 times, DM is `Refused`, and a modem in command mode that
//! echoes all it hears is no multiplexer.
use crate::cmux;

use cellular_nal::cmux::{Output, Parameters, State};
use cellular_nal::{Error, Instant};
use cmux::{Modem, SABM};

const START: Instant = Instant::from_millis(0);

#[test]
fn a_modem_that_stays_silent_is_given_up() {
    let parameters = Parameters { n2: 2, ..Parameters::new() };
    let mut mux = cmux::mux(parameters, &[1], 64);
    mux.open(0).unwrap();
    mux.open(1).unwrap();
    let (mut now, mut sent) = (START, 0);
    loop {
        match mux.poll_output(now) {
            Output::Transmit(bytes) => {
                let count = bytes.len();
                assert_eq!(bytes, cmux::frame_at(3, SABM, &[]));
                mux.transmitted(count);
                sent += 1;
            }
            Output::Timeout(Some((at, _))) => now = at,
            _ => break,
        }
    }
    assert_eq!((sent, now), (3, Instant::from_millis(900)));
    assert_eq!(mux.state(0), State::Failed(Error::Timeout));
    assert_eq!(mux.state(1), State::Failed(Error::LinkDown));
    assert_eq!(mux.open(1), Err(Error::LinkDown));
}

#[test]
fn the_largest_n2_has_an_end_too() {
    let mut mux = cmux::mux(Parameters { n2: 255, ..Parameters::new() }, &[1], 64);
    mux.open(0).unwrap();
    let (mut now, mut sent) = (START, 0);
    loop {
        match mux.poll_output(now) {
            Output::Transmit(bytes) => {
                let count = bytes.len();
                mux.transmitted(count);
                sent += 1;
                assert!(sent <= 256);
            }
            Output::Timeout(Some((at, _))) => now = at,
            _ => break,
        }
    }
    assert_eq!((sent, mux.state(0)), (256, State::Failed(Error::Timeout)));
}

#[test]
fn what_is_refused_is_not_asked_again() {
    let mut mux = cmux::mux(Parameters::new(), &[1, 2], 64);
    let mut modem = Modem { refuses: vec![1], ..Modem::new(31) };
    for dlci in 0..3 {
        mux.open(dlci).unwrap();
    }
    cmux::run(&mut mux, &mut modem, START, |_| false);
    assert_eq!(mux.state(0), State::Open);
    assert_eq!(mux.state(1), State::Failed(Error::Refused));
    assert_eq!(mux.state(2), State::Open);
    assert_eq!(modem.heard.iter().filter(|heard| heard.dlci == 1).count(), 1);

    let mut modem = Modem { refuses: vec![0], ..Modem::new(31) };
    mux.open(0).unwrap();
    mux.open(1).unwrap();
    cmux::run(&mut mux, &mut modem, START, |_| false);
    assert_eq!(mux.state(0), State::Failed(Error::Refused));
    assert_eq!(mux.state(1), State::Failed(Error::LinkDown));
}

#[test]
fn a_channel_that_is_not_answered_does_not_stop_the_next() {
    let mut mux = cmux::mux(Parameters { n2: 1, ..Parameters::new() }, &[1, 2], 64);
    for dlci in 0..3 {
        mux.open(dlci).unwrap();
    }
    let mut modem = Modem::new(31);
    modem.ignores = vec![1];
    cmux::run(&mut mux, &mut modem, START, |_| false);
    assert_eq!(mux.state(1), State::Failed(Error::Timeout));
    assert_eq!(mux.state(2), State::Open);
}

#[test]
fn echo_is_no_modem() {
    let mut mux = cmux::mux(Parameters::new(), &[1], 64);
    mux.open(0).unwrap();
    mux.open(1).unwrap();
    let mut now = START;
    loop {
        match mux.poll_output(now) {
            Output::Transmit(bytes) => {
                let echo = bytes.to_vec();
                mux.transmitted(echo.len());
                mux.handle_rx(&echo, now);
            }
            Output::Timeout(Some((at, _))) => now = at,
            _ => break,
        }
        assert_ne!(mux.state(0), State::Open);
    }
    assert_eq!(mux.state(0), State::Failed(Error::Timeout));
}

#[test]
fn the_control_channel_is_established_from_here_alone() {
    let (mut mux, _) = cmux::opened(Parameters::new(), &[1], 64);
    mux.handle_rx(&cmux::frame(0, SABM, &[]), START);
    assert_eq!(mux.poll_output(START), Output::Timeout(None));
    assert_eq!((mux.state(0), mux.state(1)), (State::Open, State::Open));
}

#[test]
fn what_is_under_way_is_not_given_up_for_another() {
    let mut mux = cmux::mux(Parameters { n2: 2, ..Parameters::new() }, &[1, 2], 64);
    let mut modem = Modem { ignores: vec![2], ..Modem::new(31) };
    mux.open(0).unwrap();
    mux.open(2).unwrap();
    cmux::exchange(&mut mux, &mut modem, START);
    mux.open(1).unwrap();
    let end = cmux::run(&mut mux, &mut modem, START, |mux| mux.state(1) == State::Open);
    assert_eq!((mux.state(2), end), (State::Failed(Error::Timeout), Instant::from_millis(900)));
}
