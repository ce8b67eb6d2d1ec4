//! A modem fetches an image, or is given one, and installs it: progress is told in order, the old connections have
//! ended, the version is the new one, and new connections work.

use crate::common;

use std::time::Duration;

use cellular_nal::control::{Control, Progress, Upgrade, UpgradeOptions};
use cellular_nal::{CmeCode, Error};
use common::conversation::tcp;
use common::golden::progress;
use common::{ECHO, Setup, World};
use embedded_io_async::Read;
use modem_sim::{Image, Model, Options};

const URL: &str = "http://192.0.2.1/modem.dup";
const FETCHING: [Model; 3] = [Model::Ryz014a, Model::Gm02s, Model::Cassiopeia];
const GIVEN: [Model; 3] = [Model::LenaR8, Model::SaraR5, Model::LexiR520];

fn image(damaged: bool) -> Image {
    let bytes = common::pattern(100_000, 7);
    Image { url: URL.into(), bytes, from: String::new(), version: "9.9.9.9-99999".into(), damaged }
}

/// A world whose link is up, and an image.
fn world(model: Model, damaged: bool) -> World {
    let mut options = Options::default();
    options.surroundings.images.push(image(damaged));
    let mut world = Setup { options, record: true, ..Setup::new(model) }.build();
    world.bring_up();
    world
}

/// How far along it is, for comparison.
fn rank(progress: Progress) -> (u8, u8) {
    match progress {
        Progress::Available => (0, 0),
        Progress::Downloading(percent) => (1, percent),
        Progress::Downloaded => (2, 0),
        Progress::Validating(percent) => (3, percent),
        Progress::Rebooting => (4, 0),
        Progress::Installing(percent) => (5, percent),
        _ => (6, 0),
    }
}

/// It is installed, in order, and all works.
fn ends_well<F: Future<Output = Result<Upgrade<'static>, Error>>>(
    world: &mut World,
    begin: impl FnOnce(Control<'static>) -> F,
) {
    let (control, stack) = (world.control, world.stack);
    let mut socket = world.run(30, tcp(stack, ECHO)).expect("it connects");
    let mut upgrade = world.run(120, begin(control)).expect("it begins");
    let told = world.run(3000, progress(&mut upgrade, &[]));
    assert_eq!(told.last(), Some(&Progress::Installed), "{told:?}\n{}", world.tail());
    assert!(told.len() > 2 && told.is_sorted_by_key(|&progress| rank(progress)), "{told:?}");
    assert_eq!(world.run(10, socket.read(&mut [0; 8])), Err(Error::Aborted));
    drop(socket);
    assert_eq!(world.modem.firmware_version(), "9.9.9.9-99999", "{}", world.tail());
    world.comes_up(200);
    world.echoes(30);
    world.leaves_nothing();
}

#[test]
fn an_image_is_fetched_in_the_background() {
    for model in FETCHING {
        ends_well(&mut world(model, false), |control| async move {
            control.upgrade(URL, UpgradeOptions::new().report_every(7)).await
        });
    }
}

#[test]
fn an_image_is_fetched_in_the_foreground() {
    for model in FETCHING {
        ends_well(&mut world(model, false), |control| async move {
            control.upgrade(URL, UpgradeOptions::new().foreground()).await
        });
    }
}

#[test]
fn an_image_is_given() {
    for model in GIVEN {
        ends_well(&mut world(model, false), |control| async move {
            let image = image(false).bytes;
            let upload = control.upload_firmware(image.len() as u32, async |at, buffer: &mut [u8]| {
                buffer.copy_from_slice(&image[at as usize..][..buffer.len()]);
                Ok(buffer.len())
            });
            upload.await?;
            control.install_firmware().await
        });
    }
}

#[test]
fn a_damaged_image_leaves_all_as_it_was() {
    for model in FETCHING {
        for options in [UpgradeOptions::new(), UpgradeOptions::new().foreground()] {
            let mut world = world(model, true);
            let control = world.control;
            let version = world.modem.firmware_version();
            let mut upgrade = world.run(30, control.upgrade(URL, options)).expect("it begins");
            let told = world.run(300, progress(&mut upgrade, &[]));
            assert_eq!(
                told.last(),
                Some(&Progress::Failed(CmeCode(529))),
                "{model}: {told:?}\n{}",
                world.tail()
            );
            assert_eq!(world.modem.firmware_version(), version);
            world.echoes(30);
            world.leaves_nothing();
        }
    }
}

#[test]
fn a_cancelled_upgrade_leaves_all_as_it_was() {
    for model in FETCHING {
        let mut world = world(model, false);
        let control = world.control;
        let told = world.run(100, async {
            let mut upgrade = control.upgrade(URL, UpgradeOptions::new()).await?;
            progress(&mut upgrade, &[Progress::Downloading(30)]).await;
            upgrade.cancel().await?;
            Ok::<_, Error>(progress(&mut upgrade, &[]).await)
        });
        assert_eq!(told.as_ref().map(|told| told.last()), Ok(Some(&Progress::Cancelled)), "{}", world.tail());
        world.echoes(30);
        world.leaves_nothing();
    }
}

#[test]
fn a_power_cut_in_the_download_is_a_failure() {
    for model in FETCHING {
        let mut world = world(model, false);
        let control = world.control;
        let mut upgrade = world.run(30, control.upgrade(URL, UpgradeOptions::new())).expect("it begins");
        world.run(60, progress(&mut upgrade, &[Progress::Downloading(30)]));
        world.modem.power(world.now, false);
        world.pass(Duration::from_secs(5));
        world.modem.power(world.now, true);
        let told = world.run(300, progress(&mut upgrade, &[]));
        assert_eq!(
            told.last(),
            Some(&Progress::Failed(CmeCode::UNKNOWN)),
            "{model}: {told:?}\n{}",
            world.tail()
        );
        world.comes_up(200);
        world.echoes(30);
    }
}
