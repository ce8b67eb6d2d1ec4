//! Fetches a page over TLS that the modem makes: `secure=https://HOST:PORT/`, and `ca=` the certificate of the authority,
//! PEM without its first and last line and with full stops for the ends of lines.
#![no_std]
#![no_main]

use apps::{Failed, https_get};
use cellular_nal::dialect::{Credential, CredentialKind};
use cellular_nal::{SecurityProfile, Sockets};
use embassy_executor::Spawner;
use heapless::String;
use qemu_mps2::modem::{self, Application, World};
use qemu_mps2::semihosting;

/// Where the certificate is kept in the modem.
const SLOT: u8 = 8;

static PROFILE: SecurityProfile = SecurityProfile::new().authority(SLOT);

struct Get;

impl Application for Get {
    async fn run<S: Sockets + ?Sized>(self, world: World<S>) -> Result<(), Failed> {
        let World { own, control, parameters, .. } = world;
        let stack = own.ok_or("no TLS by the modem while its line carries PPP alone").map_err(tell)?;
        let pem = pem(parameters.need("ca")).ok_or("ca=... is too long").map_err(tell)?;
        let authority = Credential { kind: CredentialKind::Authority, slot: SLOT };
        let written = control.provision(authority, pem.as_bytes()).await.map_err(tell)?;
        defmt::info!(
            "the certificate {=str}",
            if written { "is in the modem now" } else { "was in the modem" }
        );
        let url = parameters.need("secure");
        https_get::run(&stack.tls(&PROFILE), url, semihosting::print_bytes).await.map(drop)
    }
}

fn pem(lines: &str) -> Option<String<2048>> {
    let mut pem = String::new();
    let all = ["-----BEGIN CERTIFICATE-----"].into_iter().chain(lines.split('.'));
    for line in all.chain(["-----END CERTIFICATE-----"]) {
        pem.push_str(line).ok()?;
        pem.push('\n').ok()?;
    }
    Some(pem)
}

fn tell(error: impl defmt::Format) -> Failed {
    defmt::error!("TLS: {}", error);
    Failed
}

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "qemu_mps2::Executor")]
async fn main(_spawner: Spawner) {
    modem::run(Get).await
}
