//! TLS 1.3 over TCP with a pre-shared key.
//!
//! The library is written as futures over a transport. Here the transport is a pair of buffers, and the
//! futures are polled whenever one of these has changed.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use embedded_io_async::{ErrorType, Read, Write};
use embedded_tls::{Aes128GcmSha256, TlsConfig, TlsConnection, TlsContext, TlsError, UnsecureProvider};

use super::{Agreed, Fault, Profile, Progress, Session, SharedKey, Version, suites};

/// `TLS_AES_128_GCM_SHA256`, the suite that goes with the hash of a pre-shared key (RFC 8446 §4.2.11).
const SUITE: u16 = 0x1301;
/// Largest record.
const RECORD: usize = 16_640;

/// What the futures and their caller share.
#[derive(Debug, Default)]
struct Buffers {
    from_network: VecDeque<u8>,
    to_network: Vec<u8>,
    from_host: Vec<u8>,
    to_host: Vec<u8>,
    open: bool,
    closing: bool,
    peer_closed: bool,
    failed: Option<String>,
}

#[derive(Clone, Debug, Default)]
struct Pipe(Arc<Mutex<Buffers>>);

impl Pipe {
    fn lock(&self) -> MutexGuard<'_, Buffers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ErrorType for Pipe {
    type Error = Infallible;
}

impl Read for Pipe {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        poll_fn(|_| {
            let mut buffers = self.lock();
            let n = buf.len().min(buffers.from_network.len());
            if n == 0 && !buf.is_empty() {
                return Poll::Pending;
            }
            for (to, from) in buf.iter_mut().zip(buffers.from_network.drain(..n)) {
                *to = from;
            }
            Poll::Ready(Ok(n))
        })
        .await
    }
}

impl Write for Pipe {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        self.lock().to_network.extend_from_slice(buf);
        Ok(buf.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// The whole life of a connection.
async fn talk(pipe: Pipe, psk: SharedKey, name: Option<String>) -> Result<(), TlsError> {
    let (mut received, mut sent) = (vec![0; RECORD], vec![0; RECORD]);
    let identities = [psk.identity.as_slice()];
    let mut config = TlsConfig::new().with_psk(&psk.key, &identities);
    if let Some(name) = &name {
        config = config.with_server_name(name);
    }
    let mut connection: TlsConnection<'_, _, Aes128GcmSha256> =
        TlsConnection::new(pipe.clone(), &mut received, &mut sent);
    // Without the key the server cannot finish the handshake: there is no certificate to look at.
    let provider = UnsecureProvider::new::<Aes128GcmSha256>(rand_core::OsRng);
    connection.open(TlsContext::new(&config, provider)).await?;
    pipe.lock().open = true;
    {
        let (mut reader, mut writer) = connection.split();
        let mut reading = pin!(async {
            loop {
                let bytes = reader.read_buffered().await?.pop_all().to_vec();
                pipe.lock().to_host.extend(bytes);
            }
        });
        let mut writing = pin!(async {
            loop {
                let bytes = poll_fn(|_| {
                    let mut buffers = pipe.lock();
                    if buffers.from_host.is_empty() && !buffers.closing {
                        return Poll::Pending;
                    }
                    Poll::Ready(std::mem::take(&mut buffers.from_host))
                })
                .await;
                if bytes.is_empty() {
                    return Ok::<(), TlsError>(());
                }
                writer.write_all(&bytes).await?;
                writer.flush().await?;
            }
        });
        poll_fn(|context| {
            if let Poll::Ready(result) = writing.as_mut().poll(context) {
                return Poll::Ready(result);
            }
            let read: Poll<Result<(), TlsError>> = reading.as_mut().poll(context);
            read
        })
        .await?;
    }
    // An error of the goodbye changes nothing.
    let _ = connection.close().await;
    Ok(())
}

type Talk = Pin<Box<dyn Future<Output = Result<(), TlsError>>>>;

pub(super) struct Psk {
    pipe: Pipe,
    /// Until it is over.
    future: Option<Talk>,
}

impl Psk {
    pub(super) fn new(profile: Profile) -> Result<Self, Fault> {
        let Some(psk) = profile.psk else {
            return Err(Fault::Profile("there is no pre-shared key".to_owned()));
        };
        if profile.highest < Version::Tls13 {
            return Err(Fault::Unable("a pre-shared key over TCP before TLS 1.3".to_owned()));
        }
        if let Some(suites) = profile.suites.filter(|suites| !suites.contains(&SUITE)) {
            let list = suites::list(&suites);
            return Err(Fault::Unable(format!("a pre-shared key over TCP with the cipher suites {list}")));
        }
        let pipe = Pipe::default();
        let mut session = Psk { future: Some(Box::pin(talk(pipe.clone(), psk, profile.sni))), pipe };
        session.run();
        Ok(session)
    }

    fn run(&mut self) {
        let Some(future) = &mut self.future else { return };
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            self.future = None;
            let mut buffers = self.pipe.lock();
            match result {
                Ok(()) | Err(TlsError::ConnectionClosed) => buffers.peer_closed = true,
                Err(error) => buffers.failed = Some(format!("{error:?}")),
            }
        }
    }
}

impl Session for Psk {
    fn feed(&mut self, _now: Duration, bytes: &[u8]) {
        self.pipe.lock().from_network.extend(bytes);
        self.run();
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        let bytes = std::mem::take(&mut self.pipe.lock().to_network);
        (!bytes.is_empty()).then_some(bytes)
    }

    fn write(&mut self, _now: Duration, bytes: &[u8]) {
        self.pipe.lock().from_host.extend_from_slice(bytes);
        self.run();
    }

    fn read(&mut self) -> Option<Vec<u8>> {
        let bytes = std::mem::take(&mut self.pipe.lock().to_host);
        (!bytes.is_empty()).then_some(bytes)
    }

    fn progress(&self) -> Progress {
        let buffers = self.pipe.lock();
        match &buffers.failed {
            Some(error) => Progress::Failed(error.clone()),
            None if buffers.peer_closed && buffers.open => Progress::PeerClosed,
            None if buffers.peer_closed => {
                Progress::Failed("the peer has closed during the handshake".to_owned())
            }
            None if buffers.open => Progress::Open(Agreed {
                version: "TLSv1_3".to_owned(),
                suite: "TLS_AES_128_GCM_SHA256".to_owned(),
                resumed: false,
            }),
            None => Progress::Shaking,
        }
    }

    fn close(&mut self, _now: Duration) {
        self.pipe.lock().closing = true;
        self.run();
    }
}
