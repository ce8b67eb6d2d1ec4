//! When the modem answers a socket command too late, the socket has an error and the next connection works.
use crate::common;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use common::ECHO;
use common::conversation::tcp;
use common::script::{self, Act, bytes, lines};
use embedded_io_async::Write;
use modem_sim::Model;

/// A command by its beginning, the longest time for its answer, and what comes late.
fn late(model: Model) -> Vec<(&'static str, u64, Vec<Act>)> {
    match model {
        _ if model.is_ublox() => vec![
            ("AT+USOCR", 10, lines(&["+USOCR: 3", "OK"])),
            ("AT+USOCR", 10, lines(&["ERROR"])),
            ("AT+USOCO", 130, lines(&["OK"])),
            ("AT+USOCO", 130, lines(&["ERROR", "+UUSOCL: 0"])),
            ("AT+USOWR", 120, lines(&["ERROR"])),
            ("AT+USOWR", 120, [bytes("\r\n@"), vec![Act::Take(5)], lines(&["+USOWR: 0,5", "OK"])].concat()),
        ],
        _ => vec![
            ("AT+SQNSCFG=", 10, lines(&["ERROR"])),
            ("AT+SQNSD", 75, lines(&["OK"])),
            ("AT+SQNSD", 75, lines(&["NO CARRIER"])),
            ("AT+SQNSSENDEXT", 30, lines(&["ERROR"])),
            ("AT+SQNSSENDEXT", 30, [bytes("\r\n> "), vec![Act::Take(5)], lines(&["OK"])].concat()),
        ],
    }
}

#[test]
fn a_late_answer_of_a_socket_command_kills_that_socket_only() {
    for &model in Model::ALL {
        for (slow, limit, answer) in late(model) {
            for delay in [1, 100, 900, 1500, 3000] {
                let armed = Rc::new(Cell::new(true));
                let trigger = armed.clone();
                let acts = [
                    vec![Act::Wait(Duration::from_secs(limit) + Duration::from_millis(delay))],
                    answer.clone(),
                ];
                let mut desk = script::up(model, move |command| {
                    (command.starts_with(slow) && trigger.take()).then(|| acts.concat())
                });
                let stack = desk.stack;
                let context = format!("{model}: {slow} answers {answer:?} {delay} ms late");
                let done = desk.try_run(limit + 10, async {
                    let mut socket = tcp(stack, ECHO).await?;
                    socket.write_all(b"hello").await?;
                    socket.flush().await
                });
                assert!(matches!(done, Some(Err(_))), "{context}: {done:?}\n{}", desk.tail());
                desk.pass(Duration::from_secs(60));
                desk.far.unread.clear();
                desk.echoes(200);
            }
        }
    }
}
