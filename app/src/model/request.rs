//! Requests: one right for one subject, and how a set of them stands.

use serde::{Deserialize, Serialize};

use super::{
    CollectionName, IdentifierKind, Millis, PlanId, Recheck, RequestId, Skip, SubjectHandle,
    SystemId,
};

/// The right that is exercised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    Export,
    Update,
    Delete,
}

impl Right {
    pub const ALL: [Self; 3] = [Self::Export, Self::Update, Self::Delete];

    /// The word in SQL, JSON, forms and evidence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// The right that a word of [`Self::as_str`] names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.as_str() == word)
    }

    /// The article of the GDPR that gives it.
    pub fn article(self) -> &'static str {
        match self {
            Self::Export => "Art. 15 GDPR",
            Self::Update => "Art. 16 GDPR",
            Self::Delete => "Art. 17 GDPR",
        }
    }
}

/// Where a request stands. The table "States of a request" of the design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    Received,
    Running,
    Verifying,
    Packaging,
    Completed,
    /// Completed; what was kept or could not be searched is named.
    CompletedWithExceptions,
    /// Nothing is in flight and something failed: a person must decide.
    PartiallyFailed,
    Refused,
    Withdrawn,
}

impl RequestState {
    pub const ALL: [Self; 9] = [
        Self::Received,
        Self::Running,
        Self::Verifying,
        Self::Packaging,
        Self::Completed,
        Self::CompletedWithExceptions,
        Self::PartiallyFailed,
        Self::Refused,
        Self::Withdrawn,
    ];

    /// The word in SQL, JSON and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Running => "running",
            Self::Verifying => "verifying",
            Self::Packaging => "packaging",
            Self::Completed => "completed",
            Self::CompletedWithExceptions => "completed_with_exceptions",
            Self::PartiallyFailed => "partially_failed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state that a word of [`Self::as_str`] names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether the person has her answer: nothing more is to be done for it.
    pub fn is_answer(self) -> bool {
        self.has_ended() && self != Self::PartiallyFailed
    }

    /// Whether nothing of it is in flight any more.
    pub fn has_ended(self) -> bool {
        !matches!(
            self,
            Self::Received | Self::Running | Self::Verifying | Self::Packaging
        )
    }

    /// The state of a set: that of its least finished member; once all have ended, the one that most needs a person.
    pub fn of_set(members: impl IntoIterator<Item = Self>) -> Self {
        let needs = |state: &Self| match state {
            Self::Running => 0,
            Self::Received => 1,
            Self::Verifying => 2,
            Self::Packaging => 3,
            Self::PartiallyFailed => 4,
            Self::Refused => 5,
            Self::Withdrawn => 6,
            Self::CompletedWithExceptions => 7,
            Self::Completed => 8,
        };
        let first = members.into_iter().min_by_key(needs);
        first.unwrap_or(Self::Received)
    }
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    Ready,
    Running,
    /// For its turn, a rate limit, a retry's time, or a paused system.
    Waiting,
    Done,
    /// Stopped for a reason that trying again would not mend.
    Failed,
    /// Tried as often as allowed.
    Dead,
    /// Cut off in an operation that is not safe to repeat: a person decides.
    Uncertain,
    /// Not begun, because what it depends on did not succeed.
    Cancelled,
    /// It failed, and a person decided that it is not to be done. Never counts as done.
    Skipped,
}

impl TaskState {
    pub const ALL: [Self; 9] = [
        Self::Ready,
        Self::Running,
        Self::Waiting,
        Self::Done,
        Self::Failed,
        Self::Dead,
        Self::Uncertain,
        Self::Cancelled,
        Self::Skipped,
    ];

    /// The word in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Dead => "dead",
            Self::Uncertain => "uncertain",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }

    /// The state that a word of [`Self::as_str`] names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether it will not move by itself any more.
    pub fn has_ended(self) -> bool {
        !matches!(self, Self::Ready | Self::Running | Self::Waiting)
    }

    /// The state that stands for several tasks: what needs a person first, then what moves. Nothing stands for none.
    pub fn of_all(tasks: impl IntoIterator<Item = Self>) -> Option<Self> {
        let rank = |state: &Self| match state {
            Self::Uncertain => 8,
            Self::Failed => 7,
            Self::Dead => 6,
            Self::Running => 5,
            Self::Waiting => 4,
            Self::Cancelled => 3,
            Self::Ready => 2,
            Self::Skipped => 1,
            Self::Done => 0,
        };
        tasks.into_iter().max_by_key(rank)
    }

    /// Whether it ended without having done its work, and nobody has decided yet that it need not be done.
    pub fn has_failed(self) -> bool {
        self.has_ended() && !matches!(self, Self::Done | Self::Skipped)
    }
}

/// What a task does in its collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    Export,
    Update,
    Delete,
    /// Searches again, after an erasure.
    Verify,
    /// Puts an export's parts together.
    Package,
}

