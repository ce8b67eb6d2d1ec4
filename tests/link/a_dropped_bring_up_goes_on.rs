//! However far the link is when `Control::connect` is dropped, it comes up and works.
use crate::common;

use common::{Setup, dropping};
use modem_sim::Model;

#[test]
fn a_dropped_bring_up_goes_on() {
    for &model in Model::ALL {
        dropping::everywhere(
            || Setup { record: true, ..Setup::new(model) }.build(),
            |world| {
                let control = world.control;
                async move { control.connect().await }
            },
            |world, output| {
                assert!(matches!(output, None | Some(Ok(()))), "{model}: {output:?}\n{}", world.tail());
                let control = world.control;
                assert_eq!(world.run(60, control.connect()), Ok(()), "{model}: {}", world.tail());
                world.echoes(30);
                world.leaves_nothing();
            },
        );
    }
}
