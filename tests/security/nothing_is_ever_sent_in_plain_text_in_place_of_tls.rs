//! Whichever command of a secure connect the modem refuses, the connect fails; and before the modem was
//! told to secure the socket, it is never told to connect it.
use crate::common;

use std::cell::Cell;
use std::rc::Rc;

use cellular_nal::{Error, SecurityProfile, Session};
use common::script::{lines, up};
use common::tls::profile;
use embedded_nal_async::{TcpConnect, UdpStack};
use modem_sim::Model;

#[test]
fn nothing_is_ever_sent_in_plain_text_in_place_of_tls() {
    static SESSION: Session = Session::new();
    let all = profile(
        SecurityProfile::new()
            .authority(8)
            .client(9, 9)
            .psk(&[1, 2], "me")
            .cipher_suites(&[0xc02b, 0x00ae])
            .server_name("server.example")
            .resume(&SESSION),
    );
    for model in [Model::SaraR5, Model::Ryz014a] {
        for datagrams in [false, true] {
            for answer in ["ERROR", "+CME ERROR: 3", "+CME ERROR: 4"] {
                refuse_each(model, datagrams, answer, all);
            }
        }
    }
}

fn refuse_each(model: Model, datagrams: bool, answer: &'static str, profile: &'static SecurityProfile) {
    for refused in 0.. {
        let (armed, count) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(0)));
        let (is_armed, counter) = (armed.clone(), count.clone());
        let mut desk = up(model, move |command| {
            if !is_armed.get() || command.contains("CMEE") || command == "AT" {
                return None;
            }
            counter.set(counter.get() + 1);
            (counter.get() == refused + 1).then(|| lines(&[answer]))
        });
        desk.pass(std::time::Duration::from_secs(5));
        armed.set(true);
        let (stack, from) = (desk.stack, desk.far.commands.len());
        let remote = ([192, 0, 2, 1], 443).into();
        let result = desk.run(60, async {
            let tls = stack.tls(profile);
            if datagrams {
                UdpStack::connect(&tls, remote).await.map(drop)
            } else {
                TcpConnect::connect(&tls, remote).await.map(drop)
            }
        });
        let said = &desk.far.commands[from..];
        let place = |begin: &str| said.iter().position(|said| said.starts_with(begin));
        let secured = place("AT+USOSEC=0,1,0").or(place("AT+SQNSSCFG=1,1,1"));
        let connected = place("AT+USOCO").or(place("AT+SQNSD"));
        if let Some(connected) = connected {
            assert!(secured.is_some_and(|secured| secured < connected), "{model}: {said:#?}");
        }
        if result.is_ok() {
            // What was refused is of no consequence: resumption.
            let harmless = said.get(refused).is_none_or(|said| said.contains(",13,"));
            assert!(harmless, "{model}: {:?} was refused: {said:#?}", said.get(refused));
        } else {
            let error = result.expect_err("it failed");
            let expected = match &said[refused] {
                said if said.contains("CPRF=") || said.contains("SQNSPCFG=") => Error::ProfileRejected,
                said if said.contains("USOCR") => Error::NoSocket,
                _ => Error::Handshake,
            };
            // A bare error of a Sequans modem may be about another socket.
            let doubtful = model == Model::Ryz014a && answer == "ERROR" && error == Error::Aborted;
            assert!(error == expected || doubtful, "{model}: {error:?}, {said:#?}");
        }
        if said.len() <= refused {
            assert!(refused > 3, "{model}: nothing was refused");
            break;
        }
    }
}
