//! Reports that come before the answer, before its result, behind it or now here, now there, are all understood.
mod common;

use common::conversation::{Outcome, datagram_echo, exactly, read_to_end, standard, tcp};
use common::{ECHO, Setup, pattern};
use embedded_io_async::{Read, Write};
use modem_sim::{Model, Options, Peer, Prng, UrcTiming};

#[test]
fn reports_come_at_any_time_of_a_command() {
    for &model in Model::ALL {
        let mixed = (0..40).map(UrcTiming::Mixed);
        for urc_timing in
            [UrcTiming::BeforeFinal, UrcTiming::Immediate, UrcTiming::AfterFinal].into_iter().chain(mixed)
        {
            all_is_well(model, Options { urc_timing, ..Options::default() });
        }
    }
}

/// Data both ways in pieces, a stream that the peer closes while some of it is unread, datagrams.
fn all_is_well(model: Model, options: Options) {
    let context = format!("{model}: {options:?}");
    let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
    let outcome = world.try_run(60, standard(world.control, world.stack));
    assert_eq!(outcome, Some(Ok(Outcome::expected())), "{context}\n{}", world.tail());
    let (stack, said) = (world.stack, pattern(9000, 5));
    let heard = world.try_run(200, async {
        let mut socket = tcp(stack, ECHO).await?;
        let mut heard = Vec::new();
        for part in said.chunks(1500) {
            socket.write_all(part).await?;
            let mut buffer = vec![0; part.len()];
            socket.read_exact(&mut buffer).await.map_err(exactly)?;
            heard.extend(buffer);
        }
        Ok::<_, cellular_nal::Error>(heard)
    });
    assert!(heard == Some(Ok(said)), "{context}: the echo differs: {heard:?}\n{}", world.tail());
    let sent = Prng::new(3).bytes(2000);
    world.net.on([10, 0, 0, 9], 9, Peer::SendThenClose(sent.clone()));
    let mut socket = world.run(30, tcp(stack, ([10, 0, 0, 9], 9))).expect("it connects");
    world.pass_secs(3);
    let all = world.try_run(130, read_to_end(&mut socket));
    assert_eq!(all, Some(Ok(sent)), "{context}\n{}", world.tail());
    drop(socket);
    for size in [1, 200, 1000] {
        let said = pattern(size, 7);
        let heard = world.try_run(60, datagram_echo(stack, &said));
        assert_eq!(heard, Some(Ok(said)), "{context}\n{}", world.tail());
    }
    world.leaves_nothing();
}
