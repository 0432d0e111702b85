//! What a claimed or settled task means for its request: state, events, evidence and the tasks of the next phase, in one transaction.

use std::collections::BTreeSet;

use app::model::{
    CollectionName, EventKind, Operation, RequestId, RequestState, Right, SubjectHandle, SystemId,
    TaskName, TaskState,
};
use serde_json::{Value as Json, json};

use super::Engine;
use super::create::MAX_ATTEMPTS;
use super::recheck;
use super::state::{Answered, Ended, InFlight, NeedsTasks, Next, Stopped, TasksEnded};
use super::target::Target;
use crate::connectors::Repeat;
use crate::evidence::{self, Entry};
use crate::ledger::{self, Cancelled, Claimed, Ending, NewTask, OURS, Settled};
use crate::store::request::{Progress, RequestRow};
use crate::store::{StoreError, Tx};

/// The code of a verification that no longer holds.
const RETURNED: &str = "returned";

/// A worker took tasks of one request.
pub async fn claimed(engine: &Engine, tx: &mut Tx, tasks: &[Claimed]) -> Result<(), StoreError> {
    let Some(first) = tasks.first() else {
        return Ok(());
    };
    let now = engine.clock.now();
    let events: Vec<_> = tasks.iter().map(started).collect();
    // The first event takes the root's lock: what is read after it stays as read.
    tx.events_append(&first.root, &first.request, now, &events)
        .await?;
    let row = stored(tx, &first.request).await?;
    if row.state == RequestState::Received
        && let Some(request) = in_flight(&row)
    {
        write(tx, &row, &request.begun(), now).await?;
    }
    Ok(())
}

/// A task that was settled: `ending` says how, `settled` what else that changed.
#[derive(Debug)]
pub struct Told {
    pub task: Claimed,
    pub ending: Ending,
    pub settled: Settled,
    /// Its start is to be told too: it was not claimed itself.
    pub with_start: bool,
}

/// Tasks of one request were settled.
pub async fn settled(engine: &Engine, tx: &mut Tx, told: &[Told]) -> Result<(), StoreError> {
    let Some(Told { task: first, .. }) = told.first() else {
        return Ok(());
    };
    let now = engine.clock.now();
    let (mut events, mut bodies) = (Vec::new(), Vec::new());
    let mut tasks = TasksEnded::default();
    for one in told {
        if one.with_start {
            events.push(started(&one.task));
        }
        events.push(event_of(one));
        if !one.settled.state.has_ended() {
            continue;
        }
        bodies.push(evidence_of(one));
        events.extend(one.settled.cancelled.iter().map(not_begun));
        let cancelled = i64::try_from(one.settled.cancelled.len()).unwrap_or(i64::MAX);
        let kept = matches!(one.ending, Ending::Done { kept, .. } if kept > 0);
        tasks.ended += 1 + cancelled;
        tasks.failed += i64::from(one.settled.state != TaskState::Done) + cancelled;
        tasks.exceptions += i64::from(kept);
    }
    tx.events_append(&first.root, &first.request, now, &events)
        .await?;
    if bodies.is_empty() {
        return Ok(());
    }
    let what = (first.root.as_str(), OURS, "task.ended");
    evidence::append_each(tx, now, what, &bodies).await?;
    let row = stored(tx, &first.request).await?;
    let request = in_flight(&row).ok_or(StoreError::Inconsistent {
        place: "request.state",
    })?;
    match request.tasks_ended(tasks) {
        Next::Goes(request) => write(tx, &row, &request, now).await,
        Next::Verify(next) => verify(engine, tx, &row, next, now).await,
        Next::Package(next) => package(engine, tx, &row, next, now).await,
        Next::Ends(ended) => end(engine, tx, &row, ended, now).await,
    }
}

/// So many failed tasks of a request that stopped were skipped. It goes on where nothing else failed.
pub async fn skipped(
    engine: &Engine,
    tx: &mut Tx,
    row: &RequestRow,
    tasks: i64,
) -> Result<(), StoreError> {
    let now = engine.clock.now();
    let last = tx.has_last_phase(&row.id).await?;
    let stopped = Stopped::stored(row.right, row.state, row.failed_tasks, row.exceptions, last);
    let stopped = stopped.ok_or(StoreError::Inconsistent {
        place: "request.state",
    })?;
    match stopped.skipped(tasks) {
        Next::Ends(ended) if ended.state == row.state => {
            let progress = Progress {
                state: ended.state,
                open_tasks: 0,
                failed_tasks: ended.failed,
                exceptions: ended.exceptions,
                ended_at: row.ended_at,
            };
            tx.request_progress(&row.id, progress).await
        }
        Next::Ends(ended) => end(engine, tx, row, ended, now).await,
        Next::Verify(next) => verify(engine, tx, row, next, now).await,
        Next::Package(next) => package(engine, tx, row, next, now).await,
        Next::Goes(request) => write(tx, row, &request, now).await,
    }
}

