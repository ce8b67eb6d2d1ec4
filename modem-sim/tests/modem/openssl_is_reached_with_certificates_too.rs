//! TLS and DTLS with RSA certificates that openssl has made; the other tests have ECDSA and rustls.

use crate::common;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs, process};

use common::openssl::Server;
use modem_sim::{Model, Nvram, Options};

/// Certificate and key in files of a folder that goes with it.
struct Files(PathBuf);

impl Drop for Files {
    fn drop(&mut self) {
        // It is in the folder for such things anyhow.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Files {
    /// `None`, said loudly, without openssl.
    fn new(name: &str) -> Option<Self> {
        let folder = env::temp_dir().join(format!("modem-sim-{name}-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let files = Files(folder);
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=server"])
            .args(["-addext", "subjectAltName=IP:127.0.0.1"])
            .args(["-out", &files.path("certificate"), "-keyout", &files.path("key")])
            .stderr(Stdio::null())
            .status();
        match made {
            Ok(status) => {
                assert!(status.success());
                Some(files)
            }
            Err(error) => {
                eprintln!("SKIPPED: openssl is not there ({error}); install the package openssl");
                None
            }
        }
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// A memory in which the certificate is an authority: that of the server itself.
    fn nvram(&self) -> Nvram {
        use base64::Engine as _;
        let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
        let bytes = encode(&fs::read(self.path("certificate")).unwrap());
        let text = format!("writes 1\n{} {bytes}\n", encode(b"ublox/0/ca"));
        Nvram::from_text(&text).unwrap()
    }
}

fn setup(protocol: u8) -> Vec<String> {
    let commands = [
        "AT+USECPRF=0,0,3",
        "AT+USECPRF=0,3,\"ca\"",
        "AT+USECPRF=0,4,\"127.0.0.1\"",
        &format!("AT+USOCR={protocol}"),
        "AT+USOSEC=0,1,0",
    ];
    commands.map(str::to_owned).to_vec()
}

fn options() -> Options {
    Options { time: modem_sim::host::machine_time(), ..Options::default() }
}

#[test]
fn over_tcp() {
    let Some(files) = Files::new("rsa-tcp") else { return };
    for version in ["-tls1_2", "-tls1_3"] {
        let arguments = ["-cert", &files.path("certificate"), "-key", &files.path("key"), version];
        let Some(mut server) = Server::tcp(&arguments) else { return };
        let got = server.talk_with(Model::SaraR5, options(), files.nvram(), &setup(6), b"hello");
        assert_eq!(got, Ok(b"hello".to_vec()), "{version}");
    }
}

#[test]
fn over_udp() {
    let Some(files) = Files::new("rsa-udp") else { return };
    let arguments = ["-cert", &files.path("certificate"), "-key", &files.path("key"), "-dtls1_2"];
    let Some(mut server) = Server::udp(&arguments) else { return };
    let got = server.talk_with(Model::SaraR5, options(), files.nvram(), &setup(17), b"hello");
    assert_eq!(got, Ok(b"hello".to_vec()));
}
