//! Conversations written down: what the driver must say, and what the vendors' documents let the
//! modem answer. The format is that of `modem_sim::transcript`; a transcript is named after its
//! document and section.

use std::net::SocketAddr;
use std::time::Duration;

use cellular_nal::asynch::{Stack, TcpListener, TcpSocket};
use cellular_nal::control::{Progress, Upgrade, UpgradeOptions};
use cellular_nal::{Config, Error, SecurityProfile};
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use modem_sim::Model;
use modem_sim::transcript::{Item, Step, Transcript, parse};

use super::conversation::{exactly, tcp};
use super::script::{Desk, Far};

/// A modem that follows a transcript to the letter.
pub struct Golden {
    model: Model,
    items: Vec<(String, Item)>,
    place: usize,
    heard: Vec<u8>,
    /// When the pause that is under way ends.
    until: Option<Duration>,
}

impl Golden {
    /// The conversations of these files, one after the other.
    pub fn read(model: Model, names: &[&str]) -> Self {
        let folder = if model.is_ublox() { "ublox" } else { "sequans" };
        let mut items = Vec::new();
        for name in names {
            let path = format!("{}/tests/transcripts/{folder}/{name}.at", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            let read: Transcript = parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert_eq!(read.model, model, "{path}");
            items.extend(read.items.into_iter().map(|item| (format!("{folder}/{name}.at"), item)));
        }
        Golden { model, items, place: 0, heard: Vec::new(), until: None }
    }

    fn step(&self) -> Option<&Step> {
        self.items.get(self.place).map(|(_, item)| &item.step)
    }

    fn here(&self) -> String {
        match self.items.get(self.place) {
            Some((name, item)) => format!("{name}, line {}", item.line),
            None => "the end".into(),
        }
    }

    /// Everything has been said.
    pub fn is_over(&self) -> bool {
        self.place == self.items.len()
    }
}

impl Far for Golden {
    fn hear(&mut self, _: Duration, bytes: &[u8]) {
        self.heard.extend_from_slice(bytes);
        let expected = self.step().and_then(Step::host_bytes).unwrap_or_default();
        let (heard, here) = (self.heard.escape_ascii().to_string(), self.here());
        let wanted = expected.escape_ascii();
        assert!(expected.starts_with(&self.heard), "{here}: the driver says '{heard}', not '{wanted}'");
        if self.heard == expected {
            self.heard.clear();
            self.place += 1;
        }
    }

    fn due(&self) -> Option<Duration> {
        self.until
    }

