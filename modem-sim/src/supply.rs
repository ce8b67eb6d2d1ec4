//! Supply, pins, sleep and what the modem keeps: what the documents leave open about them.

use std::time::Duration;

/// See there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SupplyOptions {
    /// The modem starts with its supply. Otherwise it waits for its power key.
    pub starts_by_itself: bool,
    /// Time from the first character, or from the pin, until a sleeping UART takes characters. Those of u-blox take
    /// them after 20 ms.
    pub uart_wake_time: Duration,
    /// `+UPSV` and `+SQNIPSCFG` survive a restart.
    pub keeps_uart_sleep: bool,
    /// UART sleep in force from the start: mode of `+UPSV` or `+SQNIPSCFG`, 0 for none.
    pub uart_sleep: u32,
    /// Sockets survive the deep sleep of the power saving mode. No document says so.
    pub keeps_sockets_asleep: bool,
    /// LENA-R8: `+UFWINSTALL` is answered with `OK`. LENA-R8 application development §11.2.2 show none.
    pub install_result: bool,
    /// Sequans: there is a restoration point, which `+SQNSFACTORYRESET` needs (RYZ014 use cases §5.3).
    pub restoration_point: bool,
}

impl Default for SupplyOptions {
    fn default() -> Self {
        SupplyOptions {
            starts_by_itself: true,
            uart_wake_time: Duration::from_millis(20),
            keeps_uart_sleep: false,
            uart_sleep: 0,
            keeps_sockets_asleep: false,
            install_result: false,
            restoration_point: true,
        }
    }
}
