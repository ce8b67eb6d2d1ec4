//! Whatever the moment, taking the injected lines out leaves the same conversation.

use crate::common;

use std::time::Duration;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Options, Peer, Prng, UrcTiming};

const LINE: &str = "\r\n+CREG: 1\r\n";

fn conversation(model: Model, timing: UrcTiming, echo: bool, moments: &[Duration]) -> (String, usize) {
    let options = Options { urc_timing: timing, echo: Some(echo), ..running() };
    let mut rig = Rig::new(model, options);
    rig.net.on(SERVER, 7, Peer::Echo);
    let payload = "\r\nOK\r\n@> \r\n";
    let steps: Vec<String> = match model {
        _ if model.is_ublox() => [
            "AT+USOCR=6\r",
            "AT+USOCO=0,\"192.0.2.1\",7\r",
            "AT+USOWR=0,11\r",
            payload,
            "AT+USORD=0,1024\r",
            "AT+CGMI\r",
        ]
        .map(str::to_owned)
        .to_vec(),
        _ => [
            "AT+SQNSD=1,0,7,\"192.0.2.1\",0,0,1\r",
            "AT+SQNSSENDEXT=1,11\r",
            payload,
            "AT+SQNSRECV=1,100\r",
            "AT+CGMI\r",
        ]
        .map(str::to_owned)
        .to_vec(),
    };
    let mut all = String::new();
    let mut moments = moments.iter().copied().peekable();
    for step in steps {
        // Byte by byte, so that a moment may lie within a line.
        for byte in step.bytes() {
            while moments.next_if(|m| *m <= rig.now).is_some() {
                let now = rig.now;
                rig.modem.inject(now, "+CREG: 1");
            }
            rig.send(&[byte]);
            rig.pass(Duration::from_micros(87));
        }
        for _ in 0..200 {
            while moments.next_if(|m| *m <= rig.now).is_some() {
                let now = rig.now;
                rig.modem.inject(now, "+CREG: 1");
            }
            rig.pass_ms(1);
        }
        all.push_str(&rig.printed());
    }
    assert_eq!(rig.rules(), []);
    let count = all.matches(LINE).count();
    (all.replace(LINE, ""), count)
}

#[test]
fn at_random_moments() {
    for &model in Model::ALL {
        for echo in [false, true] {
            let timings =
                [UrcTiming::BeforeFinal, UrcTiming::Immediate, UrcTiming::AfterFinal, UrcTiming::Mixed(5)];
            for timing in timings {
                let (plain, none) = conversation(model, timing, echo, &[]);
                assert_eq!(none, 0);
                for seed in 0..40 {
                    let mut prng = Prng::new(seed);
                    let mut moments: Vec<_> =
                        (0..30).map(|_| Duration::from_micros(prng.below(1_000_000))).collect();
                    moments.sort();
                    let (text, count) = conversation(model, timing, echo, &moments);
                    assert_eq!(text, plain, "seed {seed} {timing:?}");
                    assert_eq!(count, 30, "seed {seed} {timing:?}");
                }
            }
        }
    }
}

#[test]
fn it_may_stand_between_information_and_result() {
    let mut rig = Rig::new(Model::SaraR5, running());
    rig.send(b"AT+CGMI\r");
    let now = rig.now;
    rig.modem.inject(now, "+CREG: 1");
    rig.pass_ms(10);
    assert_eq!(rig.printed(), "\r\nu-blox\r\n\r\n+CREG: 1\r\n\r\nOK\r\n");
}
