//! The multiplexers of the models, as their tables say: each channel carries data in frames of the largest size, and
//! closing down takes no DISC where none is answered.
use crate::cmux;

use cellular_nal::cmux::{Parameters, State};
use cellular_nal::dialect::Multiplexer;
use cellular_nal::dialect::sequans::GM02S_MULTIPLEXER;
use cellular_nal::dialect::ublox::{
    LENA_R8_MULTIPLEXER, LEXI_R520_MULTIPLEXER, SARA_R5_MULTIPLEXER, SARA_R42_MULTIPLEXER,
};
use cellular_nal::{Duration, Instant};
use cmux::{DISC, Modem};

const MODELS: [Multiplexer; 5] = [
    SARA_R5_MULTIPLEXER,
    LEXI_R520_MULTIPLEXER,
    SARA_R42_MULTIPLEXER,
    LENA_R8_MULTIPLEXER,
    GM02S_MULTIPLEXER,
];

fn parameters(model: &Multiplexer) -> Parameters {
    Parameters { n1: model.n1, answers_disc: model.answers_disc, ..Parameters::new() }
}

#[test]
fn every_model_is_closed_down_within_its_quirks() {
    for model in MODELS {
        assert_ne!(model.at, model.data);
        assert!(model.at <= model.last && model.data <= model.last);
        assert!(model.gnss.is_none_or(|gnss| gnss > model.last));
        assert!(model.pause >= Duration::from_millis(100));
        let dlcis: Vec<u8> = (1..=model.last).chain(model.gnss).collect();
        let (mut mux, _) = cmux::opened(parameters(&model), &dlcis, 4096);
        let mut modem = Modem { answers_disc: model.answers_disc, ..Modem::new(model.n1.into()) };
        modem.open = (0..=61).collect();
        let now = Instant::from_millis(0);
        for &dlci in &dlcis {
            mux.write(dlci, &[dlci; 3000]).unwrap();
        }
        cmux::exchange(&mut mux, &mut modem, now);
        for &dlci in &dlcis {
            assert_eq!(modem.data[&dlci], [dlci; 3000]);
        }
        let longest = modem.heard.iter().map(|heard| heard.info.len()).max();
        // Of 128 bytes the last is not worth a second octet of length.
        let worth = if model.n1 == 128 { 127 } else { model.n1 };
        assert_eq!(longest, Some(worth.into()));
        modem.heard.clear();
        mux.close(0);
        cmux::exchange(&mut mux, &mut modem, now);
        assert_eq!(mux.state(0), State::Closed, "at once");
        assert!(dlcis.iter().all(|&dlci| mux.state(dlci) == State::Closed));
        let released = modem.heard.iter().filter(|heard| heard.control == DISC).count();
        assert_eq!(released, if model.answers_disc { dlcis.len() } else { 0 });
        assert_eq!(modem.messages(0xC3).len(), 1);
    }
}

#[test]
fn a_modem_that_answers_no_disc_is_closed_all_the_same() {
    let (mut mux, _) = cmux::opened(Parameters::new(), &[1, 2, 3], 64);
    // A channel alone.
    let mut modem = Modem { answers_disc: false, ..Modem::new(31) };
    modem.open = (0..=3).collect();
    let mut now = Instant::from_millis(0);
    mux.close(3);
    now = cmux::run(&mut mux, &mut modem, now, |mux| mux.state(3) == State::Closed);
    assert_eq!(now, Instant::from_millis(3000));
    assert_eq!(mux.state(1), State::Open);
    // All of it: one channel shows that DISC is in vain.
    mux.close(0);
    now = cmux::run(&mut mux, &mut modem, now, |mux| mux.state(0) == State::Closed);
    assert_eq!(now, Instant::from_millis(6000));
    assert!(modem.open.is_empty());
}

#[test]
fn a_modem_that_answers_nothing_is_not_waited_for_for_ever() {
    let (mut mux, _) = cmux::opened(Parameters::new(), &[1, 2, 3], 64);
    let mut modem = Modem { answers_disc: false, answers_close_down: false, ..Modem::new(31) };
    modem.open = (0..=3).collect();
    mux.close(0);
    let now = cmux::run(&mut mux, &mut modem, Instant::from_millis(0), |_| false);
    assert_eq!((mux.state(0), now), (State::Closed, Instant::from_millis(6000)));
    // Asked to close before anything was answered, it tells the modem all the same.
    let mut modem = Modem { ignores: vec![0], ..Modem::new(31) };
    mux.open(0).unwrap();
    mux.open(1).unwrap();
    cmux::exchange(&mut mux, &mut modem, now);
    mux.close(0);
    modem.open.insert(0);
    let end = cmux::run(&mut mux, &mut modem, now, |_| false);
    assert_eq!((mux.state(0), mux.state(1), end), (State::Closed, State::Closed, now));
    assert_eq!(modem.messages(0xC3).len(), 1);
}

#[test]
fn a_channel_that_is_closed_while_it_opens_is_released() {
    let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1, 2], 64);
    let now = Instant::from_millis(0);
    mux.close(1);
    cmux::exchange(&mut mux, &mut modem, now);
    // SABM has left, and its answer is under way.
    mux.open(1).unwrap();
    modem.ignores = vec![1];
    cmux::exchange(&mut mux, &mut modem, now);
    modem.open.insert(1);
    mux.close(1);
    assert_eq!(mux.state(1), State::Closing);
    cmux::exchange(&mut mux, &mut modem, now);
    assert_eq!(mux.state(1), State::Closed);
    assert!(!modem.open.contains(&1));
    // Nothing has left.
    modem.heard.clear();
    mux.open(1).unwrap();
    mux.close(1);
    assert_eq!(mux.state(1), State::Closed);
    cmux::exchange(&mut mux, &mut modem, now);
    assert!(modem.heard.is_empty());
}