impl Operation {
    pub const ALL: [Self; 5] = [
        Self::Export,
        Self::Update,
        Self::Delete,
        Self::Verify,
        Self::Package,
    ];

    /// The word in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Verify => "verify",
            Self::Package => "package",
        }
    }

    /// The operation that a word of [`Self::as_str`] names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.as_str() == word)
    }
}

/// What a person confirms: a plan, by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRequest {
    pub plan: PlanId,
    /// [`super::Plan::hash`] as she saw it.
    pub hash: String,
    /// Why, in her words: 3 to 2,000 characters. Stored sealed.
    pub reason: String,
    /// Ticked by her. Nothing is done without.
    pub confirmed: bool,
}

/// Whether a person's data was looked for in a system, for one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverageState {
    Searched,
    /// The request's key finds nothing there by nature.
    NotSearchable,
    /// A person decided that it need not be searched.
    Waived,
    Failed,
    /// Not yet known.
    Open,
}

impl CoverageState {
    /// What is said of a system that has tasks: one that failed counts more than one that is open, and that more than one that was
    /// skipped.
    pub fn of_tasks(tasks: impl IntoIterator<Item = TaskState>) -> Self {
        let mut said = Self::Searched;
        for task in tasks {
            if task.has_failed() {
                return Self::Failed;
            }
            if !task.has_ended() {
                said = Self::Open;
            } else if task == TaskState::Skipped && said == Self::Searched {
                said = Self::Waived;
            }
        }
        said
    }
}

/// One system's coverage by one request. All systems of the inventory are listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    pub request: RequestId,
    pub system: SystemId,
    pub state: CoverageState,
}

/// One task, as the matrix shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    pub request: RequestId,
    pub system: SystemId,
    pub collection: CollectionName,
    pub operation: Operation,
    pub state: TaskState,
    /// Tries so far, and how many are allowed.
    pub attempt: u32,
    pub max_attempts: u32,
    /// Rows or files handled, once done.
    pub rows: Option<u64>,
    /// Rows kept for a legal ground, once done.
    pub kept: Option<u64>,
    /// Rows that the plan said.
    pub planned: Option<u64>,
    /// A code for why it waits or failed, e.g. `timeout`, `rate_limited`, `still_there`; `paused` or `budget` where nothing failed;
    /// of a skipped one, the ground.
    pub code: Option<String>,
    /// When it may run next, while it waits; for a rate budget, as far as is known.
    pub waits_until: Option<Millis>,
    pub started_at: Option<Millis>,
    pub ended_at: Option<Millis>,
}

/// A request as a member of its set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub request: RequestId,
    pub handle: SubjectHandle,
    pub kind: IdentifierKind,
    /// The name to show; gone once she is erased. Personal data.
    pub name: Option<String>,
    /// Whether this is the canonical member's request.
    pub canonical: bool,
    pub state: RequestState,
    pub ended_at: Option<Millis>,
    pub package: Option<PackageView>,
    /// The request that tries this one again, if it was retried.
    pub retried_by: Option<RequestId>,
}

/// A finished package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageView {
    pub bytes: u64,
    /// Of the ZIP as downloaded; lower hex.
    pub sha256: String,
    pub made_at: Millis,
    pub expires_at: Millis,
    /// Signed; needs no session; valid until `expires_at`.
    pub url: String,
}

/// A set of requests as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunView {
    /// The canonical member's request.
    pub id: RequestId,
    pub right: Right,
    /// The set's state: that of its least finished member.
    pub state: RequestState,
    pub created_at: Millis,
    pub ended_at: Option<Millis>,
    /// Who made it: a staff member's or client's name.
    pub created_by: String,
    pub reason: String,
    pub plan_hash: String,
    /// By when it must have been answered.
    pub due_at: Millis,
    /// The request that this one tries again.
    pub retry_of: Option<RequestId>,
    /// Canonical first.
    pub members: Vec<Member>,
    /// Systems in the order of their names: id and name.
    pub systems: Vec<(SystemId, String)>,
    pub cells: Vec<Cell>,
    pub coverage: Vec<Coverage>,
    /// What a person decided not to have done, oldest first.
    pub skips: Vec<Skip>,
    /// Of an erasure: the looks that are taken after it, a line for each of its records that was erased.
    pub rechecks: Vec<Recheck>,
    /// The last event's number; what `/events/requests/{id}` goes on from.
    pub last_event: i64,
    /// Why what failed can't be retried or skipped now; nothing if it can.
    pub retry_blocked: Option<Blocked>,
}

/// Why a retry is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// These related requests have not ended.
    InFlight {
        requests: Vec<RequestId>,
    },
    NothingFailed,
    /// Of an export that is to go on: what was read is no longer kept. A retry reads it again.
    TooOld,
    /// Since it was made, staff confirmed that one of its records is not this person's.
    Relinked,
    /// Somewhere there was more than the plan said: what is to be done there takes a new plan.
    Drifted,
    /// It was retried already, by this request.
    Retried {
        by: RequestId,
    },
}
