//! Publishes an MQTT message and receives it back. `APN` and `BROKER` (HOST:PORT) are read when it is built.
#![no_std]
#![no_main]

use apps::{Server, mqtt_nb};

esp_bootloader_esp_idf::esp_app_desc!();

const BROKER: &str = match option_env!("BROKER") {
    Some(broker) => broker,
    None => "broker.hivemq.com:1883",
};

#[esp_hal::main]
fn main() -> ! {
    let mut stack = esp32c6::start();
    let broker = Server::parse(BROKER).unwrap();
    // The serial port is read by the stack alone: nothing to do means asking again.
    let result = mqtt_nb::run(
        &mut stack,
        broker,
        "cellular-nal-esp32c6",
        "cellular-nal/esp32c6",
        esp32c6::millis,
        || {},
    );
    defmt::info!("{}", result);
    loop {
        core::hint::spin_loop();
    }
}
