//! Workers: claim a task, keep its lease while a connector works, and write down how it ended.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::model::{Health, Operation, SystemId};
use futures::FutureExt as _;
use futures::stream::{self, StreamExt as _};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use super::finish::finish;

use super::execute::{self, Executed, Request, execute};
use super::finish::{By, GoesOn, finish_all, finish_as};
use super::take::take;
use super::waits::Followed;
use super::{Engine, janitor, recheck};
use crate::connectors::{Fault, FaultCode, Refused, Repeat};
use crate::ledger::{self, Claimed, Ending, OURS};
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

/// How many of the tasks that were claimed together are worked on at a time.
const AT_ONCE: usize = 4;

/// How long a task that is done waits for the others, so that all are written down together.
const SOON: Duration = Duration::from_millis(250);

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
    let staff = Staff {
        engine: engine.clone(),
        owner: owner.to_owned(),
        stop: stop.clone(),
        cut: cut.clone(),
    };
    let hiring = staff.hire(tracker.clone());
    tracker.spawn(stop.clone().run_until_cancelled_owned(hiring));
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

/// Sees that every system has its workers.
struct Staff {
    engine: Engine,
    owner: String,
    stop: CancellationToken,
    cut: CancellationToken,
}

impl Staff {
    /// Starts workers for the systems that there are, and for each that comes.
    async fn hire(self, tracker: TaskTracker) {
        let mut staffed = BTreeSet::new();
        loop {
            let mut changed = std::pin::pin!(self.engine.systems.changed());
            changed.as_mut().enable();
            let all = self.engine.systems.all();
            let systems = all.iter().map(|system| system.id.clone());
            for system in systems.chain(SystemId::parse(OURS).ok()) {
                if !staffed.insert(system.clone()) {
                    continue;
                }
                for _ in 0..self.engine.workers {
                    let worker = Worker {
                        engine: self.engine.clone(),
                        owner: self.owner.clone(),
                    };
                    let work = worker.work(system.clone(), self.stop.clone());
                    tracker.spawn(self.cut.clone().run_until_cancelled_owned(work));
                }
            }
            changed.await;
        }
    }
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
            match stint(&self.engine, &self.owner, &system).await {
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

/// Does work of a system, from claim to end: a task, or all that can be done at once. False: there is none to do now.
pub async fn step(engine: &Engine, owner: &str, system: &SystemId) -> Result<bool, StoreError> {
    let tasks = take(engine, owner, system).await?;
    work_on(engine, &tasks, None).await?;
    Ok(!tasks.is_empty())
}

/// The same, and goes on with what comes next of it: the package that was read for is made at once, by the same worker.
pub async fn stint(engine: &Engine, owner: &str, system: &SystemId) -> Result<bool, StoreError> {
    let mut tasks = take(engine, owner, system).await?;
    let worked = !tasks.is_empty();
    while !tasks.is_empty() {
        tasks = Vec::from_iter(work_on(engine, &tasks, Some(owner)).await?);
    }
    Ok(worked)
}

/// Does tasks of one request while their leases are kept. If one is lost, and with it the right to say how its task ended, the work
/// that is left is dropped.
async fn work_on(
    engine: &Engine,
    tasks: &[Claimed],
    owner: Option<&str>,
) -> Result<Option<Claimed>, StoreError> {
    let Some(first) = tasks.first() else {
        return Ok(None);
    };
    engine.hub.changed(first.root.as_str());
    let held = Mutex::new(tasks.to_vec());
    tokio::select! {
        written = work_through(engine, tasks, &held, owner) => written,
        () = lost(engine, &held) => {
            tracing::warn!(system = %first.system, "lost a lease; the work was dropped");
            Ok(None)
        }
    }
}

/// Does tasks, and writes down before long what they came to; those are held no more.
async fn work_through(
    engine: &Engine,
    tasks: &[Claimed],
    held: &Mutex<Vec<Claimed>>,
    owner: Option<&str>,
) -> Result<Option<Claimed>, StoreError> {
    let Some(first) = tasks.first() else {
        return Ok(None);
    };
    let request = &execute::load(engine, &first.request).await;
    let mut followed = Followed::new(engine, first);
    let work = tasks.iter().cloned().map(|task| {
        followed.follow(&task.clone(), async move {
            let executed = tried(engine, &task, request).await;
            (task, executed)
        })
    });
    let work: Vec<_> = work.collect();
    let mut work = stream::iter(work).buffer_unordered(AT_ONCE);
    let mut telling = pin!(followed.tell());
    let (mut done, mut written, mut next) = (Vec::new(), Instant::now(), None);
    while !lock(held).is_empty() {
        tokio::select! {
            Some(one) = work.next() => {
                done.push(one);
                if done.len() < lock(held).len() {
                    continue;
                }
            }
            () = sleep_until(written + SOON), if !done.is_empty() => {}
            never = &mut telling => match never {},
        }
        let goes_on = match owner {
            Some(owner) => Some(GoesOn {
                owner: owner.to_owned(),
                package: match request {
                    Ok(request) => execute::package_ahead(engine, request, &done).await,
                    Err(_) => None,
                },
            }),
            None => None,
        };
        lock(held).retain(|task| done.iter().all(|(other, _)| other.id != task.id));
        next = finish_all(engine, std::mem::take(&mut done), goes_on).await?;
        written = Instant::now();
    }
    Ok(next)
}

fn lock(held: &Mutex<Vec<Claimed>>) -> MutexGuard<'_, Vec<Claimed>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a task came to, whatever happened.
async fn tried(engine: &Engine, task: &Claimed, request: &Result<Request, Fault>) -> Executed {
    let work = async {
        match request {
            Ok(request) => execute(engine, task, request).await,
            Err(fault) => Err((*fault).into()),
        }
    };
    // A panic in a connector ends this try, not the worker.
    let result = AssertUnwindSafe(work).catch_unwind().await;
    let panicked = |_| Err(Fault::retry(FaultCode::Internal).into());
    let result = result.unwrap_or_else(panicked);
    if let Some(system) = engine.systems.get(&task.system) {
        system.pulse.heard(is_answer(&result));
    }
    let executed = ending(task, result);
    let executed = in_turn(engine, task, executed).await;
    spared(engine, task, executed).await
}

/// Whether the system said anything, if only that it can't do it.
fn is_answer(result: &Result<Executed, Refused>) -> bool {
    use FaultCode::{CutOff, Timeout, Unreachable};
    let code = result.as_ref().err().map(|refused| refused.fault.code());
    !matches!(code, Some(CutOff | Timeout | Unreachable))
}

/// Keeps the leases of what is held; ends when one is lost. One that could not be extended in time is lost too: another may have the
/// task by now.
async fn lost(engine: &Engine, held: &Mutex<Vec<Claimed>>) {
    let mut kept = Instant::now();
    loop {
        tokio::time::sleep(engine.lease / 3).await;
        let (asked, tasks) = (Instant::now(), lock(held).clone());
        let beat = ledger::heartbeat(&engine.db, &tasks, engine.lease);
        match timeout_at(kept + engine.lease, beat).await {
            Ok(Ok(true)) => kept = asked,
            // What ended at that moment has no lease any more.
            Ok(Ok(false)) if lock(held).len() < tasks.len() => {}
            Ok(Err(why)) if kept.elapsed() < engine.lease => {
                tracing::warn!(error = %why, "a heartbeat was not written");
            }
            _ => return,
        }
    }
}

pub(super) fn ending(task: &Claimed, result: Result<Executed, Refused>) -> Executed {
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
        let expired = vec![(task.clone(), ending.into())];
        if let Err(why) = finish_as(engine, expired, &By::Reaper).await {
            // The others are not kept waiting for it; it is found again.
            tracing::warn!(task.id, error = %why, "a task whose worker is gone was not settled");
        }
    }
    Ok(())
}
