//! Writing down how tasks ended, with everything that follows from it, in one transaction.

use std::time::Duration;

use app::model::Operation;

use super::execute::Executed;
use super::parts::{StoredPart, sync_parts};
use super::told::Told;
use super::worker::ending;
use super::{Engine, advance};
use crate::connectors::{Fault, FaultCode};
use crate::ledger::{self, Claimed, SettleError, Settled};
use crate::store::package::PackageRow;
use crate::store::{StoreError, Tx};

/// Writes an ending down with everything it causes. Tried again while the database says that this may help.
pub async fn finish(engine: &Engine, task: &Claimed, executed: Executed) -> Result<(), StoreError> {
    let done = vec![(task.clone(), executed)];
    let by = By::Worker { goes_on: None };
    finish_as(engine, done, &by).await.map(drop)
}

/// Writes endings of one request down, in one transaction; if one of them is another's to write by now, each in its own. Gives what
/// the worker goes on with.
pub(super) async fn finish_all(
    engine: &Engine,
    mut done: Vec<(Claimed, Executed)>,
    mut goes_on: Option<GoesOn>,
) -> Result<Option<Claimed>, StoreError> {
    // As they stand in the inventory, whichever was quicker.
    done.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    let wrote = |(_, executed): &(_, Executed)| {
        executed.part.is_none()
            && executed
                .ending
                .done()
                .is_some_and(|done| done.part.is_some())
    };
    if let Some((task, _)) = done.iter().find(|one| wrote(one))
        && sync_parts(&engine.folder, &task.request).await.is_err()
    {
        for (task, executed) in done.iter_mut().filter(|one| wrote(one)) {
            *executed = ending(task, Err(Fault::retry(FaultCode::Storage).into()));
        }
    }
    let by = By::Worker {
        goes_on: goes_on.clone(),
    };
    match finish_as(engine, done.clone(), &by).await? {
        Finished::Written(next) => Ok(next.map(|next| *next)),
        Finished::Fenced if done.len() > 1 => {
            // It was made of all of them.
            if let Some(goes_on) = &mut goes_on {
                goes_on.package = None;
            }
            let (by, mut next) = (By::Worker { goes_on }, None);
            for one in done {
                if let Finished::Written(Some(more)) = finish_as(engine, vec![one], &by).await? {
                    next = Some(*more);
                }
            }
            Ok(next)
        }
        Finished::Fenced => Ok(None),
    }
}

/// A worker goes on with what comes next of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GoesOn {
    /// Her name.
    pub(super) owner: String,
    /// The package, if she has made it already.
    pub(super) package: Option<PackageRow>,
}

/// Who ends a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    Worker {
        goes_on: Option<GoesOn>,
    },
    /// Only if the lease has run out, which is looked at in the same transaction: the worker may have come back.
    Reaper,
}

/// What came of an ending.
pub(super) enum Finished {
    /// It was written; and a task was taken that the worker goes on with.
    Written(Option<Box<Claimed>>),
    /// Another attempt has one of the tasks, and nothing was written.
    Fenced,
}

pub(super) async fn finish_as(
    engine: &Engine,
    done: Vec<(Claimed, Executed)>,
    by: &By,
) -> Result<Finished, StoreError> {
    let Some((first, _)) = done.first() else {
        return Ok(Finished::Written(None));
    };
    let (root, id, attempt) = (first.root.clone(), first.id.clone(), first.attempt);
    let mut tries = 0;
    let next = loop {
        match write(engine, done.clone(), by.clone()).await {
            Ok(next) => break next,
            Err(SettleError::Fenced) => {
                tracing::warn!(
                    task.id = id,
                    attempt,
                    "fenced: another attempt has the task"
                );
                return Ok(Finished::Fenced);
            }
            Err(SettleError::Store(why)) if why.is_passing() && tries < 5 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(50 << tries)).await;
            }
            Err(SettleError::Store(why)) => return Err(why),
        }
    };
    engine.hub.changed(root.as_str());
    if leads_on(engine, &done, by) {
        engine.wake.notify_waiters();
    }
    Ok(Finished::Written(next.map(Box::new)))
}

/// Whether other workers may have something to do now. What was only read, and is done, leads to nothing but what its worker goes on
/// with; all would look, and find nothing. Unless one more task of the system may be taken now.
fn leads_on(engine: &Engine, done: &[(Claimed, Executed)], by: &By) -> bool {
    let goes_on = matches!(by, By::Worker { goes_on: Some(_) });
    let is_read = |(task, executed): &(Claimed, Executed)| {
        let reads = matches!(
            task.operation,
            Operation::Export | Operation::Verify | Operation::Package
        );
        let system = engine.systems.get(&task.system);
        reads
            && executed.ending.done().is_some()
            && system.is_none_or(|system| system.concurrency.is_none())
    };
    !(goes_on && done.iter().all(is_read))
}

async fn write(
    engine: &Engine,
    done: Vec<(Claimed, Executed)>,
    by: By,
) -> Result<Option<Claimed>, SettleError> {
    let engine = engine.clone();
    let db = engine.db.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let now = engine.clock.now();
            // Nearly all of them: so in one statement.
            let (plain, others) = done
                .into_iter()
                .partition::<Vec<_>, _>(|one| one.1.is_plain());
            let ended = plain
                .iter()
                .filter_map(|(task, one)| Some((task, one.ending.done()?)));
            let ended: Vec<_> = ended.collect();
            if let Some((first, _)) = ended.first() {
                ledger::settle_done(tx, &ended, now).await?;
                let parts = plain.iter().filter_map(|(_, one)| one.part.as_ref());
                let parts: Vec<_> = parts.filter_map(StoredPart::small).collect();
                if !parts.is_empty() {
                    tx.parts_insert(&first.request, &parts).await?;
                }
            }
            let plain = plain.into_iter().map(|(task, executed)| Told {
                task,
                ending: executed.ending,
                settled: Settled::done(),
                with_start: false,
            });
            let mut told: Vec<_> = plain.collect();
            for (task, executed) in others {
                if by == By::Reaper && !ledger::take_over(tx, &task).await? {
                    return Err(SettleError::Fenced);
                }
                told.extend(settle(tx, task, executed, now).await?);
            }
            let goes_on = match &by {
                By::Worker { goes_on } => goes_on.as_ref(),
                By::Reaper => None,
            };
            Ok(advance::settled(&engine, tx, &told, goes_on).await?)
        })
    })
    .await
}

/// Writes one ending down, and what was done along with it.
async fn settle(
    tx: &mut Tx,
    task: Claimed,
    executed: Executed,
    now: i64,
) -> Result<Vec<Told>, SettleError> {
    let Executed {
        ending,
        package,
        along,
        at,
        part: _,
    } = executed;
    let other = match &at {
        Some(at) => ledger::put_first(tx, &task, at, now).await?,
        None => None,
    };
    let with_start = other.is_some();
    let task = other.unwrap_or(task);
    let settled = ledger::settle(tx, &task, &ending, now).await?;
    if let Some(package) = &package {
        tx.package_insert(package).await?;
    }
    let followed = if along.is_empty() {
        Vec::new()
    } else {
        ledger::follow(tx, &task, &along, now).await?
    };
    let followed = followed.into_iter().zip(&along).map(|(task, one)| Told {
        task,
        ending: one.ending(),
        settled: Settled::done(),
        with_start: true,
    });
    let first = Told {
        task,
        ending,
        settled,
        with_start,
    };
    Ok(std::iter::once(first).chain(followed).collect())
}
