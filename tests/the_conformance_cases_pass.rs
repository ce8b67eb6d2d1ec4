//! The cases of `nal-tests` on the async stack, on each model.
mod common;

use common::{ECHO, up};
use modem_sim::{Model, Peer};
use nal_tests::asynch;

const GOODBYE: ([u8; 4], u16) = ([10, 0, 0, 8], 17);

#[test]
fn the_conformance_cases_pass() {
    for &model in Model::ALL {
        let mut world = up(model);
        world.net.on(ECHO.0, ECHO.1, Peer::Echo);
        let text = b"goodbye, and thanks for all the bytes";
        world.net.on(GOODBYE.0, GOODBYE.1, Peer::SendThenClose(text.to_vec()));
        let stack = world.stack;
        let results = world.run(300, async {
            [
                (asynch::ECHO, asynch::echo(&stack, ECHO.into()).await),
                (asynch::NOTHING, asynch::nothing(&stack, ECHO.into()).await),
                (asynch::END, asynch::end(&stack, GOODBYE.into(), text).await),
            ]
        });
        for (case, result) in results {
            assert_eq!(result, Ok(()), "{model}, {}: {}", case.id, case.sentence);
        }
        world.pass_secs(10);
        assert!(world.modem.open_sockets().is_empty());
        world.no_breach();
    }
}
