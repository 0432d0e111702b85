//! Replay: what a run's events tell is what was recorded at that time, and at the end.

use std::time::Duration;

use app::backend::Requests;
use app::error::{Error, Reason};
use app::model::{Event, NewSkip, RequestId, RequestState, RunView, SkipGround, TaskState};
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
            advance::claimed(&engine, tx, std::slice::from_ref(&task)).await?;
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

/// Looks are for now, not for then.
fn told_by_events(run: &RunView) -> RunView {
    RunView {
        rechecks: Vec::new(),
        ..run.clone()
    }
}

/// What no event tells, and what is for now only, left out: a name that was forgotten since, what may be retried, and whether a task
/// that was never tried is ready or waits for another to be done.
fn comparable(mut run: RunView) -> RunView {
    run.rechecks.clear();
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
    let (pause, spared) = (Duration::ZERO, false);
    let again = Ending::Again {
        code,
        pause,
        spared,
    };
    let endings = [
        (again, TaskState::Done),
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
            assert_eq!(
                run.as_of(&events, run.last_event),
                told_by_events(&run),
                "{}",
                world.name
            );
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
        assert_eq!(
            run.as_of(&events, run.last_event),
            told_by_events(&run),
            "{}",
            world.name
        );
        let before = run.as_of(&events, run.last_event - 1);
        assert!(before.members.iter().all(|one| one.retried_by.is_none()));
    }
}

#[tokio::test]
async fn a_run_of_which_something_was_skipped_is_replayed_to_the_end() {
    let code = FaultCode::Constraint;
    let endings = [
        Ending::Failed { code },
        Ending::Dead { code },
        Ending::Uncertain,
    ];
    for world in worlds(NOW).await {
        for (at, ending) in endings.iter().enumerate() {
            let id = world.ask(&format!("c{at}")).await.expect("makes");
            let mut seen = run_with(&world, &id, ending.clone()).await;
            let run = shown(&world, &id).await;
            let failed = run.cells.iter().find(|cell| cell.state.has_failed());
            let failed = failed.expect("one failed");
            let new = NewSkip {
                request: failed.request.clone(),
                system: failed.system.clone(),
                ground: SkipGround::NothingHeld,
                reason: " I looked there. ".to_owned(),
                confirmed: true,
            };
            world.habeas.skip(&ada(), new).await.expect("skips");
            seen.push(shown(&world, &id).await);
            world.work().await;
            seen.push(shown(&world, &id).await);
            let (run, events) = (shown(&world, &id).await, told(&world, &id).await);
            assert_eq!(run.state, RequestState::CompletedWithExceptions);
            assert_eq!(run.skips.len(), 1);
            let skip = &run.skips[0];
            assert_eq!(
                (skip.reason.as_str(), skip.by.as_str()),
                ("I looked there.", "Ada")
            );
            assert_eq!(
                run.as_of(&events, run.last_event),
                told_by_events(&run),
                "{}",
                world.name
            );
            for then in seen {
                let replayed = comparable(run.as_of(&events, then.last_event));
                assert_eq!(replayed, comparable(then), "{} {ending:?}", world.name);
            }
        }
    }
}

#[tokio::test]
async fn a_skip_wants_a_reason_and_a_confirmation() {
    for world in worlds(NOW).await {
        let id = world.ask("c1").await.expect("makes");
        let code = FaultCode::Constraint;
        run_with(&world, &id, Ending::Failed { code }).await;
        let new = |reason: String, confirmed| NewSkip {
            request: id.clone(),
            system: system("desk"),
            ground: SkipGround::Other,
            reason,
            confirmed,
        };
        let length = Error::invalid("reason", Reason::Length { min: 3, max: 500 });
        let unconfirmed = Error::invalid("confirmed", Reason::NotConfirmed);
        for (new, want) in [
            (new(" ab ".to_owned(), true), &length),
            (new("あ".repeat(501), true), &length),
            (new("She knows.".to_owned(), false), &unconfirmed),
        ] {
            let why = world.habeas.skip(&ada(), new).await;
            assert_eq!(why.as_ref(), Err(want));
        }
        let longest = new("あ".repeat(500), true);
        world.habeas.skip(&ada(), longest).await.expect("skips");
    }
}
