//! Sockets that always have something to do do not keep users from the modem.

use crate::common;

use std::time::Duration;

use cellular_nal::Error;
use common::ECHO;
use embedded_io_async::{Read, Write};
use embedded_nal_async::TcpConnect;
use modem_sim::Model;

#[test]
fn a_question_to_the_modem_gets_its_turn_beside_traffic() {
    for &model in Model::ALL {
        let mut world = common::up(model);
        let (stack, control) = (world.stack, world.control);
        let asked = std::cell::Cell::new(0);
        let traffic = async {
            let mut connection = stack.connect(ECHO.into()).await?;
            let mut buffer = [0; 512];
            loop {
                connection.write_all(&[7; 512]).await?;
                connection.flush().await?;
                connection.read_exact(&mut buffer).await.map_err(|_| Error::Reset)?;
                if asked.get() == 20 {
                    return Ok::<_, Error>(());
                }
            }
        };
        let questions = async {
            for _ in 0..20 {
                control.imei().await?;
                asked.set(asked.get() + 1);
            }
            Ok::<_, Error>(())
        };
        let both = embassy_futures::join::join(traffic, questions);
        let before = world.now;
        assert_eq!(world.run(60, both), (Ok(()), Ok(())), "{model}");
        let each = (world.now - before) / 20;
        assert!(each < Duration::from_millis(800), "{model}: {each:?} for one question");
    }
}
