//! What a claimed or settled task means for its request: state, events, evidence and the tasks of the next phase, in one transaction.

use std::collections::BTreeSet;

use app::model::{
    CollectionName, EventKind, Operation, RequestId, RequestState, Right, SubjectHandle, SystemId,
    TaskName, TaskState,
};
use serde_json::json;

use super::Engine;
use super::create::MAX_ATTEMPTS;
use super::finish::GoesOn;
use super::recheck;
use super::state::{Answered, Ended, InFlight, NeedsTasks, Next, Stopped, TasksEnded};
use super::target::Target;
use super::told::{self, Told, event_of, evidence_of, not_begun, started};
use super::turn::{Turn, Written};
use crate::connectors::Repeat;
use crate::evidence::{self, Entry};
use crate::ledger::{self, Claimed, Ending, NewTask, OURS, SettleError, Waits, Work};
use crate::store::package::PackageRow;
use crate::store::request::{Progress, RequestRow};
use crate::store::{StoreError, Tx};

/// The code of a verification that no longer holds.
const RETURNED: &str = "returned";

/// A worker took tasks of one request.
pub async fn claimed(engine: &Engine, tx: &mut Tx, tasks: &[Claimed]) -> Result<(), StoreError> {
    let Some(first) = tasks.first() else {
        return Ok(());
    };
    let row = stored(tx, first).await?;
    let mut turn = Turn::new(engine, &row);
    turn.events.extend(tasks.iter().map(started));
    match in_flight(&row) {
        Some(request) if row.state == RequestState::Received => {
            turn.write(tx, &request.begun()).await
        }
        _ => turn.tell(tx).await.map(drop),
    }
}

/// Tasks of one request that are in a worker's hands wait for their system's rate budget.
pub(super) async fn waits(engine: &Engine, tx: &mut Tx, tasks: &[Waits]) -> Result<(), StoreError> {
    let noted = ledger::waits(tx, tasks).await?;
    let Some(Waits { task, .. }) = noted.first() else {
        return Ok(());
    };
    let row = stored(tx, task).await?;
    let mut turn = Turn::new(engine, &row);
    turn.events.extend(noted.iter().map(told::waits));
    turn.tell(tx).await.map(drop)
}

/// Tasks of one request were settled. Where all parts of a package are there, a worker who goes on has it as her next task, which no
/// other has to find; or has made it already, and the task is done as soon as it is made.
pub(super) async fn settled(
    engine: &Engine,
    tx: &mut Tx,
    told: &[Told],
    goes_on: Option<&GoesOn>,
) -> Result<Option<Claimed>, StoreError> {
    let Some(Told { task: first, .. }) = told.first() else {
        return Ok(None);
    };
    let row = stored(tx, first).await?;
    let mut turn = Turn::new(engine, &row);
    let mut tasks = TasksEnded::default();
    for one in told {
        if one.with_start {
            turn.events.push(started(&one.task));
        }
        turn.events.push(event_of(one));
        if !one.settled.state.has_ended() {
            continue;
        }
        turn.done.push(("task.ended", evidence_of(one)));
        turn.events
            .extend(one.settled.cancelled.iter().map(not_begun));
        let cancelled = i64::try_from(one.settled.cancelled.len()).unwrap_or(i64::MAX);
        let kept = matches!(one.ending, Ending::Done { kept, .. } if kept > 0);
        tasks.ended += 1 + cancelled;
        tasks.failed += i64::from(one.settled.state != TaskState::Done) + cancelled;
        tasks.exceptions += i64::from(kept);
    }
    if turn.done.is_empty() {
        turn.tell(tx).await?;
        return Ok(None);
    }
    let request = in_flight(&row).ok_or(StoreError::Inconsistent {
        place: "request.state",
    })?;
    next(turn, tx, request.tasks_ended(tasks), goes_on).await
}

/// So many failed tasks of a request that stopped were skipped. It goes on where nothing else failed.
pub async fn skipped(
    engine: &Engine,
    tx: &mut Tx,
    row: &RequestRow,
    tasks: i64,
) -> Result<(), StoreError> {
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
        other => next(Turn::new(engine, row), tx, other, None)
            .await
            .map(drop),
    }
}

/// Does what the end of tasks leads to.
async fn next(
    turn: Turn<'_>,
    tx: &mut Tx,
    next: Next,
    goes_on: Option<&GoesOn>,
) -> Result<Option<Claimed>, StoreError> {
    match next {
        Next::Goes(request) => turn.write(tx, &request).await?,
        Next::Verify(next) => verify(turn, tx, next).await?,
        Next::Package(next) => return package(turn, tx, next, goes_on).await,
        Next::Ends(ended) => end(turn, tx, ended).await?,
    }
    Ok(None)
}

