//! With the multiplexer: IP and the modem's own commands and sockets at once, on every model that has one.
use crate::common;

use common::conversation::{Outcome, echo, standard};
use common::{Mode, Setup, pattern};
use modem_sim::Model;

#[test]
fn commands_and_connections_share_the_line_by_the_multiplexer() {
    for &model in Model::ALL {
        if common::dialect(model).multiplexer().is_none() {
            continue;
        }
        let mut setup = Setup::new(model);
        setup.mode = Mode::Cmux;
        setup.record = true;
        let mut world = setup.build();
        let (control, (stack, _)) = (world.control, world.ip.expect("there is a stack"));
        assert_eq!(world.run(120, standard(control, stack)), Ok(Outcome::expected()), "{model:?}");
        let said = pattern(20_000, 2);
        let (heard, signals) = world.run(120, async {
            embassy_futures::join::join(echo(stack, &said), async {
                let mut signals = Vec::new();
                for _ in 0..5 {
                    let status = control.refresh().await.expect("the modem answers");
                    signals.push(status.signal_dbm());
                }
                signals
            })
            .await
        });
        assert_eq!(heard, Ok(said), "{model:?}");
        assert!(signals.iter().all(Option::is_some), "{model:?}: {signals:?}");
        assert!(world.modem.multiplexer().is_some(), "{model:?}");
        world.no_breach();
    }
}