async fn verify(
    engine: &Engine,
    tx: &mut Tx,
    row: &RequestRow,
    next: NeedsTasks,
    now: i64,
) -> Result<(), StoreError> {
    let erased = tx.tasks_erased(&row.id).await?;
    if erased.is_empty() {
        return end(engine, tx, row, next.without_tasks(), now).await;
    }
    let tasks = (1_000..)
        .zip(&erased)
        .map(|(position, place)| new_task(engine, row, place.clone(), Operation::Verify, position));
    tx.tasks_insert(&tasks.collect::<Vec<_>>(), now).await?;
    let count = i64::try_from(erased.len()).unwrap_or(i64::MAX);
    write(tx, row, &next.with_tasks(count), now).await
}

async fn package(
    engine: &Engine,
    tx: &mut Tx,
    row: &RequestRow,
    next: NeedsTasks,
    now: i64,
) -> Result<(), StoreError> {
    let task = new_task(engine, row, ours("package")?, Operation::Package, 1_000);
    tx.tasks_insert(&[task], now).await?;
    write(tx, row, &next.with_tasks(1), now).await
}

/// The place of a task that is our own work.
fn ours(work: &str) -> Result<(SystemId, CollectionName), StoreError> {
    let place = |_| StoreError::Inconsistent {
        place: "task.system_id",
    };
    Ok((
        SystemId::parse(OURS).map_err(place)?,
        CollectionName::parse(work).map_err(place)?,
    ))
}

fn new_task(
    engine: &Engine,
    row: &RequestRow,
    (system, collection): (SystemId, CollectionName),
    operation: Operation,
    position: i64,
) -> NewTask {
    NewTask {
        id: engine.clock.id(),
        request: row.id.clone(),
        root: row.root.clone(),
        system,
        collection,
        operation,
        // Looking again and writing our own file are safe by nature.
        repeat: Repeat::Natural,
        after: None,
        max_attempts: MAX_ATTEMPTS,
        planned: None,
        position,
    }
}

async fn end(
    engine: &Engine,
    tx: &mut Tx,
    row: &RequestRow,
    ended: Ended,
    now: i64,
) -> Result<(), StoreError> {
    let progress = Progress {
        state: ended.state,
        open_tasks: 0,
        failed_tasks: ended.failed,
        exceptions: ended.exceptions,
        ended_at: Some(now),
    };
    put(tx, row, progress, now).await?;
    if row.right == Right::Delete && ended.state.is_answer() {
        recheck::begin(engine, tx, row, now).await?;
    }
    // She is erased, by this request or while it ran: what we know of her goes too.
    if tx
        .subject_erased_since(&row.subject, row.created_at)
        .await?
    {
        forget(engine, tx, &row.subject).await?;
    }
    let body = json!({ "request": row.id, "state": ended.state, "failed_tasks": ended.failed });
    let entry = Entry {
        chain: row.root.as_str(),
        actor: OURS,
        action: "request.ended",
        body,
    };
    let hash = evidence::append(tx, now, entry).await?;
    let members = tx.request_set_locked(&row.root).await?;
    if members.iter().all(|member| member.state.has_ended()) {
        let body = json!({ "request": row.root, "hash": hash });
        let entry = Entry {
            chain: evidence::MAIN,
            actor: OURS,
            action: "request.set_ended",
            body,
        };
        evidence::append(tx, now, entry).await?;
        // After the entry, which one who confirms a link at this moment waits for.
        forget_links(tx, members, now).await?;
    }
    Ok(())
}

/// She was found again after an erasure that had been completed: what was verified there no longer holds, and a person decides.
pub(super) async fn returned(
    engine: &Engine,
    tx: &mut Tx,
    root: &RequestId,
    request: &RequestId,
    places: &BTreeSet<(SystemId, CollectionName)>,
) -> Result<(), StoreError> {
    let now = engine.clock.now();
    let set = tx.request_set_locked(root).await?;
    let row = set.iter().find(|row| row.id == *request);
    let row = row.ok_or(StoreError::Inconsistent {
        place: "recheck.request_id",
    })?;
    // It is open already, or was made again: there it is looked for her too.
    let Some(answered) = Answered::stored(row.right, row.state, row.exceptions) else {
        return Ok(());
    };
    for (system, collection) in places {
        let place = (system.clone(), collection.clone());
        if !ledger::overturn(tx, request, &place, RETURNED, now).await? {
            // She was not there before.
            let task = new_task(engine, row, place.clone(), Operation::Verify, 1_000);
            tx.tasks_insert(&[task], now).await?;
            ledger::overturn(tx, request, &place, RETURNED, now).await?;
        }
        let event = EventKind::TaskFailed {
            task: TaskName {
                system: place.0,
                collection: place.1,
                operation: Operation::Verify,
            },
            code: RETURNED.to_owned(),
        };
        tx.event_append(root, request, now, &event).await?;
    }
    let failed = i64::try_from(places.len()).unwrap_or(i64::MAX);
    let open = answered.returned(failed);
    let progress = Progress {
        state: open.state,
        open_tasks: 0,
        failed_tasks: open.failed,
        exceptions: open.exceptions,
        ended_at: row.ended_at,
    };
    put(tx, row, progress, now).await?;
    let entry = Entry {
        chain: root.as_str(),
        actor: OURS,
        action: "request.reopened",
        body: json!({ "request": request, "places": failed }),
    };
    evidence::append(tx, now, entry).await?;
    Ok(())
}