async fn verify(turn: Turn<'_>, tx: &mut Tx, next: NeedsTasks) -> Result<(), StoreError> {
    let Turn {
        engine, row, now, ..
    } = turn;
    let erased = tx.tasks_erased(&row.id).await?;
    if erased.is_empty() {
        return end(turn, tx, next.without_tasks()).await;
    }
    let tasks = (1_000..)
        .zip(&erased)
        .map(|(position, place)| new_task(engine, row, place.clone(), Operation::Verify, position));
    tx.tasks_insert(&tasks.collect::<Vec<_>>(), now).await?;
    let count = i64::try_from(erased.len()).unwrap_or(i64::MAX);
    turn.write(tx, &next.with_tasks(count)).await
}

async fn package(
    mut turn: Turn<'_>,
    tx: &mut Tx,
    next: NeedsTasks,
    goes_on: Option<&GoesOn>,
) -> Result<Option<Claimed>, StoreError> {
    let Turn {
        engine, row, now, ..
    } = turn;
    let task = new_task(engine, row, ours("package")?, Operation::Package, 1_000);
    let work = Work {
        request: &row.id,
        system: &task.system.clone(),
        operation: Operation::Package,
    };
    tx.tasks_insert(&[task], now).await?;
    let Some(goes_on) = goes_on else {
        turn.write(tx, &next.with_tasks(1)).await?;
        return Ok(None);
    };
    let taken = ledger::claim_all(tx, work, &goes_on.owner, engine.lease, 1);
    let taken = taken.await?.pop();
    let next = next.with_tasks(1);
    match (taken, &goes_on.package) {
        (Some(task), Some(package)) => {
            packaged(turn, tx, next, (task, package)).await?;
            Ok(None)
        }
        (taken, _) => {
            turn.then.extend(taken.iter().map(started));
            turn.write(tx, &next).await?;
            Ok(taken)
        }
    }
}

/// The package was made before its task was: the task is done, and with it the request.
async fn packaged(
    mut turn: Turn<'_>,
    tx: &mut Tx,
    request: InFlight,
    (task, package): (Claimed, &PackageRow),
) -> Result<(), StoreError> {
    let ending = Ending::Done {
        rows: 1,
        kept: 0,
        part: None,
    };
    let settled = ledger::settle(tx, &task, &ending, turn.now).await;
    let settled = settled.map_err(|why| match why {
        SettleError::Store(why) => why,
        // It was taken in this transaction.
        SettleError::Fenced => StoreError::Inconsistent {
            place: "task.attempt",
        },
    })?;
    tx.package_insert(package).await?;
    let state = request.state();
    turn.events.push(EventKind::StateChanged { state });
    turn.events.push(started(&task));
    let told = Told {
        task,
        ending,
        settled,
        with_start: false,
    };
    turn.events.push(event_of(&told));
    turn.done.push(("task.ended", evidence_of(&told)));
    let ended = TasksEnded {
        ended: 1,
        ..TasksEnded::default()
    };
    match request.tasks_ended(ended) {
        Next::Ends(ended) => end(turn, tx, ended).await,
        _ => Err(StoreError::Inconsistent {
            place: "request.open_tasks",
        }),
    }
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

async fn end(mut turn: Turn<'_>, tx: &mut Tx, ended: Ended) -> Result<(), StoreError> {
    let Turn {
        engine, row, now, ..
    } = turn;
    let progress = Progress {
        state: ended.state,
        open_tasks: 0,
        failed_tasks: ended.failed,
        exceptions: ended.exceptions,
        ended_at: Some(now),
    };
    let body = json!({ "request": row.id, "state": ended.state, "failed_tasks": ended.failed });
    turn.done.push(("request.ended", body));
    let Written { set, hash } = turn.put(tx, progress).await?;
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
    if !set.is_empty() && set.iter().all(|member| member.state.has_ended()) {
        let body = json!({ "request": row.root, "hash": hash });
        let entry = Entry {
            chain: evidence::MAIN,
            actor: OURS,
            action: "request.set_ended",
            body,
        };
        evidence::append(tx, now, entry).await?;
        // After the entry, which one who confirms a link at this moment waits for.
        forget_links(tx, set, now).await?;
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
    let mut turn = Turn::new(engine, row);
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
        turn.events.push(event);
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
    let body = json!({ "request": request, "places": failed });
    turn.done.push(("request.reopened", body));
    turn.put(tx, progress).await.map(drop)
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

/// The request of a task, under the lock of its root.
async fn stored(tx: &mut Tx, task: &Claimed) -> Result<RequestRow, StoreError> {
    let row = tx.request_locked(&task.root, &task.request).await?;
    row.ok_or(StoreError::Inconsistent {
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
