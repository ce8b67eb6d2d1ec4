//! One flag between frames is enough, and any number of them is not too much (3GPP TS 27.010 §5.2.5).
use crate::cmux;

use cellular_nal::Instant;
use cellular_nal::cmux::Parameters;
use cmux::UIH;

#[test]
fn frames_may_share_flags() {
    for flags in 1..5 {
        let (mut mux, _) = cmux::opened(Parameters::new(), &[1], 1024);
        let mut stream = Vec::new();
        let mut expected = Vec::new();
        for i in 0..40u8 {
            let payload = [i, 0xF9, i];
            let frame = cmux::frame(1, UIH, &payload);
            stream.extend(&frame[..frame.len() - 1]);
            stream.extend(vec![0xF9; flags - 1]);
            expected.extend(payload);
        }
        // Each frame begins with the flag that closes the one before.
        stream.push(0xF9);
        mux.handle_rx(&stream, Instant::from_millis(0));
        assert_eq!(cmux::read(&mut mux, 1), expected, "{flags} flags");
        assert_eq!(mux.noise(), 0);
    }
}
