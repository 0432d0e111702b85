//! Workers: claim a task, keep its lease while a connector works, and write down how it ended.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use app::model::{Health, Operation, SystemId};
use futures::FutureExt as _;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::execute::{Executed, execute};
use super::{Engine, advance, janitor, recheck};
use crate::connectors::{Fault, FaultCode, Refused, Repeat};
use crate::ledger::{self, Claimed, Ending, OURS, SettleError};
use crate::pulse;
use crate::store::StoreError;

/// How often an idle worker looks by itself.
const IDLE: Duration = Duration::from_secs(1);
/// Pauses before the second, third, … try.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
];

/// How often an erasure waits for those of other members.
const TRIES_IN_TURN: u32 = 30;

/// How often a task of a system that is down is tried: for three days.
pub(super) const TRIES_OF_AN_OUTAGE: u32 = 30 + 71 * 4;

/// Starts the workers of every system, and the one that finds tasks whose worker is gone. They end when `stop` is cancelled.
pub fn start(engine: &Engine, owner: &str, stop: &CancellationToken) -> TaskTracker {
    start_cuttable(engine, owner, stop, &CancellationToken::new())
}

/// The same; what is still in hand when `cut` is cancelled is dropped, as if the process had ended there.
pub fn start_cuttable(
    engine: &Engine,
    owner: &str,
    stop: &CancellationToken,
    cut: &CancellationToken,
) -> TaskTracker {
    let tracker = TaskTracker::new();
    let systems = engine
        .systems
        .all()
        .into_iter()
        .map(|system| system.id.clone());
    for system in systems.chain(SystemId::parse(OURS).ok()) {
        for _ in 0..engine.workers {
            let worker = Worker {
                engine: engine.clone(),
                owner: owner.to_owned(),
            };
            let work = worker.work(system.clone(), stop.clone());
            tracker.spawn(cut.clone().run_until_cancelled_owned(work));
        }
    }
    let reaper = engine.clone();
    tracker.spawn(
        stop.clone()
            .run_until_cancelled_owned(async move { reap(reaper).await }),
    );
    let cleaning = janitor::run(engine.clone());
    tracker.spawn(stop.clone().run_until_cancelled_owned(cleaning));
    let looking = recheck::run(engine.clone());
    tracker.spawn(stop.clone().run_until_cancelled_owned(looking));
    tracker.close();
    tracker
}

/// One worker.
struct Worker {
    engine: Engine,
    owner: String,
}

impl Worker {
    /// Works until told to stop; what is in hand is finished first.
    async fn work(self, system: SystemId, stop: CancellationToken) {
        while !stop.is_cancelled() {
            // Taken before looking, so that a task made in between is not slept over.
            let woken = self.engine.wake.notified();
            match step(&self.engine, &self.owner, &system).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(why) => {
                    tracing::warn!(system = %system, error = %why, "the store did not answer a worker")
                }
            }
            let rest = tokio::time::timeout(IDLE, woken);
            let _ = stop.run_until_cancelled(rest).await;
        }
    }
}

/// Does one task of a system, from claim to end. False: there is none to do now.
pub async fn step(engine: &Engine, owner: &str, system: &SystemId) -> Result<bool, StoreError> {
    if !ledger::due(&engine.db, system).await? {
        return Ok(false);
    }
    let Some(task) = claim(engine, owner, system).await? else {
        return Ok(false);
    };
    engine.hub.changed(task.root.as_str());
    if let Some(executed) = with_lease(engine, &task).await {
        finish(engine, &task, executed).await?;
    }
    Ok(true)
}

async fn claim(
    engine: &Engine,
    owner: &str,
    system: &SystemId,
) -> Result<Option<Claimed>, StoreError> {
    let (engine, owner, system) = (engine.clone(), owner.to_owned(), system.clone());
    let db = engine.db.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let task = ledger::claim(tx, &owner, &system, engine.lease).await?;
            if let Some(task) = &task {
                advance::claimed(&engine, tx, task).await?;
            }
            Ok(task)
        })
    })
    .await
}

