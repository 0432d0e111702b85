//! What is told of tasks: to the browser as events, and for good as evidence.

use app::model::{EventKind, TaskName};
use serde_json::{Value as Json, json};

use crate::ledger::{BUDGET, Cancelled, Claimed, Ending, Settled, Waits};

/// A task that was settled: `ending` says how, `settled` what else that changed.
#[derive(Debug)]
pub(super) struct Told {
    pub task: Claimed,
    pub ending: Ending,
    pub settled: Settled,
    /// Its start is to be told too: it was not claimed itself.
    pub with_start: bool,
}

/// What is kept as evidence of a task that ended.
pub(super) fn evidence_of(told: &Told) -> Json {
    let Told {
        task,
        ending,
        settled,
        ..
    } = told;
    let (rows, kept) = match ending {
        Ending::Done { rows, kept, .. } => (*rows, *kept),
        _ => (0, 0),
    };
    json!({
        "request": task.request,
        "task": task.id,
        "system": task.system,
        "collection": task.collection,
        "operation": task.operation,
        "attempt": task.attempt,
        "state": settled.state,
        "rows": rows,
        "kept": kept,
        "cancelled": settled.cancelled.len(),
    })
}

pub(super) fn started(task: &Claimed) -> EventKind {
    EventKind::TaskStarted {
        task: name_of(task),
        attempt: task.attempt,
    }
}

/// Its call waits for the system's rate budget.
pub(super) fn waits(waits: &Waits) -> EventKind {
    EventKind::TaskWaits {
        task: name_of(&waits.task),
        code: BUDGET.to_owned(),
        until: waits.until,
    }
}

pub(super) fn not_begun(cancelled: &Cancelled) -> EventKind {
    EventKind::TaskFailed {
        task: TaskName {
            system: cancelled.system.clone(),
            collection: cancelled.collection.clone(),
            operation: cancelled.operation,
        },
        code: "not_begun".to_owned(),
    }
}

pub(super) fn event_of(told: &Told) -> EventKind {
    let task = name_of(&told.task);
    let (code, until) = match &told.ending {
        Ending::Done { rows, .. } => return EventKind::TaskDone { task, rows: *rows },
        Ending::Again { code, .. } => {
            (code.as_str(), Some(told.settled.run_at.unwrap_or_default()))
        }
        Ending::Failed { code } | Ending::Dead { code } => (code.as_str(), None),
        Ending::Uncertain => ("uncertain", None),
    };
    let code = code.to_owned();
    match until {
        Some(until) => EventKind::TaskWaits { task, code, until },
        None => EventKind::TaskFailed { task, code },
    }
}

fn name_of(task: &Claimed) -> TaskName {
    TaskName {
        system: task.system.clone(),
        collection: task.collection.clone(),
        operation: task.operation,
    }
}
