//! The same addresses in the words of both crates.

use core::net::{IpAddr, SocketAddr, SocketAddrV4, SocketAddrV6};

use embedded_nal_08 as old;

pub(super) fn ip_to_old(address: IpAddr) -> old::IpAddr {
    match address {
        IpAddr::V4(ip) => old::IpAddr::V4(ip.octets().into()),
        IpAddr::V6(ip) => old::IpAddr::V6(ip.octets().into()),
    }
}

pub(super) fn to_new(address: old::SocketAddr) -> SocketAddr {
    match address {
        old::SocketAddr::V4(v4) => SocketAddrV4::new(v4.ip().octets().into(), v4.port()).into(),
        old::SocketAddr::V6(v6) => {
            let ip = v6.ip().octets().into();
            SocketAddrV6::new(ip, v6.port(), v6.flowinfo(), v6.scope_id()).into()
        }
    }
}

pub(super) fn to_old(address: SocketAddr) -> old::SocketAddr {
    match address {
        SocketAddr::V4(v4) => old::SocketAddr::V4(old::SocketAddrV4::new(v4.ip().octets().into(), v4.port())),
        SocketAddr::V6(v6) => {
            let ip = v6.ip().octets().into();
            old::SocketAddr::V6(old::SocketAddrV6::new(ip, v6.port(), v6.flowinfo(), v6.scope_id()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_the_way_to_and_fro() {
        for address in ["10.1.2.3:65535", "[2001:db8::1:2]:1", "[fe80::1%7]:80"] {
            let address: SocketAddr = address.parse().unwrap();
            assert_eq!(to_new(to_old(address)), address);
            assert_eq!(ip_to_old(address.ip()), to_old(address).ip());
        }
    }
}
