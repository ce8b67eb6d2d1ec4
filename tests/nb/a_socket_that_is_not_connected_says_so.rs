//! Sending and receiving before a connect is an error, for TCP and UDP (N11, U05).
use crate::common;

use cellular_nal::Error;
use common::nb::up;
use embedded_nal::{TcpClientStack, UdpClientStack, nb};
use modem_sim::{Model, Options};

#[test]
fn nb_a_socket_that_is_not_connected_says_so() {
    for &model in Model::ALL {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        let expected = nb::Error::Other(Error::NotConnected);
        let mut tcp = TcpClientStack::socket(&mut stack).expect("there is a socket");
        assert_eq!(TcpClientStack::send(&mut stack, &mut tcp, b"x"), Err(expected), "{model}");
        assert_eq!(TcpClientStack::receive(&mut stack, &mut tcp, &mut [0; 4]), Err(expected), "{model}");
        TcpClientStack::close(&mut stack, tcp).expect("closing never fails");
        let mut udp = UdpClientStack::socket(&mut stack).expect("there is a socket");
        assert_eq!(UdpClientStack::send(&mut stack, &mut udp, b"x"), Err(expected), "{model}");
        assert_eq!(UdpClientStack::receive(&mut stack, &mut udp, &mut [0; 4]), Err(expected), "{model}");
        UdpClientStack::close(&mut stack, udp).expect("closing never fails");
        world.leaves_nothing(&mut stack);
    }
}
