//! All values of bytes, and lengths around the limits of a command, go both ways (B01, B02, B03, B05, B06).
use crate::common;

use common::conversation::echo;
use common::{Setup, pattern};
use modem_sim::Model;

#[test]
fn every_byte_is_carried_at_every_length() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let mut texts: Vec<Vec<u8>> = vec![
            (0..=255).collect(),
            b"\x00\x1a\x1b".into(),
            b"ends with\x1b".into(),
            b"+++".into(),
            b"\r".into(),
            b"\n\n\r\r\"\"\",,,\xff\xfe".into(),
            b"\"".into(),
        ];
        texts.extend(
            [1, 511, 512, 513, 1023, 1024, 1025, 1499, 1500, 1501, 2047, 2048, 2049]
                .map(|n| pattern(n, n as u64)),
        );
        for said in texts {
            world.pass_secs(2);
            let heard = world.try_run(60, echo(stack, &said));
            assert_eq!(heard, Some(Ok(said)), "{model}: {}", world.tail());
        }
        world.leaves_nothing();
    }
}
