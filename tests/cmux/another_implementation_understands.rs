//! The multiplexer of the crate at-cmux at the other end. It was written by others, speaks only the commands of the
//! initiator itself, and sets C/R in everything.
use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use at_cmux::FrameError;
use cellular_nal::Instant;
use cellular_nal::cmux::{Channel, Mux, Output, Parameters, State};
use embedded_io_async::{BufRead, ErrorType, Read, Write};

const NOW: Instant = Instant::from_millis(0);

/// One direction of the line.
#[derive(Clone, Default)]
struct Wire(Rc<RefCell<VecDeque<u8>>>);

impl Wire {
    fn take(&self) -> Vec<u8> {
        self.0.borrow_mut().drain(..).collect()
    }
}

/// The end of the line that the other one reads.
struct Reader {
    wire: Wire,
    piece: Vec<u8>,
}

impl ErrorType for Reader {
    type Error = Infallible;
}

impl Read for Reader {
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        let piece = self.fill_buf().await?;
        let count = piece.len().min(out.len());
        out[..count].copy_from_slice(&piece[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Reader {
    async fn fill_buf(&mut self) -> Result<&[u8], Infallible> {
        std::future::poll_fn(|_| {
            if self.piece.is_empty() {
                self.piece = self.wire.take();
            }
            if self.piece.is_empty() { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        Ok(&self.piece)
    }

    fn consume(&mut self, count: usize) {
        self.piece.drain(..count);
    }
}

impl ErrorType for Wire {
    type Error = Infallible;
}

impl Write for Wire {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Moves what is there, both ways.
fn pump(mux: &mut Mux<'_, '_>, to: &Wire, from: &Wire, other: &mut dyn FnMut()) {
    for _ in 0..50 {
        while let Output::Transmit(bytes) = mux.poll_output(NOW) {
            let count = bytes.len();
            to.0.borrow_mut().extend(bytes);
            mux.transmitted(count);
        }
        other();
        mux.handle_rx(&from.take(), NOW);
    }
}

#[test]
fn another_implementation_understands() {
    let mut peer = at_cmux::Mux::<2, 1024>::new();
    let (mut runner, [mut first, mut second]) = peer.start();
    let (to, from) = (Wire::default(), Wire::default());
    let reader = Reader { wire: to.clone(), piece: Vec::new() };
    let mut running = pin!(runner.run(reader, from.clone(), 127));
    let context = &mut Context::from_waker(Waker::noop());
    let ended = RefCell::new(None);
    let mut run = || {
        if ended.borrow().is_none()
            && let Poll::Ready(Err(error)) = running.as_mut().poll(context)
        {
            *ended.borrow_mut() = Some(error);
        }
    };

    let mut frame = [0; 127 + 7];
    let mut rings = [[0; 1024]; 4];
    let [rx1, tx1, rx2, tx2] = &mut rings;
    let mut channels = [Channel::new(1, rx1, tx1), Channel::new(2, rx2, tx2)];
    let parameters = Parameters { n1: 127, ..Parameters::new() };
    let mut mux = Mux::new(parameters, &mut frame, &mut channels);
    // It says SABM by itself, before anybody has asked.
    pump(&mut mux, &to, &from, &mut run);
    assert_eq!(mux.state(0), State::Closed);
    for dlci in 0..3 {
        mux.open(dlci).unwrap();
    }
    pump(&mut mux, &to, &from, &mut run);
    assert_eq!([mux.state(0), mux.state(1), mux.state(2)], [State::Open; 3]);

    // Both channels, both ways, in frames of the largest size; the bytes of one are not read.
    let bytes: Vec<u8> = (0..=255).cycle().take(600).collect();
    let mut back = [0; 600];
    assert_eq!(mux.write(2, &bytes), Ok(600));
    for _ in 0..5 {
        assert_eq!(mux.write(1, &bytes), Ok(600));
        pump(&mut mux, &to, &from, &mut run);
        let mut got = 0;
        while got < 600 {
            match pin!(first.read(&mut back[got..])).poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(Ok(count)) => got += count,
                _ => run(),
            }
        }
        assert!(back == bytes[..]);
        let mut sent = 0;
        while sent < 600 {
            match pin!(first.write(&bytes[sent..])).poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(Ok(count)) => sent += count,
                _ => run(),
            }
        }
        pump(&mut mux, &to, &from, &mut run);
        let mut got = Vec::<u8>::new();
        while !mux.peek(1).is_empty() {
            got.extend(mux.peek(1));
            mux.consume(1, mux.peek(1).len());
        }
        assert!(got == bytes);
    }
    let mut got = 0;
    while got < 600 {
        match pin!(second.read(&mut back[got..])).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(count)) => got += count,
            _ => run(),
        }
    }
    assert!(back == bytes[..]);

    mux.close(0);
    pump(&mut mux, &to, &from, &mut run);
    assert_eq!([mux.state(0), mux.state(1), mux.state(2)], [State::Closed; 3]);
    assert!(matches!(ended.take(), Some(FrameError::MultiplexerCloseDown)));
    assert_eq!((mux.noise(), mux.lost(1), mux.lost(2)), (0, 0, 0));
}
