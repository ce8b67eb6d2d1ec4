//! The player fails at the first difference, the parser at the first bad line.

use modem_sim::transcript::{Mismatch, ParseError, parse, play};

fn mismatch(text: &str) -> Mismatch {
    play(&parse(text).expect("it can be read")).expect_err("it is wrong")
}

fn refused(text: &str) -> ParseError {
    parse(text).expect_err("it cannot be read")
}

#[test]
fn another_answer() {
    assert_eq!(mismatch("% model sara-r5\n> AT+USOCR=6\n< +USOCR: 1\n< OK\n").line, 3);
}

#[test]
fn an_answer_that_does_not_come() {
    assert_eq!(mismatch("% model sara-r5\n> AT\n< OK\n! +CEREG: 1\n").line, 4);
}

#[test]
fn an_answer_too_many() {
    assert_eq!(mismatch("% model sara-r5\n> AT+CGMI\n< u-blox\n").line, 0);
    assert_eq!(mismatch("% model sara-r5\n> AT\n-1s\n< OK\n").line, 3);
}

#[test]
fn a_breach_that_was_not_expected() {
    let text = "% model sara-r5\n> {raw 4} AT\\r\\n\n< OK\n";
    assert!(mismatch(text).message.contains("line-feed"));
    let text = "% model sara-r5\n% breach command-gap\n> AT\n< OK\n";
    assert_eq!(mismatch(text).message, "breaches: ");
}

#[test]
fn a_server_that_got_something_else() {
    let text = "% model ryz014a\n% peer 192.0.2.1:7 discard\n\
        > AT+SQNSD=1,0,7,\"192.0.2.1\",0,0,1\n< OK\n% server 0 received x\n";
    assert_eq!(mismatch(text).line, 5);
}

#[test]
fn bad_lines() {
    assert_eq!(refused("> AT\n").line, 0);
    for line in [
        "? what",
        "> {raw 2} abc",
        "< \\q",
        "+5",
        "+5min",
        "% nonsense",
        "% model nokia",
        "% peer here echo",
        "% peer 192.0.2.1:7 dance",
        "% server x close",
        "% breach good-manners",
        "% registration often",
    ] {
        assert_eq!(refused(&format!("% model sara-r5\n{line}\n")).line, 2, "{line}");
    }
}
