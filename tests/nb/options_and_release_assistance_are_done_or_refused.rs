//! Options of sockets and release assistance without an executor, on modems that know them and others.
use crate::common;

use cellular_nal::Error;
use cellular_nal::dialect::{ReleaseAssistance, SocketOption};
use common::ECHO;
use common::nb::up;
use embedded_nal::{TcpClientStack as Tcp, UdpClientStack as Udp, nb};
use modem_sim::{Model, Options};

#[test]
fn nb_options_and_release_assistance_are_done_or_refused() {
    for &model in Model::ALL {
        let (mut stack, mut world) = up::<2>(model, Options::default());
        let mut socket = Udp::socket(&mut stack).expect("there is a socket");
        Udp::connect(&mut stack, &mut socket, ECHO.into()).expect("that only sets the peer");
        let last = world.until(30, || stack.send_last(&mut socket, b"bye", ReleaseAssistance::OneReply));
        if !model.is_ublox() {
            assert_eq!(last, Ok(()), "{model}");
            let heard = world.until(30, || Udp::receive(&mut stack, &mut socket, &mut [0; 8]));
            assert_eq!(heard, Ok((3, ECHO.into())), "{model}");
        }
        let set = world.until(30, || stack.set_udp_option(&mut socket, SocketOption::TimeToLive(9)));
        assert_eq!(set, if model.is_ublox() { Ok(()) } else { Err(Error::Unsupported) }, "{model}");
        Udp::close(&mut stack, socket).expect("closing never fails");

        let mut socket = Tcp::socket(&mut stack).expect("there is a socket");
        let early = stack.set_option(&mut socket, SocketOption::NoDelay(true));
        assert_eq!(early, Err(nb::Error::Other(Error::NotConnected)), "{model}");
        world.until(30, || Tcp::connect(&mut stack, &mut socket, ECHO.into())).expect("it connects");
        let set = world.until(30, || stack.set_option(&mut socket, SocketOption::NoDelay(true)));
        assert_eq!(set, if model.is_ublox() { Ok(()) } else { Err(Error::Unsupported) }, "{model}");
        Tcp::close(&mut stack, socket).expect("closing never fails");
        world.leaves_nothing(&mut stack);
    }
}