/// Executes the task while its lease is kept. Nothing: the lease was lost, and with it the right to say how it ended.
async fn with_lease(engine: &Engine, task: &Claimed) -> Option<Executed> {
    // A panic in a connector ends this try, not the worker.
    let work = AssertUnwindSafe(execute(engine, task)).catch_unwind();
    tokio::select! {
        result = work => {
            let panicked = |_| Err(Fault::retry(FaultCode::Internal).into());
            let executed = ending(task, result.unwrap_or_else(panicked));
            let executed = in_turn(engine, task, executed).await;
            Some(spared(engine, task, executed).await)
        }
        () = lost(engine, task) => {
            tracing::warn!(task.id, "lost its lease; the work was dropped");
            None
        }
    }
}

/// Keeps the lease; ends when it is lost. One that could not be extended in time is lost too: another may have the task by now.
async fn lost(engine: &Engine, task: &Claimed) {
    let mut kept = Instant::now();
    loop {
        tokio::time::sleep(engine.lease / 3).await;
        let asked = Instant::now();
        let beat = ledger::heartbeat(&engine.db, task, engine.lease);
        match timeout_at(kept + engine.lease, beat).await {
            Ok(Ok(true)) => kept = asked,
            Ok(Err(why)) if kept.elapsed() < engine.lease => {
                tracing::warn!(task.id, error = %why, "a heartbeat was not written");
            }
            _ => return,
        }
    }
}

fn ending(task: &Claimed, result: Result<Executed, Refused>) -> Executed {
    let Refused { at, fault } = match result {
        Ok(executed) => return executed,
        Err(refused) => refused,
    };
    let ending = match fault {
        // Whether it happened is not known, and it must not happen twice.
        Fault::Retry { .. } if task.repeat == Repeat::None => Ending::Uncertain,
        Fault::Retry { code, .. } if task.attempt >= task.max_attempts => Ending::Dead { code },
        Fault::Retry { code, after } => Ending::Again {
            code,
            pause: after.unwrap_or_else(|| pause(task.attempt)),
            spared: false,
        },
        Fault::Stop { code } => Ending::Failed { code },
    };
    let elsewhere = at.filter(|at| *at != task.collection);
    Executed {
        at: elsewhere.filter(|_| matches!(ending, Ending::Dead { .. } | Ending::Failed { .. })),
        ..ending.into()
    }
}

/// After that try.
fn pause(attempt: u32) -> Duration {
    let at = usize::try_from(attempt).unwrap_or(usize::MAX);
    PAUSES[at.saturating_sub(1).min(PAUSES.len() - 1)]
}

/// What forbids an erasure may be a row of another member of the set, which goes with her: she is waited for, as long as she may get
/// further herself.
async fn in_turn(engine: &Engine, task: &Claimed, executed: Executed) -> Executed {
    let forbidden = executed.ending
        == Ending::Failed {
            code: FaultCode::Referenced,
        };
    if task.operation != Operation::Delete || !forbidden || task.attempt >= TRIES_IN_TURN {
        return executed;
    }
    match ledger::others_go_on(&engine.db, task, FaultCode::Referenced).await {
        Ok(true) => Executed::from(Ending::Again {
            code: FaultCode::Referenced,
            pause: pause(task.attempt),
            spared: true,
        }),
        // Where the store can't say, the ending stands: a person tries again.
        Ok(false) | Err(_) => executed,
    }
}

/// A task does not die of a system that is down altogether: it waits until that is back, three days at the most. Else an outage in
/// the night would be a person's work in the morning.
async fn spared(engine: &Engine, task: &Claimed, executed: Executed) -> Executed {
    let Ending::Dead { code } = executed.ending else {
        return executed;
    };
    match engine.systems.get(&task.system) {
        Some(system) if task.attempt < engine.outage_tries => {
            match pulse::health(&system, &engine.clock).await {
                Health::Up { .. } => executed,
                Health::Down { .. } => Executed::from(Ending::Again {
                    code,
                    pause: pause_of_an_outage(task.attempt),
                    spared: true,
                }),
            }
        }
        _ => executed,
    }
}

