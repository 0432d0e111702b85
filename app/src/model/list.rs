//! Lists of requests: what is asked for, their lines, and what presses today.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

use super::{Ended, Millis, RequestId, RequestState, Right, Sort};

/// One line of the list of requests: a set, named by its canonical request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestSummary {
    pub id: RequestId,
    pub right: Right,
    pub state: RequestState,
    /// The canonical member's name; once she is erased, that of a member who is not. Personal data.
    pub name: Option<String>,
    pub members: u32,
    /// Tasks that ended, and all tasks.
    pub tasks_ended: u32,
    pub tasks: u32,
    pub tasks_failed: u32,
    pub created_at: Millis,
    pub created_by: String,
    /// By when it must have been answered, as long as it has not been.
    pub due_at: Option<Millis>,
    pub ended_at: Option<Millis>,
}

/// How near the legal deadline is of what has not been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    Overdue,
    /// Within three days.
    Days3,
    /// Within seven days, those three among them.
    Days7,
}

impl Due {
    pub const ALL: [Self; 3] = [Self::Overdue, Self::Days3, Self::Days7];

    /// The word in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Days3 => "days_3",
            Self::Days7 => "days_7",
        }
    }

    /// What a word of [`Self::as_str`] names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|due| due.as_str() == word)
    }

    /// From when on, and until before when, something is due so.
    pub fn span(self, now: Millis) -> (Millis, Millis) {
        const DAY: Millis = 86_400_000;
        match self {
            Self::Overdue => (Millis::MIN, now),
            Self::Days3 => (now, now + 3 * DAY),
            Self::Days7 => (now, now + 7 * DAY),
        }
    }
}

/// Whose move it is with what has not been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// Something failed for good, and a person must decide.
    Person,
    /// It is being worked on.
    System,
}

impl WaitsFor {
    pub const ALL: [Self; 2] = [Self::Person, Self::System];

    /// The word in URLs and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::System => "system",
        }
    }

    /// What a word of [`Self::as_str`] names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// How many sets have not been answered, by what presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pressing {
    pub overdue: u32,
    pub days_3: u32,
    /// Those of `days_3` among them.
    pub days_7: u32,
    pub for_person: u32,
    pub for_system: u32,
}

/// Which requests to list; the query string of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RequestFilter {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Right>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<RequestState>,
    /// Only what has not been answered and is due so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
    /// Only what has not been answered and waits so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<WaitsFor>,
    /// Only what was answered then. Nothing is both this and waiting or due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    #[serde(default)]
    pub sort: Sort,
    /// Go on after this request (the last of the page before).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<RequestId>,
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestPage {
    /// In the order asked for, at most 50.
    pub requests: Vec<RequestSummary>,
    /// What to put into [`RequestFilter::after`] for the next page.
    pub next: Option<RequestId>,
    /// How many more would stand among these were they listed anew; 0 unless they were listed again.
    pub newer: u32,
    /// When it was listed.
    pub now: Millis,
}

impl RequestPage {
    /// A number that is another one as soon as something of it is shown otherwise. Of names it knows nothing.
    pub fn version(&self) -> i64 {
        let mut hasher = DefaultHasher::new();
        self.newer.hash(&mut hasher);
        for one in &self.requests {
            (one.id.as_str(), one.state.as_str(), one.members).hash(&mut hasher);
            (one.tasks_ended, one.tasks, one.tasks_failed).hash(&mut hasher);
            (one.due_at, one.ended_at).hash(&mut hasher);
        }
        // Streams count from 0 up.
        i64::try_from(hasher.finish() >> 1).unwrap_or(i64::MAX)
    }
}

/// What a day begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Today {
    pub now: Millis,
    pub pressing: Pressing,
    /// What a person must decide, nearest deadline first; the first few.
    pub needs: Vec<RequestSummary>,
    /// What has been answered, newest request first; the first few.
    pub answered: Vec<RequestSummary>,
}
