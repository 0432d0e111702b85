//! Systems as staff see them.

use serde::{Deserialize, Serialize};

use super::{
    Health, HealthHour, IdentifierKind, Inventory, Millis, RequestId, Right, SystemId, TaskState,
};

/// The system name of tasks that are our own work, e.g. packaging.
pub const OURS: &str = "habeas";

/// One system, its health and what it can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemView {
    pub id: SystemId,
    pub name: String,
    /// The connector's kind: `sql`, `files`, `directory`.
    pub kind: String,
    pub owner: String,
    pub region: String,
    /// A person paused it: it is not searched, and its tasks wait.
    pub paused: bool,
    pub health: Health,
    pub inventory: Inventory,
    /// The id kinds whose records live here: other systems refer to them by these.
    pub resolves: Vec<IdentifierKind>,
    /// Tasks that are ready, running or waiting.
    pub tasks_open: u32,
    /// Requests per second that it allows, if it has a budget.
    pub per_second: Option<u32>,
    /// How many of its tasks may be worked on at a time, if that is limited.
    pub concurrency: Option<u32>,
    /// Only systems of the sample organisation that misbehave on demand.
    pub misbehaviour: Option<Misbehaviour>,
}

/// One system with what happened there and what waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemDetail {
    /// What times are counted from.
    pub now: Millis,
    pub system: SystemView,
    /// Its checks of the last 30 days, the oldest first. An hour in which nobody asked is not there.
    pub hours: Vec<HealthHour>,
    /// What it allows now, if it has a rate budget.
    pub budget: Option<Budget>,
    /// The task that last ended well.
    pub last_done: Option<LastTask>,
    /// The task that last failed for good.
    pub last_failed: Option<LastTask>,
    /// Sets with tasks that are not done here, the oldest first, at most [`Self::MOST_SETS`].
    pub waiting: Vec<WaitingSet>,
    /// How many such sets there are.
    pub waiting_sets: u32,
}

impl SystemDetail {
    /// As many waiting sets as are listed.
    pub const MOST_SETS: u32 = 20;
}

/// How much of a rate budget is left at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Calls in any one second.
    pub per_second: u32,
    /// Calls that could be made at once.
    pub free: u32,
    /// Calls that wait for their turn.
    pub waiting: u32,
    /// How long one more call would wait, in milliseconds; 0: not at all.
    pub wait: u32,
}

/// A task that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastTask {
    /// The canonical request of its set.
    pub request: RequestId,
    pub at: Millis,
    /// Why it failed.
    pub code: Option<String>,
}

/// A set of requests that has tasks in a system which are not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingSet {
    /// Its canonical request.
    pub request: RequestId,
    pub right: Right,
    pub due_at: Millis,
    /// When the oldest of the tasks was made.
    pub since: Millis,
    pub tasks: u32,
    /// Where the foremost of them stands: running, ready or waiting.
    pub state: TaskState,
    /// When the next try is, if one failed.
    pub next_try: Option<Millis>,
    /// Why it failed.
    pub code: Option<String>,
}

/// What a system of the sample organisation does wrong, on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Misbehaviour {
    /// Waits so long before every answer, in milliseconds; at most 120,000.
    pub delay: u32,
    /// Refuses everything.
    pub failing: bool,
    /// Breaks off in the middle of an answer.
    pub cut_off: bool,
}
