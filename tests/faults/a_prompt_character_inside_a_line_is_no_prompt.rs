//! Peers take a `>` or `@` for a prompt when a read of the serial port ends behind it; here only a prompt is one.
use crate::common;

use common::conversation::{Outcome, standard};
use common::{Extra, Setup, urcs};
use modem_sim::Model;
use modem_sim::line::{Chunking, Faults};

#[test]
fn a_prompt_character_inside_a_line_is_no_prompt() {
    for &model in Model::ALL {
        for chunk in 1..40 {
            let line = Faults { chunking: Chunking::Fixed(chunk), ..Faults::paced(115_200) };
            let mut world = Setup { line, record: true, ..Setup::new(model) }.build();
            // A report with both characters behind everything that the modem prints.
            world.behind = Some(Box::new(|piece| {
                urcs::may_follow(piece).then(|| Extra::Raw(b"\r\n+FOO: \"a>b\",user@host>\r\n".into()))
            }));
            let outcome = world.run(60, standard(world.control, world.stack));
            assert_eq!(outcome, Ok(Outcome::expected()), "{model}: pieces of {chunk}\n{}", world.tail());
            world.leaves_nothing();
        }
    }
}
