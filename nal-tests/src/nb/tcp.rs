//! How a connection begins.

use embedded_nal::{TcpClientStack, nb};

use super::ground::{Ground, failed, is_other};
use crate::{Failure, Role, Verdict, check};

pub(super) fn echo<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Echo, |ground, socket| {
        ground.exchange(socket, b"hello")?;
        ground.exchange(socket, b"and again")
    })
}

pub(super) fn patient_connect<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let remote = ground.bench.tcp.get(Role::Echo)?;
    let taken = |ground: &Ground<'_, S>| ground.bench.far.and_then(|far| far.taken(Role::Echo));
    let before = taken(ground);
    ground.with_socket(|ground, socket| {
        let mut connected = false;
        while !connected {
            for _ in 0..5 {
                match ground.stack.connect(socket, remote) {
                    Ok(()) => {
                        connected = true;
                        break;
                    }
                    Err(nb::Error::WouldBlock) => {}
                    Err(nb::Error::Other(error)) => return Err(failed("connect gave an error", &error)),
                }
            }
            ground.spin("connect blocks for ever")?;
        }
        ground.exchange(socket, b"hello")
    })?;
    if let (Some(before), Some(after)) = (before, taken(ground)) {
        let count = after.wrapping_sub(before);
        check!(count == 1, count, 1, "connections that the peer has taken");
    }
    Ok(())
}

pub(super) fn connected_already<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let remote = ground.bench.tcp.get(Role::Echo)?;
    ground.with_connection(Role::Echo, |ground, socket| {
        ground.send(socket, b"hello")?;
        for _ in 0..3 {
            ground.connect(socket, remote)?;
        }
        ground.expect(socket, b"hello")
    })
}

pub(super) fn refused<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let remote = ground.bench.tcp.get(Role::Refuse)?;
    ground.with_socket(|ground, socket| {
        let result = ground.until("connect blocks for ever", |stack| stack.connect(socket, remote))?;
        let error = result.err().ok_or(Failure::wrong("connect was Ok although nobody listens"))?;
        is_other("the error of a refused connect", embedded_nal::TcpError::kind(&error))
    })
}

pub(super) fn connect_again<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    let nobody = ground.bench.tcp.get(Role::Refuse)?;
    let open = |ground: &Ground<'_, S>, open| ground.bench.far.and_then(|far| far.open(Role::Refuse, open));
    let verdict = ground.with_socket(|ground, socket| {
        for _ in 0..2 {
            let result =
                ground.until("connect to nobody blocks for ever", |stack| stack.connect(socket, nobody))?;
            check!(result.is_err(), "connect was Ok although nobody listens");
        }
        // The server comes up where it was looked for; where that cannot be, another one serves.
        let remote = match open(ground, true) {
            Some(()) => nobody,
            None => ground.bench.tcp.get(Role::Echo)?,
        };
        ground.connect(socket, remote)?;
        ground.exchange(socket, b"hello")
    });
    open(ground, false);
    verdict
}

pub(super) fn nothing_yet<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_connection(Role::Echo, |ground, socket| {
        for _ in 0..ground.bench.idle_ms {
            match ground.stack.receive(socket, &mut [0; 8]) {
                Err(nb::Error::WouldBlock) => {}
                Ok(0) => return Err(Failure::wrong("receive without data was Ok(0)")),
                Ok(_) => return Err(Failure::wrong("something came that nobody sent")),
                Err(nb::Error::Other(error)) => {
                    return Err(failed("receive without data gave an error", &error));
                }
            }
            ground.pause(1);
        }
        ground.exchange(socket, b"hello")
    })
}

pub(super) fn unconnected<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_socket(|ground, socket| {
        let sent = ground.until("send blocks for ever", |stack| stack.send(socket, b"hello"))?;
        check!(sent.is_err(), "send was Ok");
        let received = ground.until("receive blocks for ever", |stack| stack.receive(socket, &mut [0; 8]))?;
        check!(received.is_err(), "receive was Ok");
        Ok(())
    })
}

pub(super) fn kind_of_other_errors<S: TcpClientStack>(ground: &mut Ground<'_, S>) -> Verdict {
    ground.with_socket(|ground, socket| {
        let kind = ground.until_error("send gives no error", |stack| stack.send(socket, b"hello"))?;
        is_other("the error of a send without a connection", kind)?;
        let kind =
            ground.until_error("receive gives no error", |stack| stack.receive(socket, &mut [0; 8]))?;
        is_other("the error of a receive without a connection", kind)
    })
}