    fn say(&mut self, now: Duration) -> Option<Vec<u8>> {
        while let Some(Step::Pause(time) | Step::Silence(time)) = self.step() {
            let until = *self.until.get_or_insert(now + *time);
            if now < until {
                return None;
            }
            self.until = None;
            self.place += 1;
        }
        let bytes = self.step()?.modem_bytes(self.model)?;
        self.place += 1;
        Some(bytes)
    }
}

/// How the link of a model comes up, and the access point name that it takes.
fn bring_up(model: Model) -> (&'static str, &'static str) {
    match model {
        Model::SaraR5 => ("sara_lexi_2_3_profile_02b", ""),
        Model::SaraR42 => ("sara_lexi_2_3_profile_sara_r42", ""),
        Model::LenaR8 => ("lena_r8_7_2_2_additional_bearers", "internet.wind.biz"),
        Model::Ryz014a => ("ryz014_2_3_2_1_attach", ""),
        Model::Cassiopeia => ("cassiopeia_1_2_2_autoconnect", ""),
        model => panic!("{model} has no conversation of its own"),
    }
}

/// An engine opposite these conversations.
fn desk(model: Model, config: Config, names: &[&str]) -> Desk<Golden> {
    Desk::new(model, config, Golden::read(model, names))
}

/// The conversation in which the link comes up, or does not.
pub fn link_with(model: Model, config: Config, name: &str) -> (Desk<Golden>, Result<(), Error>) {
    let mut desk = desk(model, config, &[name]);
    let control = desk.control;
    let result = desk.run(120, control.connect());
    desk.over();
    (desk, result)
}

/// The conversation in which the link comes up by itself.
pub fn link(model: Model, name: &str) -> Desk<Golden> {
    apn(model, "", name)
}

/// The same with an access point name.
pub fn apn(model: Model, apn: &str, name: &str) -> Desk<Golden> {
    let config = Config::new().apn(apn).expect("it can be one");
    let (desk, result) = link_with(model, config, name);
    assert_eq!(result, Ok(()), "{}", desk.tail());
    desk
}

/// This conversation after the one in which the link comes up.
pub fn up(model: Model, name: &str) -> Desk<Golden> {
    let (first, apn) = bring_up(model);
    let config = Config::new().apn(apn).expect("it is one");
    let mut desk = desk(model, config, &[first, name]);
    let control = desk.control;
    assert_eq!(desk.run(60, control.connect()), Ok(()), "{}", desk.tail());
    desk.pass(Duration::from_millis(100));
    desk
}

/// This conversation after the one in which the link comes up, and another one in which it comes back.
pub fn upgrading(model: Model, name: &str, back: &[&str]) -> Desk<Golden> {
    let (first, apn) = bring_up(model);
    let config = Config::new().apn(apn).expect("it is one");
    let mut desk = desk(model, config, &[&[first, name], back].concat());
    let control = desk.control;
    assert_eq!(desk.run(60, control.connect()), Ok(()), "{}", desk.tail());
    desk.pass(Duration::from_millis(100));
    desk
}

/// What is told of an upgrade, to its end or one of these.
pub async fn progress(upgrade: &mut Upgrade<'_>, until: &[Progress]) -> Vec<Progress> {
    let mut told = Vec::new();
    loop {
        let progress = upgrade.progress().await;
        told.push(progress);
        if progress.is_end() || until.contains(&progress) {
            return told;
        }
    }
}

/// Upgrades, and gives what is told of it.
pub fn upgrade(desk: &mut Desk<Golden>, url: &str, options: UpgradeOptions) -> Vec<Progress> {
    let control = desk.control;
    let told = desk.run(1000, async {
        let mut upgrade = control.upgrade(url, options).await?;
        Ok::<_, Error>(progress(&mut upgrade, &[]).await)
    });
    told.unwrap_or_else(|error| panic!("{error}\n{}", desk.tail()))
}

/// What comes before, a download of these per cent, what comes after.
pub fn steps(before: &[Progress], percent: impl Iterator<Item = u8>, after: &[Progress]) -> Vec<Progress> {
    before.iter().copied().chain(percent.map(Progress::Downloading)).chain(after.iter().copied()).collect()
}

impl Desk<Golden> {
    /// Nothing is left of the conversation, and nothing follows.
    pub fn over(&mut self) {
        self.pass(Duration::from_secs(1));
        assert!(self.far.is_over(), "the driver never comes to {}\n{}", self.far.here(), self.tail());
    }
}

/// What the tables of Sequans send to and fro in command mode.
pub const HELLO: &[u8; 24] = b"Hello extend from client";

/// The server of those tables.
const SERVER: ([u8; 4], u16) = ([192, 168, 13, 1], 8008);

/// Text data in command mode, there and back.
pub fn text_data(desk: &mut Desk<Golden>) {
    let stack = desk.stack;
    let heard = desk.run(10, async {
        let mut socket = tcp(stack, SERVER).await?;
        socket.write_all(HELLO).await?;
        let mut heard = [0; 24];
        socket.read_exact(&mut heard).await.map_err(exactly)?;
        Ok::<_, Error>(heard)
    });
    assert_eq!(heard.as_ref(), Ok(HELLO));
}

/// Data both ways in online mode, and more that comes afterwards.
pub fn online(desk: &mut Desk<Golden>) {
    let stack = desk.stack;
    let mut socket = desk.run(10, tcp(stack, SERVER)).expect("it connects");
    let heard = desk.run(10, async {
        let mut pipe = socket.pipe().await?;
        pipe.write_all(b"Hello this is from client\r").await?;
        let mut first = [0; 9];
        pipe.read_exact(&mut first).await.map_err(exactly)?;
        pipe.leave().await?;
        let mut second = [0; 10];
        socket.read_exact(&mut second).await.map_err(exactly)?;
        Ok::<_, Error>((first, second))
    });
    assert_eq!(heard, Ok((*b"Got again", *b"Got again\n")), "{}", desk.tail());
    close(desk, socket);
}

/// Reads a file out of a raw pipe, and leaves that.
pub fn retrieve(desk: &mut Desk<Golden>, peer: ([u8; 4], u16)) -> TcpSocket<'static> {
    let stack = desk.stack;
    let mut socket = desk.run(10, tcp(stack, peer)).expect("it connects");
    let heard = desk.run(10, async {
        let mut pipe = socket.pipe().await?;
        let mut heard = [0; 17];
        pipe.read_exact(&mut heard).await.map_err(exactly)?;
        pipe.leave().await?;
        Ok::<_, Error>(heard)
    });
    assert_eq!(heard, Ok(*b"file_to_retrieve\n"), "{}", desk.tail());
    socket
}

