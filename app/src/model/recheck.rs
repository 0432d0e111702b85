//! Looking again after an erasure: when, and what was seen.

use serde::{Deserialize, Serialize};

use super::{Millis, RequestId, SystemId};

const HOUR: Millis = 60 * 60 * 1000;

/// The looks that are taken after an erasure, counted from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookStep {
    AtOnce,
    Hour,
    Day,
    Month,
}

impl LookStep {
    /// In their order.
    pub const ALL: [Self; 4] = [Self::AtOnce, Self::Hour, Self::Day, Self::Month];

    /// How long after the erasure.
    pub fn after(self) -> Millis {
        match self {
            Self::AtOnce => 0,
            Self::Hour => HOUR,
            Self::Day => 24 * HOUR,
            Self::Month => 30 * 24 * HOUR,
        }
    }

    /// The one after it, if it is not the last.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| *step > self)
    }

    /// The word in the store and in evidence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == word)
    }
}

/// One look that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    pub step: LookStep,
    pub at: Millis,
    /// Where she was found again; none: nowhere.
    pub returned: Vec<SystemId>,
    /// What could have been searched, and was not: down or paused. What they hold is unknown.
    pub unsearched: Vec<SystemId>,
}

/// The looks of one erased record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recheck {
    pub request: RequestId,
    pub erased_at: Millis,
    /// Those that were taken, in their order.
    pub looks: Vec<Look>,
    /// The next one, and when it is due; none: it is over.
    pub next: Option<(LookStep, Millis)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_look_follows_the_one_before_and_is_later() {
        let mut step = LookStep::AtOnce;
        let mut taken = vec![step];
        while let Some(next) = step.next() {
            assert!(next.after() > step.after());
            taken.push(next);
            step = next;
        }
        assert_eq!(taken, LookStep::ALL);
        for step in LookStep::ALL {
            assert_eq!(LookStep::parse(step.as_str()), Some(step));
        }
    }
}
