//! Which of a run's events its log lists: a filter that an address can say.

use super::{Event, EventKind, RequestId, SystemId};

/// What an event tells of, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogKind {
    /// The requests themselves: made, their states, made again.
    State,
    Started,
    Done,
    Waits,
    Failed,
    Skipped,
}

impl LogKind {
    pub const ALL: [Self; 6] = [
        Self::State,
        Self::Started,
        Self::Done,
        Self::Waits,
        Self::Failed,
        Self::Skipped,
    ];

    /// The word in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Started => "started",
            Self::Done => "done",
            Self::Waits => "waits",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// The kind that a word of [`Self::as_str`] names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What an event is, and the system that it is about.
    pub fn of(kind: &EventKind) -> (Self, Option<&SystemId>) {
        match kind {
            EventKind::Created | EventKind::StateChanged { .. } | EventKind::Retried { .. } => {
                (Self::State, None)
            }
            EventKind::TaskStarted { task, .. } => (Self::Started, Some(&task.system)),
            EventKind::TaskDone { task, .. } => (Self::Done, Some(&task.system)),
            EventKind::TaskWaits { task, .. } => (Self::Waits, Some(&task.system)),
            EventKind::TaskFailed { task, .. } => (Self::Failed, Some(&task.system)),
            EventKind::TaskSkipped { task, .. } => (Self::Skipped, Some(&task.system)),
        }
    }
}

/// What to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogFilter {
    pub system: Option<SystemId>,
    /// A member's request.
    pub member: Option<RequestId>,
    pub kind: Option<LogKind>,
    /// Words that all stand in what is shown; at most 100 characters.
    pub text: String,
    /// The number of the last event to list; without it the newest.
    pub to: Option<i64>,
}

impl LogFilter {
    /// From the words of an address. One that makes no sense filters nothing, and the form then says so.
    pub fn of_words(system: String, member: String, kind: &str, text: &str, to: &str) -> Self {
        Self {
            system: SystemId::parse(system).ok(),
            member: RequestId::parse(member).ok(),
            kind: LogKind::parse(kind),
            text: text.trim().chars().take(100).collect(),
            to: to.trim().parse().ok().filter(|to| *to > 0),
        }
    }

    /// Whether it leaves anything out, wherever the list ends.
    pub fn filters(&self) -> bool {
        *self
            != Self {
                to: self.to,
                ..Self::default()
            }
    }

    /// Whether an event is listed; `said`: what is shown of it.
    pub fn matches(&self, event: &Event, said: impl FnOnce() -> String) -> bool {
        let (kind, system) = LogKind::of(&event.kind);
        self.kind.is_none_or(|wanted| wanted == kind)
            && self
                .system
                .as_ref()
                .is_none_or(|wanted| Some(wanted) == system)
            && self
                .member
                .as_ref()
                .is_none_or(|wanted| *wanted == event.request)
            && (self.text.is_empty() || {
                let said = said().to_lowercase();
                let mut words = self.text.split_whitespace();
                words.all(|word| said.contains(&word.to_lowercase()))
            })
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use crate::testing::runs::{Say, events};

    fn filter(system: &str, member: &str, kind: &str, text: &str) -> LogFilter {
        LogFilter::of_words(system.into(), member.into(), kind, text, "")
    }

    #[test]
    fn an_event_is_listed_that_meets_every_condition() {
        let event = &events(&[("r1", "desk", 1, Say::Fail)])[0];
        let said = || "Desk: No answer".to_owned();
        for (filter, want) in [
            (filter("", "", "", ""), true),
            (filter("desk", "r1", "failed", "ANSWER desk"), true),
            (filter("shop", "r1", "failed", "answer"), false),
            (filter("desk", "r2", "failed", "answer"), false),
            (filter("desk", "r1", "done", "answer"), false),
            (filter("desk", "r1", "failed", "answer shop"), false),
        ] {
            assert_eq!(filter.matches(event, said), want, "{filter:?}");
        }
    }

    #[test]
    fn words_that_make_no_sense_filter_nothing() {
        let odd = LogFilter::of_words("A b".into(), "../x".into(), "bogus", " ", "-3");
        assert_eq!(odd, LogFilter::default());
        let long = filter("", "", "", &"あ".repeat(10_000));
        assert_eq!(long.text.chars().count(), 100);
        assert!(long.filters());
    }

    #[test]
    fn every_kind_is_known_by_its_word() {
        for kind in LogKind::ALL {
            assert_eq!(LogKind::parse(kind.as_str()), Some(kind));
        }
    }
}