/// Empties what staff confirmed of her records, once all of them are erased: a try that failed needs to know whose they are.
async fn forget_links(tx: &mut Tx, set: Vec<RequestRow>, now: i64) -> Result<(), StoreError> {
    for subject in all_erased(tx, set).await? {
        for link in tx.links_forget(&subject, now, OURS).await? {
            let entry = Entry {
                chain: evidence::MAIN,
                actor: OURS,
                action: "person.link_undone",
                body: json!({ "link": link }),
            };
            evidence::append(tx, now, entry).await?;
        }
    }
    Ok(())
}

/// The subjects of a set, and of those that it tries again, if every one of them was erased; else none.
async fn all_erased(
    tx: &mut Tx,
    mut set: Vec<RequestRow>,
) -> Result<BTreeSet<SubjectHandle>, StoreError> {
    use RequestState::{Completed, CompletedWithExceptions};
    let (mut all, mut erased) = (BTreeSet::new(), BTreeSet::new());
    loop {
        let before = set.first().and_then(|row| row.retry_of.clone());
        for row in set {
            let completed = matches!(row.state, Completed | CompletedWithExceptions);
            if row.right == Right::Delete && completed {
                erased.insert(row.subject.clone());
            }
            all.insert(row.subject);
        }
        match before {
            Some(root) => set = tx.request_set_locked(&root).await?,
            None => break,
        }
    }
    Ok(if all == erased { all } else { BTreeSet::new() })
}

/// Strips her from every request for her that has ended: earlier tries, exports and updates hold her record too.
async fn forget(engine: &Engine, tx: &mut Tx, subject: &SubjectHandle) -> Result<(), StoreError> {
    for row in tx.requests_ended_of_subject(subject).await? {
        let target = Target::open(&engine.keys, &row.id, &row.target_sealed)?.without_person();
        let sealed = target
            .seal(&engine.keys, &row.id)
            .map_err(|_| StoreError::Sealed {
                place: "request.target",
            })?;
        tx.request_target(&row.id, sealed).await?;
    }
    Ok(())
}

async fn write(
    tx: &mut Tx,
    row: &RequestRow,
    request: &InFlight,
    now: i64,
) -> Result<(), StoreError> {
    let (open_tasks, failed_tasks, exceptions) = request.counts();
    let state = request.state();
    put(
        tx,
        row,
        Progress {
            state,
            open_tasks,
            failed_tasks,
            exceptions,
            ended_at: None,
        },
        now,
    )
    .await
}

async fn put(
    tx: &mut Tx,
    row: &RequestRow,
    progress: Progress,
    now: i64,
) -> Result<(), StoreError> {
    tx.request_progress(&row.id, progress).await?;
    if progress.state != row.state {
        let members = tx.request_set_locked(&row.root).await?;
        let state = RequestState::of_set(members.iter().map(|member| member.state));
        tx.request_set_state(&row.root, state, now).await?;
        let event = EventKind::StateChanged {
            state: progress.state,
        };
        tx.event_append(&row.root, &row.id, now, &event).await?;
    }
    Ok(())
}

/// What is kept as evidence of a task that ended.
fn evidence_of(told: &Told) -> Json {
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

fn started(task: &Claimed) -> EventKind {
    EventKind::TaskStarted {
        task: name_of(task),
        attempt: task.attempt,
    }
}

fn not_begun(cancelled: &Cancelled) -> EventKind {
    EventKind::TaskFailed {
        task: TaskName {
            system: cancelled.system.clone(),
            collection: cancelled.collection.clone(),
            operation: cancelled.operation,
        },
        code: "not_begun".to_owned(),
    }
}

fn event_of(told: &Told) -> EventKind {
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

async fn stored(tx: &mut Tx, id: &RequestId) -> Result<RequestRow, StoreError> {
    tx.request(id).await?.ok_or(StoreError::Inconsistent {
        place: "task.request_id",
    })
}

fn in_flight(row: &RequestRow) -> Option<InFlight> {
    InFlight::stored(
        row.right,
        row.state,
        row.open_tasks,
        row.failed_tasks,
        row.exceptions,
    )
}
