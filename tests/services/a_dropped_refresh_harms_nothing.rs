//! A refresh of the status that is dropped at any moment harms nothing.
use crate::common;

use common::dropping;
use modem_sim::Model;

#[test]
fn a_dropped_refresh_harms_nothing() {
    for &model in Model::ALL {
        dropping::everywhere(
            || dropping::narrow(model),
            |world| {
                let control = world.control;
                async move { control.refresh().await.map(|status| status.signal_dbm()) }
            },
            |world, output| {
                assert!(
                    matches!(output, None | Some(Ok(Some(-77)))),
                    "{model}: {output:?}\n{}",
                    world.tail()
                );
                world.echoes(30);
                let control = world.control;
                let status = world.run(30, control.refresh()).expect("the status is read");
                assert_eq!(status.operator(), "Test Network", "{model}");
                world.leaves_nothing();
            },
        );
    }
}
