//! Where dial-up and the modem's sockets cannot share a context (LENA-R8 application development §13.1), the call
//! beside them has another one; a call that has the line for itself has the configured one.
use crate::common;

use cellular_nal::Config;
use common::conversation::echo;
use common::{Mode, Setup, World, pattern};
use modem_sim::Model;

fn up(mode: Mode, config: Config) -> World {
    let mut world = Setup { mode, config, record: true, ..Setup::new(Model::LenaR8) }.build();
    world.ip_up();
    world
}

/// The dials of the host, without repetitions: a channel may echo them.
fn dials(world: &World) -> Vec<String> {
    let log = world.log.borrow();
    let dials = log.iter().filter_map(|line| line.find("ATD").map(|at| line[at..].to_owned()));
    let mut dials: Vec<String> = dials.map(|dial| dial.chars().take_while(|&c| c != '#').collect()).collect();
    dials.dedup();
    dials
}

#[test]
fn a_call_beside_sockets_has_a_context_of_its_own() {
    for (configured, own) in [(1, 2), (2, 3)] {
        let mut world = up(Mode::Cmux, Config::new().context(configured));
        assert_eq!(dials(&world), [format!("ATD*99***{own}")]);
        let (sockets, (stack, _)) = (world.stack, world.ip.expect("there is a stack"));
        let said = pattern(3000, 5);
        let both = async { embassy_futures::join::join(echo(sockets, &said), echo(stack, &said)).await };
        let (by_modem, by_ip) = world.run(120, both);
        assert_eq!((by_modem.as_ref(), by_ip.as_ref()), (Ok(&said), Ok(&said)));
        world.no_breach();
    }
}

#[test]
fn a_call_that_has_the_line_for_itself_has_the_configured_context() {
    let mut world = up(Mode::Ppp, Config::new());
    assert_eq!(dials(&world), ["ATD*99***1"]);
    let (stack, _) = world.ip.expect("there is a stack");
    let said = pattern(3000, 6);
    assert_eq!(world.run(120, echo(stack, &said)), Ok(said));
    world.no_breach();
}
