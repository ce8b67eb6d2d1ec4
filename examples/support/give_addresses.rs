//! Addresses for embassy-net.

use cellular_nal::embassy_net::Addressing;
use embassy_net::{ConfigV4, Ipv4Cidr, Stack, StaticConfigV4};

/// What PPP tells is what embassy-net uses, as long as the connection lasts.
pub(crate) async fn give_addresses(addressing: Addressing<'_>, stack: Stack<'_>) -> ! {
    let mut known = None;
    loop {
        known = addressing.changed(known).await;
        stack.set_config_v4(match known {
            Some(ipv4) => ConfigV4::Static(StaticConfigV4 {
                address: Ipv4Cidr::new(ipv4.address, 32),
                gateway: Some(ipv4.peer.unwrap_or(ipv4.address)),
                dns_servers: ipv4.dns.into_iter().flatten().collect(),
            }),
            None => ConfigV4::None,
        });
    }
}
