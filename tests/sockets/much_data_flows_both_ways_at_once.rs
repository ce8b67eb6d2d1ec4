//! Both directions carry a lot at the same time, with a slow reader, and nothing is lost (A25, A26).
use crate::common;

use common::conversation::tcp;
use common::{ECHO, Setup, pattern};
use embedded_io_async::{Read, Write};
use modem_sim::Model;

#[test]
fn much_data_flows_both_ways_at_once() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        let stack = world.stack;
        let mut socket = world.run(30, tcp(stack, ECHO)).expect("it connects");
        let said = pattern(100_000, 6);
        let (mut written, mut heard) = (0, Vec::new());
        while heard.len() < said.len() {
            if written < said.len() {
                let end = (written + 1 + written % 1777).min(said.len());
                if let Some(count) = world.run_and_drop(2, 30, socket.write(&said[written..end])) {
                    written += count.expect("it writes");
                }
            }
            let mut buffer = vec![0; 1 + heard.len() % 900];
            if let Some(count) = world.run_and_drop(2, 30, socket.read(&mut buffer)) {
                heard.extend_from_slice(&buffer[..count.expect("it reads")]);
            }
            if heard.len() % 7 == 0 {
                world.pass_secs(1);
            }
            assert!(
                world.now.as_secs() < 10_000,
                "{model}: {} of {written} came\n{}",
                heard.len(),
                world.tail()
            );
        }
        assert!(heard == said, "{model}: the data differ");
        drop(socket);
        world.leaves_nothing();
    }
}
