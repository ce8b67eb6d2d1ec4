//! Datagrams that come back to back, of all sizes, are received one by one (D07, D08).
use crate::common;

use common::conversation::udp;
use common::{ECHO, Setup, pattern};
use embedded_nal_async::ConnectedUdp;
use modem_sim::Model;

#[test]
fn datagrams_keep_their_boundaries() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build_sized::<1, 3000, 3000>();
        world.bring_up();
        let mut socket = world.run(30, udp(world.stack, ECHO)).expect("it opens");
        let largest = if model == Model::SaraR5 { 1024 } else { 1500 };
        for size in [1, 2, 511, 512, 1023, 1024, 1460, 1472, 1500].into_iter().filter(|&size| size <= largest)
        {
            let said = pattern(size, size as u64);
            let mut buffer = vec![0; 2000];
            let count = world.try_run(30, async {
                socket.send(&said).await?;
                socket.receive_into(&mut buffer).await
            });
            assert_eq!(count, Some(Ok(size)), "{model}: {}", world.tail());
            assert!(buffer[..size] == said, "{model}: {size} bytes differ");
        }
        let mut waiting = Vec::new();
        for number in 0..10 {
            let said = pattern(20 + 7 * number, number as u64);
            world.run(30, socket.send(&said)).expect("it sends");
            waiting.push(said);
        }
        world.pass_secs(3);
        for said in waiting {
            let mut buffer = vec![0; 200];
            let count = world.try_run(10, socket.receive_into(&mut buffer));
            assert_eq!(count, Some(Ok(said.len())), "{model}: {}", world.tail());
            assert_eq!(buffer[..said.len()], said, "{model}");
        }
        drop(socket);
        world.leaves_nothing();
    }
}
