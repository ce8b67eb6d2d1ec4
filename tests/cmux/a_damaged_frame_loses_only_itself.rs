//! Five frames; each bit of the third is turned, each byte of it left out, each place in it gets one byte more. The
//! others arrive, with two flags between frames and with one, and the third is heard when its header is whole.
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::Parameters;
use cmux::UIH;

/// What the frames carry: the third looks like frames itself.
fn payloads() -> Vec<Vec<u8>> {
    let inner = [&cmux::frame(1, UIH, b"inner")[..], &[0xF9, 0x07, 0xEF]].concat();
    vec![b"first ".to_vec(), b"second ".to_vec(), inner, b"fourth ".to_vec(), vec![b'5'; 200]]
}

/// The frames of a stream. With `shared` flags the closing one opens the next.
fn stream(shared: bool, damage: &dyn Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut all = Vec::new();
    for (i, payload) in payloads().iter().enumerate() {
        let mut frame = cmux::frame(1, UIH, payload);
        if shared && i > 0 {
            frame.remove(0);
        }
        if i == 2 {
            damage(&mut frame);
        }
        all.extend(frame);
    }
    all
}

fn received(stream: &[u8], chunk: usize) -> Vec<u8> {
    let (mut mux, mut modem) = cmux::opened(Parameters { n1: 256, ..Parameters::new() }, &[1], 1024);
    let mut now = Instant::from_millis(0);
    for piece in stream.chunks(chunk) {
        mux.handle_rx(piece, now);
    }
    // Silence, so that a frame that does not end is doubted.
    now = cmux::run(&mut mux, &mut modem, now, |_| false);
    assert!(now <= Instant::from_millis(100), "{now:?}");
    cmux::read(&mut mux, 1)
}

/// All but the damaged frame came, whole and in order. A damaged one may be heard as far as it is a
/// frame: nothing protects payload.
fn others_are_whole(got: &[u8], what: &str) {
    let payloads = payloads();
    let before = [&payloads[0][..], &payloads[1]].concat();
    let behind = [&payloads[3][..], &payloads[4]].concat();
    assert!(got.starts_with(&before), "{what}: {:?}", got.escape_ascii().to_string());
    assert!(got.ends_with(&behind), "{what}: {:?}", got.escape_ascii().to_string());
}

#[test]
fn a_damaged_frame_loses_only_itself() {
    let len = cmux::frame(1, UIH, &payloads()[2]).len();
    for shared in [false, true] {
        let third = len - usize::from(shared);
        let whole = stream(shared, &|_| {});
        assert_eq!(received(&whole, whole.len()), payloads().concat());
        for chunk in [usize::MAX, 7] {
            for at in 0..third {
                // The flag before the damage closes the second frame when it is shared, and its own flag otherwise.
                for bit in 0..8 {
                    let last_flag = at == third - 1;
                    let got = received(&stream(shared, &|frame| frame[at] ^= 1 << bit), chunk);
                    if shared && last_flag {
                        // It was the opening flag of the fourth, too.
                        let behind = &payloads()[4];
                        assert!(got.ends_with(behind), "bit {bit} of the flag between two");
                        continue;
                    }
                    others_are_whole(
                        &got,
                        &format!("shared {shared}, bit {bit} of byte {at}, pieces of {chunk}"),
                    );
                    if (4..third - 2).contains(&at) && !shared {
                        let damaged = &payloads()[2].len();
                        assert_eq!(got.len(), payloads().concat().len(), "{damaged} bytes of payload");
                    }
                }
                let got = received(
                    &stream(shared, &|frame| {
                        frame.remove(at);
                    }),
                    chunk,
                );
                if !(shared && at == third - 1) {
                    others_are_whole(&got, &format!("shared {shared}, byte {at} lost"));
                }
                let got = received(&stream(shared, &|frame| frame.insert(at, 0x55)), chunk);
                if !(shared && at == 0) {
                    others_are_whole(&got, &format!("shared {shared}, one byte more before {at}"));
                }
            }
        }
    }
}
