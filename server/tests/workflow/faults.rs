//! Every kind of task that a system does fails at every border.

use app::backend::Requests as _;
use app::model::{Cell, Operation, RequestState, Right, SystemId, TaskState};
use server::connectors::{Fault, FaultCode, Repeat};
use server::pulse;
use server::store::StoreError;
use server::workflow::worker;

use crate::house::ada;
use crate::scripted::Line;
use crate::waiting::backend;
use crate::world::{World, hurry, made, worlds};

const KINDS: [(Right, Operation); 4] = [
    (Right::Export, Operation::Export),
    (Right::Update, Operation::Update),
    (Right::Delete, Operation::Delete),
    (Right::Delete, Operation::Verify),
];

/// A world in which a request of that right has something to do in `contacts`.
pub(crate) async fn ready(world: &World, right: Right) -> app::model::RequestId {
    world.crm.put("e1", "contacts", 1);
    made(&world.engine, right, &["e1"]).await
}

#[tokio::test]
async fn a_passing_fault_is_tried_again_before_and_after_the_effect() {
    for (right, operation) in KINDS {
        for lost in [false, true] {
            for world in worlds(Repeat::Natural).await {
                let fault = Fault::retry(FaultCode::CutOff);
                let line = if lost {
                    Line::LostAnswer(fault)
                } else {
                    Line::Fault(fault)
                };
                world.crm.say(operation, "contacts", line);
                let root = ready(&world, right).await;
                world.run().await;
                assert_eq!(
                    world.state(&root).await,
                    RequestState::Completed,
                    "{operation:?} {lost}"
                );
                let cells = world.engine.db.tasks_of_root(&root).await.expect("reads");
                assert!(
                    cells
                        .iter()
                        .any(|c| c.operation == operation && c.attempt == 2)
                );
                world.check(&root).await;
            }
        }
    }
}

#[tokio::test]
async fn a_lasting_fault_fails_the_task_and_what_comes_after_it() {
    for (right, operation) in KINDS {
        for world in worlds(Repeat::Natural).await {
            world.crm.say(
                operation,
                "contacts",
                Line::Fault(Fault::stop(FaultCode::Denied)),
            );
            world.crm.say(
                operation,
                "comments",
                Line::Fault(Fault::stop(FaultCode::Denied)),
            );
            let root = ready(&world, right).await;
            world.run().await;
            assert_eq!(
                world.state(&root).await,
                RequestState::PartiallyFailed,
                "{operation:?}"
            );
            let cells = world.engine.db.tasks_of_root(&root).await.expect("reads");
            if operation == Operation::Delete {
                let state = |name: &str| {
                    let at = |c: &&app::model::Cell| {
                        c.collection.as_str() == name && c.system.as_str() == "crm"
                    };
                    cells.iter().find(at).map(|c| c.state)
                };
                assert_eq!(state("comments"), Some(TaskState::Failed));
                assert_eq!(state("tickets"), Some(TaskState::Cancelled));
                assert_eq!(
                    world.crm.rows("e1", "contacts"),
                    1,
                    "the parent was not erased"
                );
            }
            assert!(
                cells
                    .iter()
                    .filter(|c| c.system.as_str() == "shop")
                    .all(|c| c.state == TaskState::Done)
            );
            world.check(&root).await;
        }
    }
}

#[tokio::test]
async fn a_task_that_never_succeeds_is_dead_and_the_others_go_on() {
    for world in worlds(Repeat::Natural).await {
        for _ in 0..9 {
            let fault = Fault::retry(FaultCode::Timeout);
            world
                .crm
                .say(Operation::Delete, "invoices", Line::Fault(fault));
        }
        let root = ready(&world, Right::Delete).await;
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
        let cells = world.engine.db.tasks_of_root(&root).await.expect("reads");
        let dead: Vec<_> = cells
            .iter()
            .filter(|c| c.state == TaskState::Dead)
            .collect();
        assert_eq!((dead.len(), dead[0].attempt), (1, 5));
        assert_eq!(dead[0].code.as_deref(), Some("timeout"));
        world.check(&root).await;
    }
}

/// The ends of all deletions of contacts in the CRM: state and tries.
async fn contacts(world: &World, root: &app::model::RequestId) -> Vec<(TaskState, u32)> {
    let cells = world.engine.db.tasks_of_root(root).await.expect("reads");
    let contacts = cells.iter().filter(|cell| {
        cell.system.as_str() == "crm"
            && cell.collection.as_str() == "contacts"
            && cell.operation == Operation::Delete
    });
    contacts.map(|cell| (cell.state, cell.attempt)).collect()
}

#[tokio::test]
async fn what_another_member_is_in_the_way_of_waits_for_her() {
    let forbidden = || Line::Fault(Fault::stop(FaultCode::Referenced));
    for world in worlds(Repeat::Natural).await {
        world.crm.put("e1", "contacts", 1);
        world.crm.put("e2", "contacts", 1);
        world.crm.say(Operation::Delete, "contacts", forbidden());
        let root = made(&world.engine, Right::Delete, &["e1", "e2"]).await;
        world.run().await;
        assert!(world.state(&root).await.is_answer());
        let mut ended = contacts(&world, &root).await;
        ended.sort_by_key(|(_, tries)| *tries);
        assert_eq!(ended, [(TaskState::Done, 1), (TaskState::Done, 2)]);
        world.check(&root).await;
    }
}

