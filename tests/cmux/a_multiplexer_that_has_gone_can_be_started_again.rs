//! The modem closes down, releases a channel, restarts or falls silent: the state tells, and a new start begins with
//! nothing of the old.
use crate::cmux;

use cellular_nal::cmux::{Output, Parameters, State, Test};
use cellular_nal::{Error, Instant};
use cmux::{DISC, DM, Modem, SABM, UA, UIH};

const NOW: Instant = Instant::from_millis(0);

fn starts_again(mux: &mut cmux::Host<'_>) {
    let mut modem = Modem::new(31);
    mux.open(0).unwrap();
    mux.open(1).unwrap();
    cmux::exchange(mux, &mut modem, NOW);
    assert_eq!((modem.heard[0].dlci, modem.heard[0].control), (0, SABM), "nothing of the last time");
    assert_eq!((mux.state(0), mux.state(1)), (State::Open, State::Open));
    mux.write(1, b"AT\r").unwrap();
    modem.send(1, UIH, b"new");
    cmux::exchange(mux, &mut modem, NOW);
    assert_eq!(modem.data[&1], b"AT\r", "nothing of the last time");
    assert_eq!(cmux::read(mux, 1), b"new");
}

#[test]
fn a_multiplexer_that_has_gone_can_be_started_again() {
    for (what, control, info, answer) in [
        ("CLD", UIH, &[0xC3, 0x01][..], Some((UIH, &[0xC1, 0x01][..]))),
        ("CLD without length", UIH, &[0xC3], Some((UIH, &[0xC1, 0x01]))),
        ("DISC", DISC, &[], Some((UA, &[]))),
        ("DM", DM, &[], None),
    ] {
        let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1, 2], 64);
        mux.close(2);
        cmux::exchange(&mut mux, &mut modem, NOW);
        modem.send(1, UIH, b"last");
        cmux::exchange(&mut mux, &mut modem, NOW);
        mux.write(1, b"old").unwrap();
        modem.heard.clear();
        modem.send(0, control, info);
        mux.handle_rx(&std::mem::take(&mut modem.output), NOW);
        assert_eq!(mux.state(0), State::Failed(Error::Closed), "{what}");
        assert_eq!(mux.state(1), State::Failed(Error::LinkDown), "{what}");
        assert_eq!(mux.state(2), State::Closed, "{what}");
        assert_eq!(cmux::exchange(&mut mux, &mut modem, NOW), None);
        let heard: Vec<_> = modem.heard.iter().map(|h| (h.control, &h.info[..])).collect();
        assert_eq!(heard, answer.into_iter().collect::<Vec<_>>(), "{what}");
        assert_eq!(mux.write(1, b"x"), Err(Error::NotConnected));
        assert_eq!(cmux::read(&mut mux, 1), b"last", "what came before can be read");
        starts_again(&mut mux);
    }
}

#[test]
fn a_start_in_the_middle_of_frames_begins_anew() {
    let (mut mux, _) = cmux::opened(Parameters::new(), &[1], 64);
    mux.write(1, b"old data").unwrap();
    assert!(matches!(mux.poll_output(NOW), Output::Transmit(_)));
    mux.transmitted(2);
    // Half a frame came, and an answer was due.
    mux.handle_rx(&cmux::frame(0, UIH, &[0x23, 0x01]), NOW);
    mux.handle_rx(&cmux::frame(1, UIH, b"unread"), NOW);
    mux.handle_rx(&cmux::frame(1, UIH, b"half a frame")[..9], NOW);
    starts_again(&mut mux);
}

#[test]
fn a_channel_that_the_modem_releases_is_closed_alone() {
    for (control, answer) in [(DISC, Some(UA)), (DM, None)] {
        let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1, 2], 64);
        modem.heard.clear();
        modem.open.remove(&1);
        modem.send(1, control, &[]);
        cmux::exchange(&mut mux, &mut modem, NOW);
        assert_eq!((mux.state(1), mux.state(2)), (State::Failed(Error::Closed), State::Open));
        assert_eq!(modem.heard.first().map(|h| (h.dlci, h.control)), answer.map(|answer| (1, answer)));
        // Once more: it is not established any more.
        modem.heard.clear();
        modem.send(1, control, &[]);
        cmux::exchange(&mut mux, &mut modem, NOW);
        assert_eq!(modem.heard.first().map(|h| h.control), answer.map(|_| DM));
        mux.open(1).unwrap();
        cmux::exchange(&mut mux, &mut modem, NOW);
        assert_eq!(mux.state(1), State::Open);
    }
}

#[test]
fn a_channel_that_the_modem_establishes_is_taken_when_it_is_wanted() {
    let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1, 2], 64);
    mux.close(2);
    cmux::exchange(&mut mux, &mut modem, NOW);
    modem.heard.clear();
    modem.send(1, SABM, &[]);
    modem.send(2, SABM, &[]);
    cmux::exchange(&mut mux, &mut modem, NOW);
    let answers: Vec<_> = modem.heard.iter().map(|h| (h.dlci, h.control)).collect();
    assert!(answers.contains(&(1, UA)) && answers.contains(&(2, DM)), "{answers:?}");
    // The other end has forgotten what it was told.
    assert_eq!(modem.messages(0xE3).len(), 1);
}

#[test]
fn a_frame_that_has_begun_is_finished_when_its_channel_closes() {
    for keep in 0..20 {
        let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1, 2], 64);
        mux.write(1, b"0123456789").unwrap();
        mux.write(1, &[b'x'; 40]).unwrap();
        let mut left = keep;
        while left > 0 {
            let Output::Transmit(bytes) = mux.poll_output(NOW) else { break };
            let count = bytes.len().min(left);
            modem.hear(&bytes[..count]);
            mux.transmitted(count);
            left -= count;
        }
        mux.close(1);
        assert_eq!(mux.state(1), State::Closing);
        mux.write(2, b"other").unwrap();
        // The modem's strict reader would fail at a frame of another length.
        cmux::exchange(&mut mux, &mut modem, NOW);
        assert_eq!(mux.state(1), State::Closed);
        assert_eq!(modem.data[&2], b"other");
        mux.open(1).unwrap();
        mux.write(1, b"early").unwrap_err();
        cmux::exchange(&mut mux, &mut modem, NOW);
        assert_eq!(mux.unsent(1), 0);
    }
}

#[test]
fn a_modem_that_has_gone_does_not_answer_the_test() {
    let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1], 64);
    assert_eq!(mux.tested(), Test::Idle);
    mux.test();
    assert_eq!(mux.tested(), Test::Waiting);
    cmux::exchange(&mut mux, &mut modem, NOW);
    assert_eq!(mux.tested(), Test::Answered);
    // One that does not know the test is there, too.
    mux.test();
    mux.handle_rx(&cmux::frame(0, UIH, &[0x11, 0x03, 0x23]), NOW);
    assert_eq!(mux.tested(), Test::Answered);

    mux.test();
    let mut now = NOW;
    loop {
        match mux.poll_output(now) {
            Output::Transmit(bytes) => {
                let count = bytes.len();
                mux.transmitted(count);
                mux.handle_rx(b"\r\n+UUSTATUS: READY\r\n", now);
            }
            Output::Timeout(Some((at, _))) => now = at,
            _ => break,
        }
    }
    assert_eq!((mux.tested(), now), (Test::Silent, Instant::from_millis(3000)));
    assert!(mux.noise() >= 200);
    starts_again(&mut mux);
}
