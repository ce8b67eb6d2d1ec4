//! Whatever the pauses between commands, a modem whose serial port sleeps loses what wakes it and nothing else, and what it
//! has to say arrives.
use crate::common;

use std::time::Duration;

use cellular_nal::{Config, Pin, UartSleep};
use common::conversation::{exactly, tcp};
use common::{ECHO, Setup, pattern};
use embedded_io_async::{Read, Write};
use modem_sim::Model;

#[test]
fn a_sleeping_serial_port_loses_no_command_and_no_answer() {
    for (sleep, pins) in
        [(UartSleep::Timeout, &[][..]), (UartSleep::Rts, &[Pin::Rts]), (UartSleep::Dtr, &[Pin::Dtr])]
    {
        for &model in Model::KNOWN {
            let config = Config::new().uart_sleep(sleep);
            let mut world = Setup { config, record: true, ..Setup::new(model) }.build();
            world.wire(pins);
            world.bring_up();
            let (stack, control) = (world.stack, world.control);
            let mut socket = world.run(30, tcp(stack, ECHO)).expect("it connects");
            let mut slept = 0;
            for round in 0..40 {
                // Around each time at which a port may fall asleep, or is asleep and the socket is looked at.
                let pause = Duration::from_millis(round * 911);
                let until = world.now + pause;
                while world.now < until {
                    if world.modem.ring() {
                        control.ring();
                    }
                    world.pass(Duration::from_millis(50).min(until - world.now));
                }
                slept += u32::from(world.modem.is_asleep());
                let said = pattern(50, round);
                let mut heard = [0; 50];
                let exchanged = world.run(30, async {
                    socket.write_all(&said).await?;
                    socket.flush().await?;
                    socket.read_exact(&mut heard).await.map_err(exactly)
                });
                assert!(exchanged.is_ok(), "{model} {sleep:?} {round}: {exchanged:?}\n{}", world.tail());
                assert_eq!(heard[..], said, "{model} {sleep:?} {round}");
            }
            let lost = world.modem.lost_asleep();
            let most = if pins.is_empty() { 200 } else { 0 };
            assert!(lost <= most, "{model} {sleep:?}: {lost} bytes are lost\n{}", world.tail());
            // What has lost its first character is no command.
            let log = world.log.borrow().join("\n");
            let begun = log.find("AT+CFUN=1").expect("it was set up");
            assert!(!log[begun..].contains("< \\r\\nERROR"), "{model} {sleep:?}: {}", world.tail());
            println!("{model} {sleep:?}: asleep in {slept} of 40 pauses, {lost} bytes lost to wake it");
            let can = model.is_ublox() && sleep == UartSleep::Timeout || model == Model::SaraR5;
            assert!(!can || slept > 5, "{model} {sleep:?}: it never slept");
            drop(socket);
            world.pass_secs(40);
            assert!(world.modem.open_sockets().is_empty(), "{model} {sleep:?}: {}", world.tail());
        }
    }
}
