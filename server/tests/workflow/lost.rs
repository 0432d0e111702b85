//! Workers that are lost in the middle of a task, come back too late, panic, or hang: each task counts once.

use std::time::Duration;

use app::model::{Operation, RequestId, RequestState, Right, SystemId, TaskState};
use server::connectors::{Fault, FaultCode, Refused, Repeat};
use server::ledger::{self, Claimed, OURS};
use server::store::StoreError;
use server::workflow::execute::{Executed, execute, load};
use server::workflow::{Engine, advance, worker};

use crate::faults::ready;
use crate::scripted::Line;
use crate::world::{World, made, meddle, round, worlds};

const KINDS: [(Right, Operation); 5] = [
    (Right::Export, Operation::Export),
    (Right::Export, Operation::Package),
    (Right::Update, Operation::Update),
    (Right::Delete, Operation::Delete),
    (Right::Delete, Operation::Verify),
];

fn system_of(operation: Operation) -> SystemId {
    let id = if operation == Operation::Package {
        OURS
    } else {
        "crm"
    };
    SystemId::parse(id).expect("an id")
}

/// Goes on until tasks of that operation are what comes next.
async fn reach(world: &World, root: &RequestId, operation: Operation) {
    let phase = match operation {
        Operation::Verify => RequestState::Verifying,
        Operation::Package => RequestState::Packaging,
        _ => return,
    };
    // The other system first: what is looked at is in this one.
    let mut systems = world.scripted();
    systems.reverse();
    while world.state(root).await != phase {
        assert!(round(&world.engine, &systems).await, "never {phase:?}");
    }
}

pub(crate) async fn claim(engine: &Engine, system: &SystemId) -> Option<Claimed> {
    let (inner, system) = (engine.clone(), system.clone());
    let write = engine.db.write(move |tx| {
        Box::pin(async move {
            ledger::line_up(tx, &system).await?;
            let task = ledger::claim(tx, "w", &system, inner.lease).await?;
            if let Some(task) = &task {
                advance::claimed(&inner, tx, std::slice::from_ref(task)).await?;
            }
            Ok::<_, StoreError>(task)
        })
    });
    write.await.expect("claims")
}

pub(crate) async fn expire(world: &World, id: &str) {
    meddle(
        &world.engine.db,
        "UPDATE task SET lease_until = 1 WHERE id = $1",
        id,
    )
    .await;
}

/// Finds the task that its worker lost, and gives it to another.
async fn taken_over(world: &World, lost: &Claimed) -> Claimed {
    expire(world, &lost.id).await;
    worker::reap_once(&world.engine).await.expect("reaps");
    // Only this task is to be found again.
    let first = "UPDATE task SET run_at = 0, turn = 0 WHERE id = $1";
    meddle(&world.engine.db, first, &lost.id).await;
    let again = claim(&world.engine, &lost.system).await.expect("a task");
    assert_eq!(again.id, lost.id);
    assert_eq!((lost.attempt, again.attempt), (1, 2));
    again
}

/// Does a task's work, as its worker would.
async fn worked(engine: &Engine, task: &Claimed) -> Result<Executed, Refused> {
    let request = load(engine, &task.request).await?;
    execute(engine, task, &request).await
}

#[tokio::test]
async fn every_kind_of_task_may_lose_its_worker_run_twice_and_counts_once() {
    for (right, operation) in KINDS {
        for world in worlds(Repeat::Natural).await {
            let root = ready(&world, right).await;
            reach(&world, &root, operation).await;
            let engine = &world.engine;
            let first = claim(engine, &system_of(operation)).await.expect("a task");
            assert_eq!(first.operation, operation);
            // The first does its work; nobody hears of it.
            let unheard = worked(engine, &first).await.expect("works");
            let second = taken_over(&world, &first).await;
            let before = world.events(&root).await.len();
            let late = worker::finish(engine, &first, unheard).await;
            late.expect("is fenced quietly");
            assert_eq!(world.events(&root).await.len(), before, "{operation:?}");
            let beat = ledger::heartbeat(
                &engine.db,
                std::slice::from_ref(&first),
                Duration::from_secs(9),
            )
            .await;
            assert!(!beat.expect("asks"));
            let done = worked(engine, &second).await.expect("works again");
            let finish = worker::finish(engine, &second, done.clone()).await;
            finish.expect("writes");
            let after = world.events(&root).await.len();
            let finish = worker::finish(engine, &second, done).await;
            finish.expect("is fenced quietly");
            assert_eq!(world.events(&root).await.len(), after, "counts once");
            world.run().await;
            assert_eq!(world.state(&root).await, RequestState::Completed);
            world.check(&root).await;
        }
    }
}