/// Every two minutes for an hour, then every quarter of an hour.
fn pause_of_an_outage(attempt: u32) -> Duration {
    Duration::from_secs(if attempt < 30 { 120 } else { 900 })
}

/// Writes an ending down with everything it causes. Tried again while the database says that this may help.
pub async fn finish(engine: &Engine, task: &Claimed, executed: Executed) -> Result<(), StoreError> {
    finish_as(engine, task, executed, By::Worker).await
}

/// Who ends a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Worker,
    /// Only if the lease has run out, which is looked at in the same transaction: the worker may have come back.
    Reaper,
}

async fn finish_as(
    engine: &Engine,
    task: &Claimed,
    executed: Executed,
    by: By,
) -> Result<(), StoreError> {
    let mut tries = 0;
    loop {
        match write(engine, task, executed.clone(), by).await {
            Ok(()) => break,
            Err(SettleError::Fenced) => {
                tracing::warn!(
                    task.id,
                    task.attempt,
                    "fenced: another attempt has the task"
                );
                return Ok(());
            }
            Err(SettleError::Store(why)) if why.is_passing() && tries < 5 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(50 << tries)).await;
            }
            Err(SettleError::Store(why)) => return Err(why),
        }
    }
    engine.hub.changed(task.root.as_str());
    engine.wake.notify_waiters();
    Ok(())
}

async fn write(
    engine: &Engine,
    task: &Claimed,
    executed: Executed,
    by: By,
) -> Result<(), SettleError> {
    let (engine, task) = (engine.clone(), task.clone());
    let db = engine.db.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let Executed {
                ending,
                package,
                along,
                at,
            } = executed;
            if by == By::Reaper && !ledger::take_over(tx, &task).await? {
                return Err(SettleError::Fenced);
            }
            let now = engine.clock.now();
            let mut task = task;
            if let Some(at) = &at
                && let Some(other) = ledger::put_first(tx, &task, at, now).await?
            {
                advance::claimed(&engine, tx, &other).await?;
                task = other;
            }
            let settled = ledger::settle(tx, &task, &ending, now).await?;
            if let Some(package) = &package {
                tx.package_insert(package).await?;
            }
            advance::settled(&engine, tx, &task, &ending, &settled).await?;
            for one in &along {
                let (task, settled) = ledger::follow(tx, &task, one, now).await?;
                advance::claimed(&engine, tx, &task).await?;
                advance::settled(&engine, tx, &task, &one.ending(), &settled).await?;
            }
            Ok(())
        })
    })
    .await
}

async fn reap(engine: Engine) {
    loop {
        if let Err(why) = reap_once(&engine).await {
            tracing::warn!(error = %why, "could not look for tasks whose worker is gone");
        }
        tokio::time::sleep(IDLE).await;
    }
}

/// Settles every task whose lease ran out: to be tried again, dead after too many tries, or uncertain where a second call is not safe.
pub async fn reap_once(engine: &Engine) -> Result<(), StoreError> {
    for task in ledger::expired(&engine.db).await? {
        let ending = if task.repeat == Repeat::None {
            Ending::Uncertain
        } else if task.attempt >= task.max_attempts {
            Ending::Dead {
                code: FaultCode::TooManyTries,
            }
        } else {
            Ending::Again {
                code: FaultCode::CutOff,
                pause: Duration::ZERO,
                spared: false,
            }
        };
        if let Err(why) = finish_as(engine, &task, ending.into(), By::Reaper).await {
            // The others are not kept waiting for it; it is found again.
            tracing::warn!(task.id, error = %why, "a task whose worker is gone was not settled");
        }
    }
    Ok(())
}
