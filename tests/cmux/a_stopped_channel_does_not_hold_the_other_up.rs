//! Flow control is a channel's own, both ways (3GPP TS 27.010 §5.4.8).
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::Parameters;
use cmux::UIH;

const NOW: Instant = Instant::from_millis(0);

#[test]
fn a_stopped_channel_does_not_hold_the_other_up() {
    let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1, 2], 256);
    modem.tell(2, 0x8F);
    cmux::exchange(&mut mux, &mut modem, NOW);
    assert_eq!(mux.write(2, &[b'b'; 200]), Ok(200));
    for i in 1..=20 {
        assert_eq!(mux.write(1, &[b'a'; 100]), Ok(100));
        assert_eq!(cmux::exchange(&mut mux, &mut modem, NOW), None, "it waits without turning in a circle");
        assert_eq!(modem.data[&1].len(), 100 * i);
        assert_eq!(modem.data.get(&2), None);
    }
    // It goes on at once, not when the other one has something to send.
    modem.tell(2, 0x8D);
    cmux::exchange(&mut mux, &mut modem, NOW);
    assert_eq!(modem.data[&2].len(), 200);
}

#[test]
fn a_channel_that_opens_late_has_its_turn_at_once() {
    let mut mux = cmux::mux(Parameters::new(), &[1, 2], 256);
    let mut modem = cmux::Modem::new(31);
    mux.open(0).unwrap();
    mux.open(1).unwrap();
    cmux::exchange(&mut mux, &mut modem, NOW);
    mux.write(1, b"first").unwrap();
    cmux::exchange(&mut mux, &mut modem, NOW);
    mux.open(2).unwrap();
    cmux::exchange(&mut mux, &mut modem, NOW);
    mux.write(2, b"second").unwrap();
    cmux::exchange(&mut mux, &mut modem, NOW);
    assert_eq!(modem.data[&2], b"second");
}

#[test]
fn fcoff_stops_all_channels_but_the_control_channel() {
    let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1, 2], 256);
    modem.send(0, UIH, &[0x63, 0x01]);
    cmux::exchange(&mut mux, &mut modem, NOW);
    mux.write(1, b"a").unwrap();
    mux.write(2, b"b").unwrap();
    mux.test();
    assert_eq!(cmux::exchange(&mut mux, &mut modem, NOW), None);
    assert!(modem.data.is_empty());
    assert_eq!(mux.tested(), cellular_nal::cmux::Test::Answered);
    modem.send(0, UIH, &[0xA3, 0x01]);
    cmux::exchange(&mut mux, &mut modem, NOW);
    assert_eq!((&modem.data[&1][..], &modem.data[&2][..]), (&b"a"[..], &b"b"[..]));
}

#[test]
fn channels_take_turns_frame_by_frame() {
    let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1, 2, 3], 1024);
    mux.write(2, &[b'b'; 1000]).unwrap();
    mux.write(3, &[b'c'; 1000]).unwrap();
    modem.heard.clear();
    // One frame of the bulk has begun when a command comes.
    let cellular_nal::cmux::Output::Transmit(bytes) = mux.poll_output(NOW) else { panic!("nothing to send") };
    let count = bytes.len();
    modem.hear(bytes);
    mux.transmitted(count);
    mux.write(1, b"AT\r").unwrap();
    cmux::exchange(&mut mux, &mut modem, NOW);
    let order: Vec<u8> = modem.heard.iter().map(|heard| heard.dlci).collect();
    let place = order.iter().position(|&dlci| dlci == 1).unwrap();
    assert!(place <= 2, "{order:?}");
    let others: Vec<u8> = order.iter().copied().filter(|&dlci| dlci != 1).collect();
    assert!(others.windows(2).all(|pair| pair[0] != pair[1]), "{others:?}");
}

#[test]
fn a_full_receiver_stops_its_channel_only() {
    let (mut mux, mut modem) = cmux::opened(Parameters::new(), &[1, 2], 256);
    for _ in 0..8 {
        modem.send(2, UIH, &[b'b'; 31]);
        modem.send(1, UIH, b"URC ");
    }
    cmux::exchange(&mut mux, &mut modem, NOW);
    assert_eq!((modem.signals[&1], modem.signals[&2]), (0x8D, 0x8F));
    // What is sent all the same is lost when there is no room, and on that channel alone.
    for _ in 0..100 {
        modem.send(2, UIH, &[b'b'; 31]);
        modem.send(1, UIH, b"URC ");
        cmux::exchange(&mut mux, &mut modem, NOW);
        cmux::read(&mut mux, 1);
    }
    assert_eq!((mux.lost(1), mux.lost(2)), (0, 108 * 31 - 256));
    assert_eq!(cmux::read(&mut mux, 2), [b'b'; 256]);
    cmux::exchange(&mut mux, &mut modem, NOW);
    assert_eq!((modem.signals[&1], modem.signals[&2]), (0x8D, 0x8D));
}

#[test]
fn a_reader_that_keeps_up_causes_no_messages() {
    let (mut mux, mut modem) = cmux::opened(Parameters { n1: 127, ..Parameters::new() }, &[1], 256);
    let before = modem.messages(0xE3).len();
    for _ in 0..100 {
        // More than half of the room, and read before anything is sent.
        modem.send(1, UIH, &[0; 127]);
        modem.send(1, UIH, &[0; 127]);
        mux.handle_rx(&std::mem::take(&mut modem.output), NOW);
        assert_eq!(cmux::read(&mut mux, 1).len(), 254);
        cmux::exchange(&mut mux, &mut modem, NOW);
    }
    assert_eq!(modem.messages(0xE3).len(), before);
    // One that reads byte by byte around the limits causes one each way.
    modem.send(1, UIH, &[0; 127]);
    modem.send(1, UIH, &[0; 10]);
    cmux::exchange(&mut mux, &mut modem, NOW);
    for _ in 0..40 {
        mux.read(1, &mut [0]);
        cmux::exchange(&mut mux, &mut modem, NOW);
    }
    assert_eq!(modem.messages(0xE3).len(), before + 1, "at 97 of 256 bytes it is still stopped");
    for _ in 40..137 {
        mux.read(1, &mut [0]);
        cmux::exchange(&mut mux, &mut modem, NOW);
    }
    assert_eq!(modem.messages(0xE3).len(), before + 2);
}
