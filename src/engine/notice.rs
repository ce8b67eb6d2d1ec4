//! What users wait for that the modem says unasked, and that is neither about a socket nor about the link.
//!
//! Nothing is queued: of each topic there is a flag and what the last report said. A user who looks late
//! finds that something was reported, and asks the modem for more.

use core::task::{Poll, Waker};

use super::Core;
use crate::socket::WakerCell;

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Short messages that have come in.
    Message,
    /// How far an upgrade of the modem's firmware is.
    Upgrade,
}

/// Recognises the reports of a topic, and gives what is to be known of them.
pub(crate) type Recognise = fn(line: &[u8]) -> Option<u32>;

/// What is new of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// The modem has been set up, or nobody has asked before: whatever makes it report is to be switched on, and
    /// what was reported before may have been missed. That is so until [`Core::notice_taken`] gets this number.
    Started(u8),
    /// This was reported last. It is given once.
    Reported(u32),
}

#[derive(Debug)]
struct Watched {
    recognise: Option<Recognise>,
    /// The setup of the modem for which reports are switched on.
    taken: u8,
    reported: Option<u32>,
    waker: WakerCell,
}

#[derive(Debug)]
pub(crate) struct Notices {
    /// Setups of the modem, from 1 on.
    setups: u8,
    topics: [Watched; 2],
}

impl Notices {
    pub(super) const fn new() -> Self {
        const NOBODY: Watched =
            Watched { recognise: None, taken: 0, reported: None, waker: WakerCell::new() };
        Self { setups: 1, topics: [NOBODY; 2] }
    }

    /// A line that came unasked; none where the modem has been set up.
    fn note(&mut self, line: Option<&[u8]>) {
        if line.is_none() {
            self.setups = self.setups.wrapping_add(1).max(1);
        }
        for topic in &mut self.topics {
            let reported = line.and_then(|line| topic.recognise.and_then(|recognise| recognise(line)));
            if reported.is_some() || line.is_none() {
                topic.reported = reported.or(topic.reported);
                topic.waker.wake();
            }
        }
    }
}

impl Core {
    /// What is new of a topic, whose reports are those that `recognise` knows. One task at a time waits for a topic.
    pub(crate) fn poll_notice(&mut self, topic: Topic, recognise: Recognise, waker: &Waker) -> Poll<Notice> {
        self.extras.notices = Some(|core, line| core.notices.note(line));
        let setups = self.notices.setups;
        let Some(topic) = self.notices.topics.get_mut(topic as usize) else { return Poll::Pending };
        topic.recognise = Some(recognise);
        if topic.taken != setups {
            return Poll::Ready(Notice::Started(setups));
        }
        if let Some(reported) = topic.reported.take() {
            return Poll::Ready(Notice::Reported(reported));
        }
        topic.waker.register(waker);
        Poll::Pending
    }

    /// The user is about to look at whatever was reported.
    pub(crate) fn notice_heard(&mut self, topic: Topic) {
        if let Some(topic) = self.notices.topics.get_mut(topic as usize) {
            topic.reported = None;
        }
    }

    /// Reports of a topic are switched on since the setup that [`Notice::Started`] was about.
    pub(crate) fn notice_taken(&mut self, topic: Topic, setup: u8) {
        if let Some(topic) = self.notices.topics.get_mut(topic as usize) {
            topic.taken = setup;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::dialect::sequans::RYZ014A;
    use crate::engine::Engine;
    use crate::socket::Table;

    fn index(line: &[u8]) -> Option<u32> {
        let (b"+CMTI", rest) = crate::at::split(line)? else { return None };
        let mut params = crate::at::Params::new(rest);
        params.text()?;
        params.number()
    }

    #[test]
    fn a_report_is_told_once_and_a_start_until_it_is_taken() {
        let mut engine: Engine<Table<1, 64, 64>> = Engine::new(&RYZ014A, Config::new());
        let engine: &mut Engine = &mut engine;
        let now = crate::Instant::START;
        let poll = |engine: &mut Engine| engine.core.poll_notice(Topic::Message, index, Waker::noop());
        assert_eq!(poll(engine), Poll::Ready(Notice::Started(1)));
        assert_eq!(poll(engine), Poll::Ready(Notice::Started(1)));
        engine.core.notice_taken(Topic::Message, 1);
        assert_eq!(poll(engine), Poll::Pending);
        engine.handle_rx(now, b"\r\n+CMTI: \"ME\",3\r\n+CMTI: \"ME\",4\r\n+CTZV: 4\r\n");
        assert_eq!(poll(engine), Poll::Ready(Notice::Reported(4)));
        assert_eq!(poll(engine), Poll::Pending);
        engine.core.noted(None);
        assert_eq!(poll(engine), Poll::Ready(Notice::Started(2)));
        // It has been set up once more in the meantime.
        engine.core.noted(None);
        engine.core.notice_taken(Topic::Message, 2);
        assert_eq!(poll(engine), Poll::Ready(Notice::Started(3)));
    }
}
