//! Cuts the byte stream from the modem into lines, prompts and raw payload.
//!
//! The framer is told what the command in flight may bring (a prompt, a raw span), because the
//! bytes alone do not tell: `>` and `@` are ordinary characters in a line, and payload may contain
//! anything that looks like an answer.

use core::net::SocketAddr;

/// The longest line that is kept whole: a short message in hexadecimal digits, twelve octets of the service centre's
/// address and 172 more (3GPP TS 27.005 §3.1), or 253 characters of a host name and an address
/// (`+SQNDNSLKUP`). Longer ones lose their middle: the begin tells what they are, and at the end is the
/// digest of a certificate (RYZ014 use cases §3.2.3).
pub const LINE: usize = 368;

/// What is kept of the end of a longer line, at least.
const TAIL: usize = 64;

/// Head of an information text behind which raw bytes follow, by count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The modem's socket id.
    pub id: u8,
    /// How many raw bytes follow.
    pub len: u16,
    /// The sender of a datagram, where the head names it.
    pub from: Option<SocketAddr>,
    /// What stands behind the raw bytes.
    pub trailer: Trailer,
}

/// What stands behind the raw bytes of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trailer {
    /// A closing quote, then the end of the line.
    Quote,
    /// The end of the line; the head had a line of its own.
    LineEnd,
}

/// Recognises the head of a raw span. `at_end` says whether the line has ended behind `head`;
/// otherwise the last byte of `head` is a quote or a comma.
pub type SpanFn = fn(head: &[u8], at_end: bool) -> Option<Span>;

/// What the command in flight lets the framer expect.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch {
    /// The prompt character that asks for payload.
    pub prompt: Option<u8>,
    /// The recogniser of a raw span.
    pub span: Option<SpanFn>,
}

/// What the framer found.
#[derive(Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// A line is complete: see [`Framer::line`].
    Line,
    /// The prompt that was watched for.
    Prompt,
    /// A raw span begins.
    Span(Span),
    /// Bytes of the span.
    Raw(&'a [u8]),
    /// The span is over. `intact` is false when what must stand behind it does not: bytes were
    /// lost on the wire and the payload holds some of what followed.
    SpanEnd {
        /// Whether the expected character stood behind the payload.
        intact: bool,
    },
}

/// Payload in larger pieces is taken from where it is.
const FEW: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Line,
    /// The head ended with CR; its LF belongs to it.
    SpanHead(Span),
    Raw {
        left: u16,
        trailer: Trailer,
    },
    Trailer(Trailer),
}

/// Cuts bytes into [`Token`]s, at any chunking.
#[derive(Debug)]
pub struct Framer {
    buffer: [u8; LINE],
    len: usize,
    ended: bool,
    state: State,
    /// CR and LF seen since the last span, until something else comes.
    gap: Option<u8>,
}

impl Framer {
    /// A framer at the start of a line.
    pub const fn new() -> Self {
        Self { buffer: [0; LINE], len: 0, ended: false, state: State::Line, gap: None }
    }

    /// Forgets a half-read line or span.
    pub fn reset(&mut self) {
        self.len = 0;
        self.ended = false;
        self.state = State::Line;
        self.gap = None;
    }

    /// The line that [`Token::Line`] announced, without its end.
    pub fn line(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }

    /// Number of CR and LF between the last raw byte's trailer and the line at hand, when that
    /// line is the first behind a span.
    pub fn gap(&self) -> Option<u8> {
        self.gap
    }

    /// Keeps bytes that are payload, and not the end of it, where there is room: this is much less work
    /// than [`next`](Self::next) where a serial port gives its bytes one by one. They are in front of
    /// whatever `next` gives; [`held`](Self::held) has to be taken before.
    pub(crate) fn hold(&mut self, input: &[u8]) -> bool {
        let State::Raw { left, .. } = &mut self.state else { return false };
        if input.is_empty() || input.len() > FEW || input.len() >= usize::from(*left) {
            return false;
        }
        let Some(room) = self.buffer.get_mut(self.len..).filter(|room| room.len() >= input.len()) else {
            return false;
        };
        // Few, so that a call would be dearer.
        room.iter_mut().zip(input).for_each(|(to, from)| *to = *from);
        self.len += input.len();
        *left -= input.len() as u16;
        true
    }

    /// Payload that was [kept](Self::hold), which is gone with that.
    pub(crate) fn held(&mut self) -> &[u8] {
        let len = if matches!(self.state, State::Raw { .. }) { core::mem::take(&mut self.len) } else { 0 };
        self.buffer.get(..len).unwrap_or_default()
    }

