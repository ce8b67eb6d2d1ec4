//! Answers with LF or CR alone, or without the leading line end, are understood from the start.
use crate::common;

use cellular_nal::Config;
use common::script::{Canned, Desk};
use modem_sim::Model;

/// Only line ends that are the modem's own, not those of payload, are changed.
fn replace(bytes: Vec<u8>, end: &str) -> Vec<u8> {
    String::from_utf8(bytes).expect("all of it is text").replace("\r\n", end).into_bytes()
}

type Style = fn(Vec<u8>) -> Vec<u8>;

#[test]
fn line_ends_may_be_of_any_kind() {
    for &model in Model::ALL {
        let styles: [(&str, Style); 4] = [
            ("LF alone", |bytes| replace(bytes, "\n")),
            ("CR alone", |bytes| replace(bytes, "\r")),
            ("LF CR", |bytes| replace(bytes, "\n\r")),
            ("no leading line end", |bytes| bytes.strip_prefix(b"\r\n").map(<[u8]>::to_vec).unwrap_or(bytes)),
        ];
        for (style, print_as) in styles {
            let mut far = Canned::new(model, |_| None);
            far.print_as = print_as;
            let mut desk = Desk::new(model, Config::new(), far);
            let control = desk.control;
            assert_eq!(
                desk.try_run(20, control.connect()),
                Some(Ok(())),
                "{model}: {style}\n{}",
                desk.tail()
            );
            assert_eq!(control.status().signal_dbm(), Some(-73), "{model}: {style}");
            if model == Model::SaraR5 || style == "no leading line end" {
                desk.echoes(20);
            }
        }
    }
}
