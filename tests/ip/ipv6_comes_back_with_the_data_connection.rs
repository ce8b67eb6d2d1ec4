//! After a redial the router is asked again; connections to IPv6 addresses wait for its answer.
use crate::common;

use cellular_nal::Error;
use common::Mode;
use common::conversation::{exactly, tcp};
use common::six::{ECHO6, build, setup};
use embedded_io_async::{Read, Write};
use modem_sim::{DialupEnd, Model, Registration};

#[test]
fn ipv6_comes_back_with_the_data_connection() {
    for (mode, ipv4) in [(Mode::Ppp, true), (Mode::Ppp, false), (Mode::Cmux, true)] {
        for end in [DialupEnd::Terminate, DialupEnd::NoCarrier] {
            let what = format!("{mode:?}, IPv4: {ipv4}, {end:?}");
            let mut setup = setup(Model::SaraR5, mode, ipv4, true);
            setup.options.dialup.end = end;
            let mut world = build(setup);
            let before = world.six_up();
            let stack = world.ip.expect("there is a stack").0;
            let mut old = world.run(30, tcp(stack, ECHO6)).expect("it connects");
            world.modem.set_registration(world.now, Registration::Lost);
            world.pass_secs(20);
            world.modem.set_registration(world.now, Registration::Home);
            let ended = world.run(60, old.read(&mut [0; 8]));
            assert!(ended.is_err(), "{what}: {ended:?}");
            drop(old);
            let start = world.now;
            let heard = loop {
                let heard = world.run(120, async {
                    let mut socket = tcp(stack, ECHO6).await?;
                    socket.write_all(b"hello").await?;
                    let mut heard = [0; 5];
                    socket.read_exact(&mut heard).await.map_err(exactly)?;
                    Ok::<_, Error>(heard)
                });
                if heard.is_ok() || (world.now - start).as_secs() > 300 {
                    break heard;
                }
                world.pass_secs(1);
            };
            assert_eq!(heard, Ok(*b"hello"), "{what}\n{}", world.tail());
            // Another interface identifier, in the same network.
            let after = world.six_up();
            assert_eq!(after.segments()[..4], before.segments()[..4], "{what}");
            assert_ne!(after, before, "{what}");
        }
    }
}
