//! Name resolution: `+SQNDNSLKUP`.

use core::net::IpAddr;

use crate::dialect::Step;
use crate::time::Duration;

/// Several addresses may come; the first one of the wanted family is taken.
pub(super) const NAME: &[Step] = &[Step::new("resolve", |a, w| {
    w.text("+SQNDNSLKUP=").quoted(a.name);
    if a.call.ipv6 == Some(true) {
        w.text(",1");
    }
})
.text(b"+SQNDNSLKUP", |r, mut p| {
    p.raw()?;
    while let Some(text) = p.text() {
        let address = crate::at::parse_address(text);
        let fits = |a: &IpAddr| r.call.ipv6.is_none_or(|v6| v6 == a.is_ipv6());
        if r.call.found.address.is_none() {
            r.call.found.address = address.filter(fits);
        }
    }
    Some(())
})
.timeout(Duration::from_secs(120))];
