//! Secure servers, and modems whose sockets are secured.

use std::net::IpAddr;
use std::sync::Arc;

use cellular_nal::asynch::TcpSocket;
use cellular_nal::dialect::{Credential, CredentialKind};
use cellular_nal::{Error, SecurityProfile};
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use modem_sim::testing::rustls::ServerConfig;
use modem_sim::testing::{Authority, Identity, Seen, TlsEcho};
use modem_sim::{Model, Options};

use super::conversation::exactly;
use super::{Setup, World};

pub const SERVER: ([u8; 4], u16) = ([192, 0, 2, 44], 443);
pub const NAME: &str = "server.example";

/// Trusts the authority in slot 8.
pub static FULL: SecurityProfile = SecurityProfile::new().authority(8);

/// The same, with certificate and key of the client.
pub static MUTUAL: SecurityProfile = SecurityProfile::new().authority(8).client(9, 9);

pub const AUTHORITY: Credential = Credential { kind: CredentialKind::Authority, slot: 8 };
pub const CERTIFICATE: Credential = Credential { kind: CredentialKind::Certificate, slot: 9 };
pub const KEY: Credential = Credential { kind: CredentialKind::PrivateKey, slot: 9 };

/// The models whose document has TLS.
pub fn models() -> impl Iterator<Item = Model> {
    Model::KNOWN.iter().copied().filter(|model| super::dialect(*model).security().is_some())
}

/// Leaks a profile: it lives as long as the program.
pub fn profile(profile: SecurityProfile) -> &'static SecurityProfile {
    Box::leak(Box::new(profile))
}

/// A recorded world whose link is up.
pub fn up(model: Model) -> World {
    up_with(model, Options::default())
}

pub fn up_with(model: Model, options: Options) -> World {
    let mut world = Setup { record: true, options, ..Setup::new(model) }.build();
    world.net.host(NAME, &[IpAddr::from(SERVER.0)]);
    world.bring_up();
    world
}

impl World {
    /// A TLS server that echoes.
    pub fn serve_tls(&self, config: Arc<ServerConfig>) -> Seen {
        let seen = Seen::default();
        let log = seen.clone();
        self.net.serve(SERVER.0, SERVER.1, move || Box::new(TlsEcho::new(Arc::clone(&config), &log)));
        seen
    }

    /// Puts an authority, and certificate and key of a client, into the modem.
    pub fn provision(&mut self, authority: &Authority, client: Option<&Identity>) {
        self.store(AUTHORITY, authority.identity.certificate.as_bytes());
        if let Some(client) = client {
            self.store(CERTIFICATE, client.certificate.as_bytes());
            self.store(KEY, client.key.as_bytes());
        }
    }

    pub fn store(&mut self, credential: Credential, file: &[u8]) {
        let control = self.control;
        let stored = self.run(120, control.provision(credential, file));
        assert!(stored.is_ok(), "{:?}: {stored:?}\n{}", self.model, self.tail());
    }

    /// Resolves [`NAME`] and connects to it.
    pub fn secure(&mut self, profile: &'static SecurityProfile) -> Result<TcpSocket<'static>, Error> {
        let stack = self.stack;
        self.run(200, async move {
            let address = stack.get_host_by_name(NAME, AddrType::IPv4).await?;
            TcpConnect::connect(&stack.tls(profile), (address, SERVER.1).into()).await
        })
    }

    /// Says something over a connection that comes back.
    pub fn echoes_over(&mut self, socket: &mut TcpSocket<'static>, said: &[u8]) {
        let heard = self.run(100, async {
            socket.write_all(said).await?;
            socket.flush().await?;
            let mut heard = vec![0; said.len()];
            socket.read_exact(&mut heard).await.map_err(exactly)?;
            Ok::<_, Error>(heard)
        });
        assert_eq!(heard.as_deref(), Ok(said), "{:?}: {}", self.model, self.tail());
    }

    /// Commands of the conversation that begin like this.
    pub fn said(&self, begin: &str) -> usize {
        self.log.borrow().iter().filter(|line| line.contains(&format!("> {begin}"))).count()
    }
}