#[tokio::test]
async fn those_who_are_in_each_other_s_way_do_not_wait_for_ever() {
    let forbidden = || Line::Fault(Fault::stop(FaultCode::Referenced));
    for world in worlds(Repeat::Natural).await {
        world.crm.put("e1", "contacts", 1);
        world.crm.put("e2", "contacts", 1);
        for _ in 0..100 {
            world.crm.say(Operation::Delete, "contacts", forbidden());
        }
        let root = made(&world.engine, Right::Delete, &["e1", "e2"]).await;
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
        let ended = contacts(&world, &root).await;
        let failed = |(state, _): &(TaskState, u32)| *state == TaskState::Failed;
        assert!(ended.len() == 2 && ended.iter().all(failed), "{ended:?}");
        world.check(&root).await;
    }
}

#[tokio::test]
async fn a_task_does_not_die_of_a_system_that_is_down_altogether() {
    for world in worlds(Repeat::Natural).await {
        let fault = Fault::retry(FaultCode::Unreachable);
        for _ in 0..9 {
            world
                .crm
                .say(Operation::Delete, "invoices", Line::Fault(fault));
        }
        world.crm.script(|script| script.is_ill = true);
        let root = ready(&world, Right::Delete).await;
        let crm = SystemId::parse("crm").expect("an id");
        let crm = world.engine.systems.get(&crm).expect("a system");
        for _ in 0..9 {
            world.run().await;
            // It is not asked again before somebody has asked how it is.
            crm.pulse.forget();
        }
        assert!(world.state(&root).await.is_answer());
        let cells = world.engine.db.tasks_of_root(&root).await.expect("reads");
        let invoices = cells.iter().find(|cell| {
            cell.system.as_str() == "crm"
                && cell.collection.as_str() == "invoices"
                && cell.operation == Operation::Delete
        });
        let invoices = invoices.expect("a task");
        // The fifth and those after it are not counted.
        let tries = (invoices.state, invoices.attempt, invoices.max_attempts);
        assert_eq!(tries, (TaskState::Done, 10, 10));
        world.check(&root).await;
    }
}

#[tokio::test]
async fn a_system_that_answers_nothing_is_only_asked_how_it_is() {
    for world in worlds(Repeat::Natural).await {
        let (crm, habeas) = (SystemId::parse("crm").expect("an id"), backend(&world));
        let crm = world.engine.systems.get(&crm).expect("a system");
        let collections = ["contacts", "tickets", "comments", "invoices"];
        let line = Line::Fault(Fault::retry(FaultCode::Unreachable));
        for collection in collections {
            (0..100).for_each(|_| world.crm.say(Operation::Export, collection, line));
        }
        world.crm.script(|script| script.is_ill = true);
        pulse::health(&crm, &world.engine.clock).await;
        let mut roots = Vec::new();
        for n in 0..12 {
            roots.push(made(&world.engine, Right::Export, &[&format!("e{n}")]).await);
        }
        let tried = || {
            let left = collections.map(|name| world.crm.left(Operation::Export, name));
            400 - left.iter().sum::<usize>()
        };
        let step = async || {
            let stepped = worker::step(&world.engine, "test", &crm.id).await;
            stepped.expect("steps")
        };
        while step().await {}
        assert_eq!(tried(), 5, "of 48, in {}", world.name);
        hurry(&world.engine.db).await;
        assert!(!step().await, "it is spared");
        // What was tried and what was not, each until it is asked the next time.
        let now = world.engine.clock.now();
        for root in [&roots[0], &roots[11]] {
            let run = habeas.run(&ada(), root).await.expect("shows");
            let mut cells = run.cells.iter().filter(|cell| cell.system == crm.id);
            let says = |cell: &Cell| {
                cell.state == TaskState::Waiting
                    && cell.code.as_deref() == Some("out")
                    && cell.waits_until.is_some_and(|until| until > now)
            };
            assert!(cells.all(says), "{:#?}", run.cells);
        }

        world.crm.script(|script| {
            script.is_ill = false;
            script.lines.clear();
        });
        crm.pulse.forget();
        world.run().await;
        for root in &roots {
            assert_eq!(world.state(root).await, RequestState::Completed);
            world.check(root).await;
        }
    }
}

#[tokio::test]
async fn something_left_after_an_erasure_is_never_called_done() {
    for world in worlds(Repeat::Natural).await {
        let root = ready(&world, Right::Delete).await;
        // The connector says that it deleted; the row is there again.
        let system = SystemId::parse("crm").expect("an id");
        while world.crm.done().len() < 4 {
            hurry(&world.engine.db).await;
            worker::step(&world.engine, "test", &system)
                .await
                .expect("steps");
        }
        world.crm.put("e1", "contacts", 1);
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
        let cells = world.engine.db.tasks_of_root(&root).await.expect("reads");
        assert!(
            cells
                .iter()
                .any(|c| c.code.as_deref() == Some("still_there"))
        );
    }
}

#[tokio::test]
async fn a_paused_systems_tasks_wait_and_the_others_do_not() {
    for world in worlds(Repeat::Natural).await {
        let root = ready(&world, Right::Delete).await;
        let pause = |paused: bool| {
            let sealed = world
                .engine
                .keys
                .seal("system.spec", "crm", b"{}")
                .expect("seals");
            world.engine.db.write(move |tx| {
                Box::pin(async move {
                    let id = SystemId::parse("crm").expect("an id");
                    let row = server::store::system::SystemRow {
                        id: id.clone(),
                        name: "crm".to_owned(),
                        spec_sealed: sealed,
                        password_sealed: None,
                        paused,
                        described_at: 0,
                    };
                    tx.system_put(&row).await?;
                    tx.system_pause(&id, paused).await?;
                    Ok::<_, StoreError>(())
                })
            })
        };
        pause(true).await.expect("pauses");
        world.run().await;
        assert!(world.crm.done().is_empty());
        assert!(!world.shop.done().is_empty());
        assert!(!world.state(&root).await.has_ended());
        pause(false).await.expect("resumes");
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::Completed);
        let _ = made(&world.engine, Right::Export, &["e9"]).await;
    }
}
