//! Publishes an MQTT message and receives it back. `APN` and `BROKER` (HOST:PORT) are read when it is built.
#![no_std]
#![no_main]

use apps::{Server, mqtt};
use embassy_executor::Spawner;

const BROKER: &str = match option_env!("BROKER") {
    Some(broker) => broker,
    None => "broker.hivemq.com:1883",
};

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let (stack, control) = particle_boron::start(spawner).await;
    while let Err(error) = control.connect().await {
        // It is tried on; this only tells why it takes so long.
        defmt::warn!("no link yet: {}", error);
    }
    let broker = Server::parse(BROKER).unwrap();
    let result = mqtt::run(&stack, broker, "cellular-nal-boron", "cellular-nal/boron").await;
    defmt::info!("{}", result);
    control.disconnect().await;
}
