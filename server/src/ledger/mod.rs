//! The ledger of durable tasks: claim, lease, heartbeat, finish, fence. Knows no concrete task.
//!
//! `ready → running → done | failed | dead | uncertain | cancelled`, plus `waiting`; a person may set what failed aside: `skipped`. A claim raises `attempt`, and everything a
//! worker does later names its attempt: a worker that lost its lease matches no row and is fenced. Leases are measured by the
//! database's clock, the one that all replicas share. A task whose predecessor has not succeeded has `after_id` set and is not
//! claimed; success releases what comes after, anything else cancels it. Claims go by turns,
//! which cases have one after the other ([`turn`]). Where a system does several as one, the first in line is claimed and those behind
//! it are settled with it; where it reads several at once, they are claimed together.

mod claim;
mod count;
mod line;
mod room;
mod settle;
mod skip;
mod turn;
mod waits;

use std::time::Duration;

use app::model::{CollectionName, Operation, RequestId, SystemId};

use crate::connectors::{FaultCode, Repeat, Trace};

pub use claim::{Claimed, Work, claim, claim_all, expired, heartbeat, release, take_over};
pub use count::{Count, STATES, counts};
pub use line::{Along, follow, line, others_go_on, planned, put_first};
pub use room::{room, running};
pub use settle::{Cancelled, Done, SettleError, Settled, settle, settle_done};
pub use skip::{Skipped, overturn, skip};
pub use turn::{Due, due, line_up};
pub use waits::{BUDGET, Waits, waits};

pub use app::model::OURS;

/// A task to be made.
#[derive(Debug, Clone)]
pub struct NewTask {
    pub id: String,
    pub request: RequestId,
    pub root: RequestId,
    pub system: SystemId,
    pub collection: CollectionName,
    pub operation: Operation,
    pub repeat: Repeat,
    /// The task that has to be done before this one.
    pub after: Option<String>,
    pub max_attempts: u32,
    /// The rows that a confirmed plan named.
    pub planned: Option<Trace>,
    pub position: i64,
}

/// How a try ended. Decided by the worker; the ledger only writes it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    Done {
        /// Rows or files handled.
        rows: u64,
        /// Rows kept for a legal ground.
        kept: u64,
        /// The file that holds an export's rows.
        part: Option<String>,
    },
    /// To be tried again after a pause. A try that is spared is none of those that are allowed.
    Again {
        code: FaultCode,
        pause: Duration,
        spared: bool,
    },
    /// Would not get better by trying again.
    Failed { code: FaultCode },
    /// Tried as often as allowed.
    Dead { code: FaultCode },
    /// Cut off in an operation that is not safe to repeat.
    Uncertain,
}

/// The word of a repeat class in SQL.
pub(crate) fn repeat_word(repeat: Repeat) -> &'static str {
    match repeat {
        Repeat::Natural => "natural",
        Repeat::Key => "key",
        Repeat::Probe => "probe",
        Repeat::None => "none",
    }
}

/// The repeat class of a word.
pub(crate) fn repeat_of(word: &str) -> Option<Repeat> {
    [Repeat::Natural, Repeat::Key, Repeat::Probe, Repeat::None]
        .into_iter()
        .find(|repeat| repeat_word(*repeat) == word)
}