/// Reads half of it out of a raw pipe, and the other half with commands.
pub fn halves(desk: &mut Desk<Golden>, peer: ([u8; 4], u16)) -> TcpSocket<'static> {
    let stack = desk.stack;
    let mut socket = desk.run(10, tcp(stack, peer)).expect("it connects");
    let heard = desk.run(10, async {
        let mut pipe = socket.pipe().await?;
        let mut first = [0; 14];
        pipe.read_exact(&mut first).await.map_err(exactly)?;
        pipe.leave().await?;
        let mut second = [0; 15];
        socket.read_exact(&mut second).await.map_err(exactly)?;
        Ok::<_, Error>((first, second))
    });
    assert_eq!(heard, Ok((*b"the first half", *b"the second half")), "{}", desk.tail());
    socket
}

/// Writes these into a raw pipe, one second after the other, and leaves it.
pub fn store(desk: &mut Desk<Golden>, peer: ([u8; 4], u16), pieces: &[&[u8]]) -> TcpSocket<'static> {
    let stack = desk.stack;
    let mut socket = desk.run(10, tcp(stack, peer)).expect("it connects");
    let mut pipe = desk.run(10, socket.pipe()).expect("it is one");
    for piece in pieces {
        assert_eq!(desk.run(10, pipe.write_all(piece)), Ok(()));
        desk.pass(Duration::from_millis(3000));
    }
    assert_eq!(desk.run(10, pipe.leave()), Ok(()), "{}", desk.tail());
    socket
}

/// The connection of the tables about listening, and what comes over it.
pub fn listened(desk: &mut Desk<Golden>) -> (TcpListener<'static>, TcpSocket<'static>) {
    let stack = desk.stack;
    let listener = desk.run(10, stack.listen(1099)).expect("it listens");
    let (mut socket, peer) = desk.run(10, listener.accept()).expect("a connection comes");
    assert_eq!(peer, SocketAddr::from(([151, 9, 34, 66], 39_912)));
    let mut heard = [0; 18];
    let result = desk.run(10, socket.read_exact(&mut heard)).map_err(exactly);
    assert_eq!((result, &heard), (Ok(()), b"eighteen bytes...."));
    (listener, socket)
}

/// `TcpConnect` and `UdpStack` both have a `connect`.
pub async fn tls(
    stack: Stack<'static>,
    remote: impl Into<SocketAddr>,
    profile: &'static SecurityProfile,
) -> Result<TcpSocket<'static>, Error> {
    TcpConnect::connect(&stack.tls(profile), remote.into()).await
}

/// Resolves a name and connects to it.
pub fn secure(
    desk: &mut Desk<Golden>,
    name: &str,
    port: u16,
    profile: &'static SecurityProfile,
) -> Result<TcpSocket<'static>, Error> {
    let stack = desk.stack;
    desk.run(10, async {
        let address = stack.get_host_by_name(name, AddrType::IPv4).await?;
        tls(stack, (address, port), profile).await
    })
}

/// Lets what is asked behind the data be answered, and closes the socket.
pub fn close(desk: &mut Desk<Golden>, socket: TcpSocket<'static>) {
    desk.pass(Duration::from_millis(200));
    drop(socket);
    desk.pass(Duration::from_millis(200));
}
