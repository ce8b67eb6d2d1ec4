//! Without an executor, too: pins are set by whichever call comes at their time, and the link comes back and sleeps.
use crate::common;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use cellular_nal::{Pin, PinSet, Pins, Rung};
use common::ECHO;
use common::nb::up;
use common::recovery::wired;
use embedded_nal::TcpClientStack;
use modem_sim::{Fault, Model, Options, Recovery};

/// Pins that remember what they were set to.
#[derive(Clone, Default)]
struct Wires(Rc<RefCell<Vec<(Pin, bool)>>>);

impl Pins for Wires {
    fn available(&self) -> PinSet {
        PinSet::NONE.with(Pin::Reset)
    }

    fn set(&mut self, pin: Pin, active: bool) {
        self.0.borrow_mut().push((pin, active));
    }
}

#[test]
fn nb_a_modem_that_hangs_is_reset_by_its_pin() {
    for &model in Model::ALL {
        let (mut stack, mut world) = up::<1>(model, Options::default());
        let wires = Wires::default();
        stack.set_pins(Box::leak(Box::new(wires.clone())));
        world.modem.fail(world.now(), Fault::Deaf(Recovery::ResetPin));
        let mut socket = stack.socket().expect("sockets are free of charge");
        assert!(world.until(200, || stack.connect(&mut socket, ECHO.into())).is_err(), "{model}");
        stack.close(socket).expect("closing never fails");
        let mut seen = 0;
        while world.modem.is_deaf() || stack.link_up().is_err() {
            for &(pin, active) in &wires.0.borrow()[seen..] {
                let now = world.now();
                wired(&mut world.modem, now, pin, active);
                seen += 1;
            }
            stack.poll();
            world.tick();
            assert!(world.now() < Duration::from_secs(300), "{model}: {:?}", wires.0.borrow());
        }
        assert_eq!(wires.0.borrow()[..], [(Pin::Reset, true), (Pin::Reset, false)], "{model}");
        assert_eq!(stack.status().recovery().map(|recovery| recovery.rung()), Some(Rung::Reset));
        let mut socket = stack.socket().expect("sockets are free of charge");
        world.until(30, || stack.connect(&mut socket, ECHO.into())).expect("it connects");
        stack.close(socket).expect("closing never fails");
        world.until(30, || stack.link_sleep()).expect("it was up");
        assert!(stack.status().is_asleep(), "{model}");
        world.until(30, || stack.link_up()).expect("it wakes");
        world.leaves_nothing(&mut stack);
    }
}
