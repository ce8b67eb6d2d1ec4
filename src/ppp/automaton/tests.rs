use super::*;

/// RFC 1661 §4.1, as it is printed there; `p`, `r` and `x` are notes.
const PRINTED: &str = "
Up    |    2     irc,scr/6     -        -        -        -     |    -      -        -         -
Down  |    -         -         0     tls/1       0        1     |    1      1        1       tld/1
Open  |  tls/1       1     irc,scr/6    3r       5r       5r    |    6      7        8         9r
Close |    0       tlf/0       2        2        4        4     | irc,str/4 irc,str/4 irc,str/4 tld,irc,str/4
TO+   |    -         -         -        -      str/4    str/5   |  scr/6  scr/6    scr/8       -
TO-   |    -         -         -        -      tlf/2    tlf/3   | tlf/3p tlf/3p   tlf/3p       -
RCR+  |    -         -       sta/2 irc,scr,sca/8 4        5     |  sca/8 sca,tlu/9 sca/8  tld,scr,sca/8
RCR-  |    -         -       sta/2 irc,scr,scn/6 4        5     |  scn/6  scn/7    scn/6  tld,scr,scn/6
RCA   |    -         -       sta/2    sta/3      4        5     |  irc/7  scr/6x irc,tlu/9 tld,scr/6x
RCN   |    -         -       sta/2    sta/3      4        5     | irc,scr/6 scr/6x irc,scr/8 tld,scr/6x
RTR   |    -         -       sta/2    sta/3    sta/4    sta/5   |  sta/6  sta/6    sta/6  tld,zrc,sta/5
RTA   |    -         -         2        3      tlf/2    tlf/3   |    6      6        8     tld,scr/6
RXJ+  |    -         -         2        3        4        5     |    6      6        8         9
RXJ-  |    -         -       tlf/2    tlf/3    tlf/2    tlf/3   |  tlf/3  tlf/3    tlf/3 tld,irc,str/5
";

const EVENTS: [Event; 14] = {
    use Event::*;
    [
        Up,
        Down,
        Open,
        Close,
        Timeout,
        TimeoutLast,
        GoodRequest,
        BadRequest,
        Ack,
        NakOrReject,
        TerminateRequest,
        TerminateAck,
        Rejected,
        RejectedFatally,
    ]
};

fn bit(name: &str) -> u16 {
    match name {
        "tlu" => action::TLU,
        "tld" => action::TLD,
        "tls" => action::TLS,
        "tlf" => action::TLF,
        "irc" => action::IRC,
        "zrc" => action::ZRC,
        "scr" => action::SCR,
        "sca" => action::SCA,
        "scn" => action::SCN,
        "str" => action::STR,
        "sta" => action::STA,
        other => panic!("{other}"),
    }
}

#[test]
fn the_table_is_the_one_of_rfc_1661() {
    let rows = PRINTED.trim().lines().collect::<Vec<_>>();
    assert_eq!(rows.len(), EVENTS.len());
    for (row, &event) in rows.iter().zip(&EVENTS) {
        let cells = row.split_whitespace().skip(1).filter(|&cell| cell != "|").collect::<Vec<_>>();
        assert_eq!(cells.len(), STATES.len(), "{row}");
        for (cell, &state) in cells.iter().zip(&STATES) {
            let expected = if *cell == "-" {
                (0, state)
            } else {
                let (actions, next) = cell.rsplit_once('/').unwrap_or(("", cell));
                let actions = actions.split(',').filter(|name| !name.is_empty()).map(bit).sum();
                let next = next.trim_end_matches(['p', 'r', 'x']).parse::<usize>().unwrap();
                (actions, STATES[next])
            };
            assert_eq!(entry(event, state), expected, "{event:?} in {state:?}");
        }
    }
}

const TIMING: Timing = Timing {
    restart_first: Duration::from_secs(1),
    restart: Duration::from_secs(3),
    max_configure: 4,
    max_terminate: 2,
    max_failure: 5,
};

/// An automaton that was opened, at 0 s.
fn opened() -> Automaton {
    let mut automaton = Automaton::new();
    automaton.apply(Event::Open, Instant::from_millis(0), &TIMING);
    automaton.apply(Event::Up, Instant::from_millis(0), &TIMING);
    automaton
}

#[test]
fn a_request_is_repeated_with_its_identifier_and_given_up() {
    let mut automaton = opened();
    let id = automaton.id();
    let mut sent = vec![];
    for at in 0..30 {
        let actions = automaton.poll(Instant::from_millis(at * 500), &TIMING);
        if automaton.owed == Owed::ConfigureRequest {
            assert_eq!(automaton.id(), id);
            automaton.owed = Owed::Nothing;
            sent.push(at * 500);
        }
        if actions & action::TLF != 0 {
            // 1, 2, 3 and 3 s after the one before it.
            assert_eq!((at * 500, automaton.state()), (9000, State::Stopped));
        }
    }
    assert_eq!(sent, [0, 1000, 3000, 6000]);
    assert_eq!(automaton.deadline(), None);
}

#[test]
fn a_terminate_request_is_repeated_and_given_up() {
    let mut automaton = opened();
    automaton.apply(Event::Close, Instant::from_millis(100), &TIMING);
    assert_eq!(automaton.owed, Owed::TerminateRequest);
    assert_eq!(automaton.poll(Instant::from_millis(1000), &TIMING), 0);
    assert_eq!(automaton.poll(Instant::from_millis(1100), &TIMING), action::STR);
    assert_eq!(automaton.poll(Instant::from_millis(3100), &TIMING), action::TLF);
    assert_eq!(automaton.state(), State::Closed);
}

#[test]
fn a_second_answer_belongs_to_nothing() {
    let mut automaton = opened();
    automaton.owed = Owed::Nothing;
    let id = automaton.id();
    assert!(automaton.awaits(id) && !automaton.awaits(id.wrapping_add(1)));
    automaton.answered();
    assert!(!automaton.awaits(id));
}
