//! Replay: what a run's events tell is what was recorded at that time, and at the end.

use std::time::Duration;

use app::backend::Requests;
use app::model::{Event, RequestId, RequestState, RunView, TaskState};
use server::connectors::FaultCode;
use server::ledger::{self, Claimed, Ending, OURS};
use server::store::StoreError;
use server::workflow::{advance, worker};

use crate::world::{NOW, World, ada, system, worlds};

async fn shown(world: &World, id: &RequestId) -> RunView {
    world.habeas.run(&ada(), id).await.expect("shows")
}

async fn told(world: &World, id: &RequestId) -> Vec<Event> {
    world.habeas.events(&ada(), id, 0).await.expect("shows")
}

/// Takes the desk's next task, as a worker does.
async fn claim(world: &World) -> Claimed {
    let engine = world.habeas.engine.clone();
    let write = world.db().write(move |tx| {
        Box::pin(async move {
            let minute = Duration::from_secs(60);
            let task = ledger::claim(tx, "test", &system("desk"), minute).await?;
            let task = task.expect("is due");
            advance::claimed(&engine, tx, &task).await?;
            Ok(task)
        })
    });
    let claimed: Result<Claimed, StoreError> = write.await;
    claimed.expect("claims")
}

/// A try that ends like that, then all that can still be done; how the run stood after each step.
async fn run_with(world: &World, id: &RequestId, first: Ending) -> Vec<RunView> {
    let mut seen = vec![shown(world, id).await];
    let task = claim(world).await;
    seen.push(shown(world, id).await);
    let engine = &world.habeas.engine;
    worker::finish(engine, &task, first.into())
        .await
        .expect("ends");
    seen.push(shown(world, id).await);
    let systems = ["desk", "directory", OURS].map(system);
    let mut worked = true;
    while worked {
        worked = false;
        for system in &systems {
            worked |= worker::step(engine, "test", system).await.expect("steps");
            seen.push(shown(world, id).await);
        }
    }
    seen
}

/// What no event tells, and what is for now only, left out: a name that was forgotten since, what may be retried, and whether a task
/// that was never tried is ready or waits for another to be done.
fn comparable(mut run: RunView) -> RunView {
    run.retry_blocked = None;
    for member in &mut run.members {
        member.name = None;
        member.package = None;
    }
    for cell in &mut run.cells {
        if cell.state == TaskState::Waiting && cell.attempt == 0 {
            cell.state = TaskState::Ready;
            cell.waits_until = None;
        }
    }
    run
}

#[tokio::test]
async fn the_replayed_state_is_the_recorded_one_at_every_step_however_a_try_ends() {
    let code = FaultCode::Timeout;
    let pause = Duration::ZERO;
    let endings = [
        (Ending::Again { code, pause }, TaskState::Done),
        (Ending::Failed { code }, TaskState::Failed),
        (Ending::Dead { code }, TaskState::Dead),
        (Ending::Uncertain, TaskState::Uncertain),
    ];
    for world in worlds(NOW).await {
        for (at, (ending, ends)) in endings.iter().enumerate() {
            let id = world.ask(&format!("c{at}")).await.expect("makes");
            let seen = run_with(&world, &id, ending.clone()).await;
            let (run, events) = (shown(&world, &id).await, told(&world, &id).await);
            assert!(run.state.has_ended(), "{}", world.name);
            let failed = *ends != TaskState::Done;
            assert_eq!(run.state == RequestState::PartiallyFailed, failed);
            assert!(run.cells.iter().any(|cell| cell.state == *ends));
            assert_eq!(run.as_of(&events, run.last_event), run, "{}", world.name);
            for then in seen {
                let replayed = comparable(run.as_of(&events, then.last_event));
                assert_eq!(replayed, comparable(then), "{} {ending:?}", world.name);
            }
        }
    }
}

#[tokio::test]
async fn a_run_that_was_retried_is_replayed_to_the_end() {
    for world in worlds(NOW).await {
        let id = world.ask("c1").await.expect("makes");
        let code = FaultCode::Constraint;
        run_with(&world, &id, Ending::Failed { code }).await;
        world.habeas.retry(&ada(), &id).await.expect("retries");
        let (run, events) = (shown(&world, &id).await, told(&world, &id).await);
        assert!(run.members.iter().any(|one| one.retried_by.is_some()));
        assert_eq!(run.as_of(&events, run.last_event), run, "{}", world.name);
        let before = run.as_of(&events, run.last_event - 1);
        assert!(before.members.iter().all(|one| one.retried_by.is_none()));
    }
}