#[tokio::test]
async fn an_operation_that_is_not_safe_to_repeat_is_never_repeated() {
    for right in Right::ALL {
        for lost_worker in [false, true] {
            for world in worlds(Repeat::None).await {
                let root = ready(&world, right).await;
                let operation = server::workflow::work::operation_of(right);
                if lost_worker {
                    let task = claim(&world.engine, &system_of(operation)).await;
                    let task = task.expect("a task");
                    worked(&world.engine, &task).await.expect("works");
                    expire(&world, &task.id).await;
                    worker::reap_once(&world.engine).await.expect("reaps");
                } else {
                    let line = Line::LostAnswer(Fault::retry(FaultCode::Timeout));
                    world.crm.say(operation, "comments", line);
                    world.crm.say(operation, "invoices", line);
                }
                world.run().await;
                assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
                let cells = world.engine.db.tasks_of_root(&root).await.expect("reads");
                assert!(
                    cells
                        .iter()
                        .any(|c| c.state == TaskState::Uncertain && c.attempt == 1)
                );
                let done = world.crm.done();
                let mut tokens: Vec<_> = done.iter().map(|done| &done.3).collect();
                let calls = tokens.len();
                tokens.sort();
                tokens.dedup();
                assert_eq!(tokens.len(), calls, "no call was made twice");
                world.check(&root).await;
            }
        }
    }
}

#[tokio::test]
async fn a_panic_in_a_connector_is_a_failed_try_and_the_others_go_on() {
    for world in worlds(Repeat::Natural).await {
        for _ in 0..9 {
            world.crm.say(Operation::Delete, "invoices", Line::Panic);
        }
        let root = ready(&world, Right::Delete).await;
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
        let cells = world.engine.db.tasks_of_root(&root).await.expect("reads");
        let dead: Vec<_> = cells.iter().filter(|c| c.state.has_failed()).collect();
        assert_eq!((dead.len(), dead[0].attempt), (1, 5));
        assert_eq!(dead[0].state, TaskState::Dead);
        assert_eq!(dead[0].code.as_deref(), Some("internal"));
        world.check(&root).await;
    }
}

#[tokio::test]
async fn a_worker_whose_store_is_gone_lets_go_when_its_lease_is_over() {
    for world in worlds(Repeat::Natural).await {
        let root = ready(&world, Right::Export).await;
        // Whichever is the first.
        for collection in ["contacts", "tickets", "comments", "invoices"] {
            world.crm.say(Operation::Export, collection, Line::Hang);
        }
        let engine = Engine {
            lease: Duration::from_millis(600),
            ..world.engine.clone()
        };
        let system = system_of(Operation::Export);
        let step = tokio::spawn(async move { worker::step(&engine, "test", &system).await });
        while !world.crm.hangs() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        world.engine.db.close().await;
        let step = tokio::time::timeout(Duration::from_secs(20), step).await;
        let step = step.unwrap_or_else(|_| panic!("{root} is held for ever"));
        assert!(step.expect("runs").expect("has nothing to write"));
    }
}

#[tokio::test]
async fn one_task_that_cannot_be_settled_does_not_keep_the_others_lost() {
    for world in worlds(Repeat::Natural).await {
        let bad = ready(&world, Right::Delete).await;
        let good = made(&world.engine, Right::Delete, &["e2"]).await;
        let mut lost = Vec::new();
        while let Some(task) = claim(&world.engine, &system_of(Operation::Delete)).await {
            lost.push(task);
        }
        // The oldest lease first: the bad one is met before the others.
        for (root, lease) in [
            (
                &bad,
                "UPDATE task SET lease_until = 1 WHERE root_id = $1 AND state = 'running'",
            ),
            (
                &good,
                "UPDATE task SET lease_until = 2 WHERE root_id = $1 AND state = 'running'",
            ),
        ] {
            assert!(lost.iter().any(|task| task.root == *root));
            meddle(&world.engine.db, lease, root.as_str()).await;
        }
        let ended = "UPDATE request SET state = 'refused' WHERE id = $1";
        let spoil =
            "UPDATE task SET attempt = max_attempts WHERE root_id = $1 AND state = 'running'";
        for sql in [ended, spoil] {
            meddle(&world.engine.db, sql, bad.as_str()).await;
        }
        worker::reap_once(&world.engine).await.expect("goes on");
        for (root, found) in [(&bad, false), (&good, true)] {
            let cells = world.engine.db.tasks_of_root(root).await.expect("reads");
            let running = cells.iter().any(|cell| cell.state == TaskState::Running);
            assert_eq!(running, !found, "{root}");
        }
    }
}
