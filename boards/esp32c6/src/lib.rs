//! An ESP32-C6 with a Sequans GM02S, in a superloop: pins, reset and the link.
#![no_std]

use cellular_nal::dialect::sequans::GM02S;
use cellular_nal::{Config, Instant, Resources, nb as cellular};
use esp_hal::Blocking;
use esp_hal::delay::Delay;
use esp_hal::gpio::{DriveMode, Level, Output, OutputConfig};
use esp_hal::time;
use esp_hal::uart::{self, CtsConfig, HwFlowControl, RtsConfig, Uart};
use static_cell::StaticCell;
// The log goes to the USB port, and what a panic says too.
use {esp_backtrace as _, esp_println as _};

defmt::timestamp!("{=u64:ms}", time::Instant::now().duration_since_epoch().as_millis());

/// How long RESETN is low, in milliseconds: the figure of Zephyr's driver.
const RESET_PULSE_MS: u32 = 100;

/// The modem is stopped when the UART holds so many of the 128 bytes that it has room for.
const STOP_AT: u8 = 64;

/// The modem's sockets behind embedded-nal.
pub type Stack = cellular::Stack<'static, Uart<'static, Blocking>, fn() -> Instant>;

/// Starts the board, resets the modem and waits for the link.
pub fn start() -> Stack {
    let p = esp_hal::init(esp_hal::Config::default());

    // The modem has no power key: it starts with its supply, and anew with a reset. The line is pulled low or left
    // alone, never driven high.
    let open_drain = OutputConfig::default().with_drive_mode(DriveMode::OpenDrain);
    let mut reset = Output::new(p.GPIO10, Level::Low, open_drain);
    Delay::new().delay_millis(RESET_PULSE_MS);
    reset.set_high();
    // A dropped pin would float.
    static RESET: StaticCell<Output<'static>> = StaticCell::new();
    RESET.init(reset);

    let flow_control = HwFlowControl { cts: CtsConfig::Enabled, rts: RtsConfig::Enabled(STOP_AT) };
    let config = uart::Config::default().with_baudrate(115_200).with_hw_flow_ctrl(flow_control);
    // Only a configuration that the UART cannot have is refused.
    let port = Uart::new(p.UART1, config).unwrap();
    let port = port.with_tx(p.GPIO4).with_rx(p.GPIO5).with_rts(p.GPIO6).with_cts(p.GPIO7);

    static MEMORY: StaticCell<Resources<2, 2048, 1024>> = StaticCell::new();
    let mut config = Config::new();
    if let Some(apn) = option_env!("APN") {
        config = config.apn(apn).unwrap();
    }
    let mut stack =
        Stack::new(&GM02S, config, MEMORY.init_with(Resources::new), port, now as fn() -> Instant);
    while let Err(error) = nb::block!(stack.link_up()) {
        // It is tried on; this only tells why it takes so long.
        defmt::warn!("no link yet: {}", error);
    }
    stack
}

fn now() -> Instant {
    Instant::from_micros(time::Instant::now().duration_since_epoch().as_micros())
}

/// The time since the start, for clients.
#[must_use]
pub fn millis() -> u32 {
    time::Instant::now().duration_since_epoch().as_millis() as u32
}
