//! The multiplexer of the crate and that of the simulator, which share nothing but the standard: commands on one
//! channel while another is in data mode.
use std::time::Duration;

use cellular_nal::Instant;
use cellular_nal::cmux::{Channel, Mux, Output, Parameters, Signals, State, Test};
use modem_sim::{Boot, Model, Modem, MuxFlags, Options, VirtualNetwork};

struct World<'m, 'b> {
    modem: Modem,
    mux: Mux<'m, 'b>,
    now: u64,
    /// What the modem has said outside the multiplexer.
    line: Vec<u8>,
    muxed: bool,
}

impl World<'_, '_> {
    fn step(&mut self) {
        let (now, at) = (Duration::from_millis(self.now), Instant::from_millis(self.now));
        while let Output::Transmit(bytes) = self.mux.poll_output(at) {
            // A port that takes little at a time.
            let bytes = bytes[..bytes.len().min(10)].to_vec();
            self.modem.handle_rx(now, &bytes);
            self.mux.transmitted(bytes.len());
        }
        self.modem.handle_timeout(now);
        while let Some(bytes) = self.modem.poll_transmit(now) {
            if self.muxed {
                bytes.chunks(7).for_each(|piece| self.mux.handle_rx(piece, at));
            } else {
                self.line.extend(bytes);
            }
        }
        self.now += 1;
    }

    fn pass(&mut self, ms: u64) {
        (0..ms).for_each(|_| self.step());
    }

    fn until(&mut self, what: &str, mut done: impl FnMut(&mut Self) -> bool) {
        for _ in 0..30_000 {
            if done(self) {
                return;
            }
            self.step();
        }
        panic!("{what} does not come");
    }

    /// A command on the line itself.
    fn line_command(&mut self, command: &str) {
        self.pass(100);
        self.line.clear();
        self.modem.handle_rx(Duration::from_millis(self.now), format!("{command}\r").as_bytes());
        self.until(command, |world| world.line.ends_with(b"\r\nOK\r\n"));
    }

    /// A command on a channel, up to this end of its answer.
    fn command(&mut self, dlci: u8, command: &str, end: &str) -> String {
        self.pass(25);
        let line = format!("{command}\r");
        let mut sent = 0;
        let mut answer = Vec::new();
        self.until(command, |world| {
            sent += world.mux.write(dlci, &line.as_bytes()[sent..]).unwrap();
            // No byte behind the answer is taken.
            let mut byte = [0];
            while !answer.ends_with(end.as_bytes()) && world.mux.read(dlci, &mut byte) == 1 {
                answer.extend(byte);
            }
            answer.ends_with(end.as_bytes())
        });
        String::from_utf8(answer).unwrap()
    }
}

/// Channels for commands and for data.
fn channels_of(model: Model) -> (u8, u8) {
    if model.is_ublox() { (1, 2) } else { (2, 1) }
}

fn session(model: Model, flags: MuxFlags, n1: u16) {
    let (commands, data) = channels_of(model);
    let options = Options { boot: Boot::Running, echo: Some(false), mux_flags: flags, ..Options::default() };
    let modem = Modem::new(model, options, Box::new(VirtualNetwork::new()));
    let mut buffers = [[0; 4096]; 4];
    let [rx1, tx1, rx2, tx2] = &mut buffers;
    let mut channels = [Channel::new(commands, rx1, tx1), Channel::new(data, rx2, tx2)];
    let mut frame = vec![0; usize::from(n1) + 7];
    let answers_disc = !matches!(model, Model::LenaR8 | Model::LexiR520);
    let parameters = Parameters { n1, answers_disc, ..Parameters::new() };
    let mux = Mux::new(parameters, &mut frame, &mut channels);
    let mut world = World { modem, mux, now: 0, line: Vec::new(), muxed: false };

    world.line_command("AT+CGDCONT=1,\"IP\",\"internet\"");
    world.line_command(&format!("AT+CMUX=0,0,,{n1}"));
    world.muxed = true;
    world.pass(100);
    for dlci in [0, commands, data] {
        world.mux.open(dlci).unwrap();
    }
    world.until("an open channel", |world| world.mux.state(data) == State::Open);
    assert_eq!(world.mux.state(commands), State::Open);
    world.until("signals", |world| world.mux.signals(data).is_some());
    assert!(!world.mux.signals(data).unwrap().contains(Signals::DV));

    for dlci in [commands, data] {
        assert_eq!(world.command(dlci, "ATE0", "OK\r\n"), "ATE0\r\r\nOK\r\n");
    }
    if model.is_ublox() {
        world.command(data, "AT+UAUTHREQ=1,1,\"user\",\"word\"", "OK\r\n");
    }
    world.command(data, "ATD*99***1#", "CONNECT");
    world.until("carrier", |world| world.mux.signals(data).unwrap().contains(Signals::DV));
    // The first frame of PPP, and a command at the same time.
    world.until("PPP", |world| world.mux.peek(data).windows(2).any(|bytes| bytes == [0x7e, 0xff]));
    world.command(commands, "AT+CGMM", "\r\n\r\nOK\r\n");
    world.mux.test();
    world.until("a sign of life", |world| world.mux.tested() == Test::Answered);
    assert!(world.modem.is_dialed());
    // DTR goes off on the data channel.
    world.mux.set_signals(data, Signals::READY.without(Signals::RTC));
    world.until("the end of the call", |world| !world.modem.is_dialed());
    world.until("no carrier", |world| !world.mux.signals(data).unwrap().contains(Signals::DV));

    world.mux.close(0);
    world.until("the end", |world| world.mux.state(0) == State::Closed);
    world.muxed = false;
    world.line_command("AT");
    assert_eq!(world.modem.breaches(), [], "{model}");
    assert_eq!((world.mux.noise(), world.mux.lost(commands), world.mux.lost(data)), (0, 0, 0), "{model}");
}

#[test]
fn on_every_model() {
    for &model in Model::KNOWN {
        session(model, MuxFlags::Own, 127);
    }
}

#[test]
fn with_any_flags_and_frames_of_any_size() {
    for n1 in [8, 31, 1509] {
        for flags in [MuxFlags::Own, MuxFlags::Shared, MuxFlags::Many(3)] {
            session(Model::SaraR5, flags, n1);
        }
    }
}