    /// Takes bytes from the front of `input` until a token is complete.
    pub fn next<'a>(&mut self, input: &mut &'a [u8], watch: Watch) -> Option<Token<'a>> {
        if self.ended {
            self.ended = false;
            if self.len > 0 {
                self.gap = None;
            }
            self.len = 0;
        }
        while let Some(&byte) = input.first() {
            match self.state {
                State::Line => {
                    advance(input, 1);
                    if let Some(token) = self.line_byte(byte, watch) {
                        return Some(token);
                    }
                }
                State::SpanHead(span) => {
                    if byte == b'\n' {
                        advance(input, 1);
                    }
                    return Some(self.begin(span));
                }
                State::Raw { left, trailer } => {
                    let take = input.len().min(left.into());
                    let (raw, rest) = input.split_at(take);
                    *input = rest;
                    // `take` is at most `left`, so the cast keeps its value.
                    let left = left - take as u16;
                    self.state =
                        if left == 0 { State::Trailer(trailer) } else { State::Raw { left, trailer } };
                    return Some(Token::Raw(raw));
                }
                State::Trailer(trailer) => {
                    let expected = match trailer {
                        Trailer::Quote => b'"',
                        Trailer::LineEnd => b'\r',
                    };
                    let intact = byte == expected;
                    self.state = State::Line;
                    self.gap = Some(0);
                    self.len = 0;
                    if intact {
                        advance(input, 1);
                    }
                    return Some(Token::SpanEnd { intact });
                }
            }
        }
        None
    }

    fn line_byte(&mut self, byte: u8, watch: Watch) -> Option<Token<'static>> {
        match byte {
            b'\r' | b'\n' => {
                if let Some(gap) = &mut self.gap
                    && self.len == 0
                {
                    *gap = gap.saturating_add(1);
                }
                if self.len == 0 {
                    return None;
                }
                if let Some(span) = watch.span.and_then(|span| span(self.line(), true)) {
                    self.len = 0;
                    if byte == b'\r' {
                        self.state = State::SpanHead(span);
                        return None;
                    }
                    return Some(self.begin(span));
                }
                self.ended = true;
                Some(Token::Line)
            }
            // The space behind a `> ` prompt, and indentation.
            b' ' if self.len == 0 => None,
            _ if self.len == 0 && watch.prompt == Some(byte) => {
                self.gap = None;
                Some(Token::Prompt)
            }
            _ => {
                if self.len == LINE {
                    let (head, tail) = self.buffer.split_at_mut(LINE - TAIL);
                    if let Some((_, to)) = head.split_last_chunk_mut::<TAIL>() {
                        to.copy_from_slice(tail);
                    }
                    self.len = LINE - TAIL;
                }
                if let Some(place) = self.buffer.get_mut(self.len) {
                    *place = byte;
                }
                self.len += 1;
                if matches!(byte, b'"' | b',')
                    && let Some(span) = watch.span.and_then(|span| span(self.line(), false))
                {
                    self.len = 0;
                    return Some(self.begin(span));
                }
                None
            }
        }
    }

    // Called from many places.
    #[inline(never)]
    fn begin(&mut self, span: Span) -> Token<'static> {
        self.state = match span.len {
            // No payload and so no line of its own for it.
            0 if span.trailer == Trailer::LineEnd => State::Line,
            0 => State::Trailer(span.trailer),
            left => State::Raw { left, trailer: span.trailer },
        };
        Token::Span(span)
    }
}

impl Default for Framer {
    fn default() -> Self {
        Self::new()
    }
}

