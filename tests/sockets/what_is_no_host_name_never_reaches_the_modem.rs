//! Names with quotes, line ends, commas or too many characters are refused before anything of them is sent.
use crate::common;

use cellular_nal::Error;
use common::{ECHO_NAME, Setup};
use embedded_nal_async::{AddrType, Dns};
use modem_sim::Model;

#[test]
fn what_is_no_host_name_never_reaches_the_modem() {
    for &model in Model::ALL {
        let mut world = Setup { record: true, ..Setup::new(model) }.build();
        world.bring_up();
        world.pass_secs(5);
        let before = world.log.borrow().len();
        let stack = world.stack;
        let long_label = format!("{}.example", "a".repeat(64));
        let long_name = format!("{}example", "a.".repeat(124));
        let names = [
            "",
            ".",
            "..",
            "a..b",
            "quo\"te.example",
            "cr\rAT+CFUN=0\r",
            "lf\n.example",
            "com,ma.example",
            "spa ce.example",
            "semi;colon",
            "nul\0.example",
            "\u{1a}",
            "back\\slash",
            "ümlaut.example",
            "a/b",
            "a:1",
            &long_label,
            &long_name,
        ];
        for name in names {
            let address = world.run(1, stack.get_host_by_name(name, AddrType::Either));
            assert_eq!(address, Err(Error::InvalidInput), "{model}: {name:?}");
        }
        world.pass_secs(1);
        assert_eq!(
            world.log.borrow().len(),
            before,
            "{model}: something went over the line\n{}",
            world.tail()
        );
        let longest = format!("{}abc", "a.".repeat(125));
        assert_eq!(longest.len(), 253);
        world.net.host(&longest, &[[1, 2, 3, 4].into()]);
        let address = world.run(30, stack.get_host_by_name(&longest, AddrType::IPv4));
        assert_eq!(address, Ok([1, 2, 3, 4].into()), "{model}: the longest name\n{}", world.tail());
        let address = world.run(30, stack.get_host_by_name(ECHO_NAME, AddrType::Either));
        assert_eq!(address, Ok([10, 0, 0, 7].into()), "{model}: {}", world.tail());
        world.no_breach();
    }
}
