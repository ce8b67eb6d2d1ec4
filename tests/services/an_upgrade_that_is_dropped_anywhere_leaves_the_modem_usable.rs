//! New firmware whose user goes away at any moment: the modem goes on or gives it up, and either way it is used again,
//! and may be upgraded again.

use crate::common;

use cellular_nal::Error;
use cellular_nal::control::{Progress, UpgradeOptions};
use common::golden::progress;
use common::{Setup, World};
use modem_sim::{Image, Model, Options};

const URL: &str = "http://192.0.2.1/modem.dup";
const VERSION: &str = "9.9.9.9-99999";

fn world(model: Model) -> World {
    let mut options = Options::default();
    let bytes = common::pattern(300, 7);
    let (from, version) = (String::new(), VERSION.into());
    options.surroundings.images.push(Image { url: URL.into(), bytes, from, version, damaged: false });
    let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
    world.bring_up();
    world
}

/// All works, and the firmware is one of both: the new one where the user stayed to hear the end.
fn is_usable(world: &mut World, told: Option<Result<Vec<Progress>, Error>>, before: &str) {
    if let Some(told) = told {
        assert_eq!(told.unwrap().last(), Some(&Progress::Installed), "{}", world.tail());
    }
    // What has begun goes on without its user.
    world.pass_secs(1800);
    world.comes_up(60);
    world.echoes(60);
    let version = world.modem.firmware_version();
    assert!([before, VERSION].contains(&version.as_str()), "{version}\n{}", world.tail());
}

fn fetched(model: Model, options: UpgradeOptions) {
    let before = world(model).modem.firmware_version();
    common::dropping::everywhere(
        || world(model),
        |world| {
            let control = world.control;
            async move {
                let mut upgrade = control.upgrade(URL, options).await?;
                Ok::<_, Error>(progress(&mut upgrade, &[]).await)
            }
        },
        |world, told| is_usable(world, told, &before),
    );
}

#[test]
fn fetched_in_the_background() {
    fetched(Model::Gm02s, UpgradeOptions::new().report_every(50));
}

#[test]
fn fetched_in_the_foreground() {
    fetched(Model::Ryz014a, UpgradeOptions::new().report_every(50).foreground());
}

#[test]
fn given_as_a_file() {
    let model = Model::LenaR8;
    let before = world(model).modem.firmware_version();
    common::dropping::everywhere(
        || world(model),
        |world| {
            let control = world.control;
            async move {
                let image = common::pattern(300, 7);
                let source = async |at: u32, buffer: &mut [u8]| {
                    buffer.copy_from_slice(&image[at as usize..][..buffer.len()]);
                    Ok(buffer.len())
                };
                control.upload_firmware(image.len() as u32, source).await?;
                let mut upgrade = control.install_firmware().await?;
                Ok::<_, Error>(progress(&mut upgrade, &[]).await)
            }
        },
        |world, told| is_usable(world, told, &before),
    );
}
