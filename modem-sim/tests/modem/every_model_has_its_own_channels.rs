//! `AT+CMUX` of each model, and what its channels are for.

use crate::common;

use common::mux::{DISC, DM, MuxRig, SABM, UA, command_channels, frame};
use common::{Rig, running};
use modem_sim::{Model, Options};

#[test]
fn commands_are_taken_on_the_channels_of_the_model_and_on_no_other() {
    for &model in Model::KNOWN {
        let channels = command_channels(model);
        let mut mux = MuxRig::opened(model, running(), 128, channels);
        for &dlci in channels {
            let answer = mux.ok(dlci, "AT+CGMM");
            assert!(answer.contains("AT+CGMM\r\r\n"), "{model} {dlci}: {answer:?}");
        }
        let gnss: &[u8] = match model {
            Model::SaraR42 | Model::LexiR422 => &[3],
            Model::SaraR5 | Model::SaraR500b | Model::SaraR501b | Model::LexiR520 => &[4],
            _ => &[],
        };
        for dlci in (1..62).filter(|dlci| !channels.contains(dlci)) {
            mux.send(&frame(dlci, SABM, b""));
            let answer = if gnss.contains(&dlci) { UA } else { DM };
            assert_eq!(mux.other.pop(), Some((dlci * 4 + 3, answer, Vec::new())), "{model} {dlci}");
        }
        mux.assert_no_breach();
    }
}

#[test]
fn the_end_of_a_channel_is_answered_but_by_two_models() {
    for &model in Model::KNOWN {
        let last = command_channels(model)[1];
        let mut mux = MuxRig::opened(model, running(), 31, &[last]);
        mux.send(&frame(last, DISC, b""));
        let silent = matches!(model, Model::LenaR8 | Model::LexiR520);
        let expected = (!silent).then_some((last * 4 + 3, UA, Vec::new()));
        assert_eq!(mux.other.pop(), expected, "{model}");
        assert_eq!(mux.message(&[0xc3, 0x01]), [0xc1, 0x01], "{model}");
        mux.rig.pass_ms(100);
        mux.rig.ok("AT");
        mux.assert_no_breach();
    }
}

#[test]
fn whether_the_end_of_a_channel_is_answered_can_be_chosen() {
    for (model, answers) in [(Model::LenaR8, true), (Model::SaraR5, false)] {
        let options = Options { mux_answers_close: Some(answers), ..running() };
        let mut mux = MuxRig::opened(model, options, 31, &[2]);
        mux.send(&frame(2, DISC, b""));
        assert_eq!(mux.other.pop(), answers.then_some((0x0b, UA, Vec::new())), "{model}");
    }
}

#[test]
fn the_command_has_the_forms_of_the_standard() {
    for &model in Model::KNOWN {
        let mut rig = Rig::new(model, running());
        let test = rig.ok("AT+CMUX=?");
        assert!(test.contains("+CMUX: (0),(0),"), "{model}: {test}");
        rig.ok("AT+CMEE=1");
        let read = rig.ok("AT+CMUX?");
        assert!(read.contains("+CMUX: 0,0,0,31,"), "{model}: {read}");
        for wrong in ["1", "0,1", "0,0,9", "0,0,5,0", "0,0,5,1510", "0,0,5,127,256"] {
            let answer = rig.command(&format!("AT+CMUX={wrong}"));
            assert_eq!(answer, "\r\n+CME ERROR: 50\r\n", "{model} {wrong}");
        }
        rig.ok("AT+CMUX=0,0,5,127,10,3,30,10,2");
    }
}

#[test]
fn there_is_one_multiplexer_only() {
    for &model in Model::KNOWN {
        let dlci = command_channels(model)[0];
        let mut mux = MuxRig::opened(model, running(), 31, &[dlci]);
        mux.ok(dlci, "AT+CMEE=1");
        let answer = mux.command(dlci, "AT+CMUX=0");
        assert!(answer.ends_with("\r\n+CME ERROR: 3\r\n"), "{answer:?}");
    }
}

#[test]
fn where_no_document_has_it_it_can_be_left_out() {
    for model in [Model::Ryz014a, Model::Cassiopeia] {
        let mut rig = Rig::new(model, Options { multiplexer: false, ..running() });
        rig.ok("AT+CMEE=1");
        assert_eq!(rig.command("AT+CMUX=0"), "\r\n+CME ERROR: 4\r\n");
    }
}
