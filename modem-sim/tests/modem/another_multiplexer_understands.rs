//! The crate at-cmux as the initiator: written by others, after the same standard.

use crate::common;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use at_cmux::Mux;
use common::{Rig, running};
use embedded_io_async::{BufRead, ErrorType, Read, Write};
use modem_sim::{Model, MuxFlags, Options, Rule};

/// What goes to the modem, and what came from it; whoever waits is simply asked again.
#[derive(Default)]
struct Wire {
    to_modem: RefCell<VecDeque<u8>>,
    to_host: RefCell<VecDeque<u8>>,
}

struct Port<'a>(&'a Wire, Vec<u8>);

impl ErrorType for Port<'_> {
    type Error = Infallible;
}

impl Read for Port<'_> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let bytes = self.fill_buf().await?;
        let n = bytes.len().min(buffer.len());
        buffer[..n].copy_from_slice(&bytes[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Port<'_> {
    async fn fill_buf(&mut self) -> Result<&[u8], Infallible> {
        poll_fn(|_| {
            self.1.extend(self.0.to_host.borrow_mut().drain(..));
            if self.1.is_empty() { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        Ok(&self.1)
    }

    fn consume(&mut self, count: usize) {
        self.1.drain(..count);
    }
}

impl Write for Port<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.0.to_modem.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A command and its answer, to the final result.
async fn ask(channel: &mut at_cmux::Channel<'_, 256>, command: &str) -> String {
    channel.write_all(format!("{command}\r").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\nOK\r\n") {
        let mut buffer = [0; 64];
        let n = channel.read(&mut buffer).await.unwrap();
        answer.extend_from_slice(&buffer[..n]);
    }
    String::from_utf8(answer).unwrap()
}

/// Opens channels 1 and 2 and talks on both; at-cmux opens them in a row from 1.
fn session(model: Model, options: Options) -> Vec<Rule> {
    let mut rig = Rig::new(model, options);
    rig.ok("AT+CMUX=0,0,5,128");
    let wire = Wire::default();
    let mut mux = Mux::<2, 256>::new();
    let (mut runner, [mut one, mut two]) = mux.start();
    let mut run = pin!(runner.run(Port(&wire, Vec::new()), Port(&wire, Vec::new()), 128));
    let mut talk = pin!(async {
        // at-cmux does not look at a channel that has opened before another one has sent.
        ask(&mut one, "AT").await;
        for _ in 0..3 {
            assert!(ask(&mut one, "AT+CGMM").await.starts_with("AT+CGMM\r\r\n"));
            assert!(ask(&mut two, "AT+CIMI").await.starts_with("AT+CIMI\r\r\n"));
        }
    });
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..10_000 {
        assert!(run.as_mut().poll(&mut context).is_pending());
        let done = talk.as_mut().poll(&mut context).is_ready();
        let bytes: Vec<u8> = wire.to_modem.borrow_mut().drain(..).collect();
        rig.send(&bytes);
        rig.pass_ms(30);
        wire.to_host.borrow_mut().extend(rig.got.drain(..));
        if done {
            return rig.rules();
        }
    }
    panic!("the conversation does not come to its end");
}

#[test]
fn on_every_model() {
    for &model in Model::KNOWN {
        assert_eq!(session(model, running()), [], "{model}");
    }
}

#[test]
fn with_more_flags_than_needed() {
    assert_eq!(session(Model::SaraR5, Options { mux_flags: MuxFlags::Many(3), ..running() }), []);
}
