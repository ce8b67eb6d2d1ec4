//! A file whose source fails, ends early or is dropped: the modem gets as many bytes as were announced, and the next
//! command is a command.

use crate::common;

use cellular_nal::Error;
use common::script::{Act, Canned, Desk, bytes, lines, up};
use modem_sim::Model;

const LEN: u32 = 1000;

/// A modem that takes files; the prompt comes when the command does.
fn desk() -> Desk<Canned> {
    up(Model::SaraR5, |command| match command {
        "AT+UDWNFILE=\"f\",1000" => {
            Some([bytes("\r\n>"), vec![Act::Take(LEN as usize)], lines(&["OK"])].concat())
        }
        "AT+CGSN" => Some(lines(&["004999010640000", "OK"])),
        _ => None,
    })
}

/// The modem has all bytes, the first of them the file's, and answers the next question.
fn is_in_step(desk: &mut Desk<Canned>, given: usize) {
    let control = desk.control;
    let imei = desk.run(20, control.imei());
    assert_eq!(imei.as_deref(), Ok("004999010640000"), "{}", desk.tail());
    assert_eq!(desk.far.unread.len(), LEN as usize, "{}", desk.tail());
    assert!(desk.far.unread[..given].iter().all(|&byte| byte == b'x'));
    assert!(desk.far.unread[given..].iter().all(|&byte| byte == b' '));
    desk.far.unread.clear();
    desk.echoes(20);
}

#[test]
fn all_of_it_arrives() {
    let mut desk = desk();
    let control = desk.control;
    let mut offsets = Vec::new();
    let upload = control.upload_file("f", LEN, async |at, buffer: &mut [u8]| {
        offsets.push(at);
        buffer.fill(b'x');
        Ok(buffer.len())
    });
    assert_eq!(desk.run(20, upload), Ok(()), "{}", desk.tail());
    assert!(offsets.is_sorted() && offsets[0] == 0);
    is_in_step(&mut desk, LEN as usize);
}

#[test]
fn a_source_may_fail_or_end() {
    for (last, error) in [(Err(Error::Closed), Error::Closed), (Ok(0), Error::InvalidInput)] {
        let mut desk = desk();
        let control = desk.control;
        let upload = control.upload_file("f", LEN, async |at, buffer: &mut [u8]| {
            if at >= 300 {
                return last;
            }
            buffer[..100].fill(b'x');
            Ok(100)
        });
        assert_eq!(desk.run(20, upload), Err(error), "{}", desk.tail());
        is_in_step(&mut desk, 300);
    }
}

#[test]
fn the_future_may_be_dropped() {
    for given in [0, 100, 500, 900] {
        let mut desk = desk();
        let control = desk.control;
        let upload = control.upload_file("f", LEN, async |at, buffer: &mut [u8]| {
            if at >= given {
                std::future::pending::<()>().await;
            }
            buffer[..100].fill(b'x');
            Ok(100)
        });
        assert_eq!(desk.try_run(5, upload), None);
        is_in_step(&mut desk, given as usize);
    }
}
