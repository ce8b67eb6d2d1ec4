//! A report about an earlier socket with the same id, wherever it comes, leaves the new socket as it is.
use crate::common;

use std::cell::Cell;
use std::rc::Rc;

use common::conversation::{exactly, tcp};
use common::{ECHO, Extra, Setup, urcs};
use embedded_io_async::{Read, Write};
use modem_sim::Model;

/// Uses a socket with the id of an earlier one, with `report` behind the `place`th line. False
/// when there are fewer.
fn disturbed(model: Model, report: &'static str, place: usize) -> bool {
    let mut world = Setup { record: true, ..Setup::new(model) }.build();
    world.bring_up();
    // Afterwards every id has been in use.
    for _ in 0..6 {
        world.echoes(30);
    }
    world.pass_secs(2);
    let seen = Rc::new(Cell::new(0));
    let count = seen.clone();
    world.behind = Some(Box::new(move |piece| {
        let here = urcs::may_follow(piece) && count.replace(count.get() + 1) == place;
        here.then(|| Extra::Raw(format!("\r\n{report}\r\n").into_bytes()))
    }));
    let stack = world.stack;
    let heard = world.run(100, async {
        let mut socket = tcp(stack, ECHO).await?;
        let mut heard = [0; 10];
        socket.write_all(b"first").await?;
        socket.read_exact(&mut heard[..5]).await.map_err(exactly)?;
        socket.write_all(b"again").await?;
        socket.read_exact(&mut heard[5..]).await.map_err(exactly)?;
        Ok::<_, cellular_nal::Error>(heard)
    });
    let context = format!("{model}: {report} behind line {place}");
    assert_eq!(heard.as_ref(), Ok(b"firstagain"), "{context}\n{}", world.tail());
    let places = seen.get();
    world.leaves_nothing();
    places > place
}

#[test]
fn a_late_report_about_an_old_socket_does_not_harm_the_new_one() {
    for &model in Model::ALL {
        let reports = match model {
            _ if model.is_ublox() => ["+UUSOCL: 0", "+UUSORD: 0,5", "+UUSORD: 0,2000"],
            _ => ["+SQNSH: 1", "+SQNSRING: 1", "+SQNSRING: 1,5"],
        };
        for report in reports {
            let places = (0..).take_while(|&place| disturbed(model, report, place)).count();
            assert!(places > 6, "{model}: only {places} lines were seen");
        }
    }
}
