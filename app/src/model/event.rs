//! Events: numbered progress lines of a set of requests. Ids, codes and counts only.

use serde::{Deserialize, Serialize};

use super::request::Operation;
use super::{CollectionName, Millis, RequestId, RequestState, SkipGround, SystemId, TaskState};

/// One line of a set's progress. Numbers run from 1 without gaps, in the order of commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub seq: i64,
    pub at: Millis,
    /// The member that it is about.
    pub request: RequestId,
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    Created,
    StateChanged {
        state: RequestState,
    },
    TaskStarted {
        task: TaskName,
        attempt: u32,
    },
    TaskDone {
        task: TaskName,
        rows: u64,
    },
    /// It will be tried again at `until`.
    TaskWaits {
        task: TaskName,
        code: String,
        until: Millis,
    },
    /// It ended without success: failed, dead, uncertain or cancelled.
    TaskFailed {
        task: TaskName,
        code: String,
    },
    /// It had failed, and a person decided that it is not to be done.
    TaskSkipped {
        task: TaskName,
        ground: SkipGround,
        /// How it had failed.
        was: TaskState,
    },
    /// The request was made again, by another.
    Retried {
        by: RequestId,
    },
}

/// Which task an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskName {
    pub system: SystemId,
    pub collection: CollectionName,
    pub operation: Operation,
}