fn advance(input: &mut &[u8], by: usize) {
    *input = input.get(by..).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::at::{Params, split};

    fn usord(head: &[u8], at_end: bool) -> Option<Span> {
        let (b"+USORD", rest) = split(head.strip_suffix(b"\"")?)? else { return None };
        let mut params = Params::new(rest);
        let (id, len) = (params.byte()?, params.word()?);
        (!at_end).then_some(Span { id, len, from: None, trailer: Trailer::Quote })
    }

    fn sqnsrecv(head: &[u8], at_end: bool) -> Option<Span> {
        let (b"+SQNSRECV", rest) = split(head)? else { return None };
        let mut params = Params::new(rest);
        let (id, len) = (params.byte()?, params.word()?);
        at_end.then_some(Span { id, len, from: None, trailer: Trailer::LineEnd })
    }

    /// Lines, prompts and payload in one readable list, whatever the chunking.
    fn read(stream: &[u8], chunk: usize, watch: Watch) -> Vec<String> {
        let mut framer = Framer::new();
        let mut seen = Vec::new();
        let mut raw = Vec::new();
        for mut bytes in stream.chunks(chunk) {
            while let Some(token) = framer.next(&mut bytes, watch) {
                match token {
                    Token::Line => seen.push(String::from_utf8_lossy(framer.line()).into_owned()),
                    Token::Prompt => seen.push("<prompt>".into()),
                    Token::Span(span) => seen.push(format!("span {}", span.len)),
                    Token::Raw(bytes) => raw.extend_from_slice(bytes),
                    Token::SpanEnd { intact } => {
                        seen.push(format!("{:?} {intact}", raw.escape_ascii().to_string()));
                        raw.clear();
                    }
                }
            }
        }
        seen
    }

    #[test]
    fn payload_that_looks_like_an_answer_stays_payload_at_every_chunking() {
        let stream = b"\r\n+USORD: 0,16,\"ab\r\nOK\r\n\"cde+f@>\"\r\n\r\nOK\r\n";
        for chunk in 1..stream.len() {
            let watch = Watch { prompt: None, span: Some(usord) };
            assert_eq!(
                read(stream, chunk, watch),
                ["span 16", r#""ab\\r\\nOK\\r\\n\\\"cde+f@>" true"#, "OK"],
                "chunk {chunk}"
            );
        }
    }

    #[test]
    fn payload_behind_a_line_starts_after_exactly_one_line_end() {
        let stream = b"\r\n+SQNSRECV: 1,4\r\n\n\r\nX\r\n\r\nOK\r\n";
        for chunk in 1..stream.len() {
            let watch = Watch { prompt: None, span: Some(sqnsrecv) };
            assert_eq!(read(stream, chunk, watch), ["span 4", r#""\\n\\r\\nX" true"#, "OK"], "chunk {chunk}");
        }
    }

    #[test]
    fn payload_that_is_kept_comes_in_front_of_the_rest_at_every_chunking() {
        let payload: Vec<u8> = (0..=255).cycle().take(700).collect();
        let stream = [b"\r\n+USORD: 0,700,\"", &payload[..], b"\"\r\n\r\nOK\r\n"].concat();
        let watch = Watch { prompt: None, span: Some(usord) };
        for chunk in 1..stream.len() {
            let (mut framer, mut raw, mut lines, mut kept) = (Framer::new(), Vec::new(), 0, 0);
            for mut bytes in stream.chunks(chunk) {
                if framer.hold(bytes) {
                    kept += bytes.len();
                    continue;
                }
                raw.extend_from_slice(framer.held());
                while let Some(token) = framer.next(&mut bytes, watch) {
                    match token {
                        Token::Raw(bytes) => raw.extend_from_slice(bytes),
                        Token::Line => lines += usize::from(framer.line() == b"OK"),
                        Token::SpanEnd { intact } => assert!(intact),
                        Token::Span(_) | Token::Prompt => {}
                    }
                }
            }
            assert_eq!((raw, lines), (payload.clone(), 1), "chunk {chunk}");
            assert_eq!(kept > 0, chunk <= FEW, "chunk {chunk}");
        }
    }

    #[test]
    fn a_lost_payload_byte_is_noticed() {
        let watch = Watch { prompt: None, span: Some(usord) };
        let seen = read(b"\r\n+USORD: 0,4,\"abc\"\r\n\r\nOK\r\n", 64, watch);
        assert_eq!(seen, ["span 4", r#""abc\\\"" false"#, "OK"]);
    }

    #[test]
    fn a_prompt_character_inside_a_line_is_no_prompt() {
        let watch = Watch { prompt: Some(b'@'), span: None };
        for chunk in 1..20 {
            assert_eq!(read(b"user@host\r\n@", chunk, watch), ["user@host", "<prompt>"]);
        }
    }

    #[test]
    fn a_line_without_leading_line_end_is_a_line() {
        assert_eq!(read(b"+A: 1\r\nOK\r\n", 64, Watch::default()), ["+A: 1", "OK"]);
    }

    #[test]
    fn a_line_too_long_loses_its_middle_and_the_next_is_whole() {
        let end: String = (0..TAIL as u8).map(|at| char::from(b'A' + at % 26)).collect();
        for middle in 300..700 {
            let stream = format!("+A: {}{end}\r\nOK\r\n", "x".repeat(middle));
            let seen = read(stream.as_bytes(), 7, Watch::default());
            assert!(seen[0].len() <= LINE && seen[0].starts_with("+A: x") && seen[0].ends_with(&end));
            assert_eq!(seen[1], "OK");
        }
    }
}
