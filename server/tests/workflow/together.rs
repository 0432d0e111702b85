//! What a system has at hand at once is one piece of work: claimed, read and written down together, and still task by task.

use std::time::Duration;

use app::model::{EventKind, Operation, RequestId, RequestState, Right, SystemId, TaskState};
use server::connectors::{Fault, FaultCode, Repeat};
use server::workflow::worker;

use crate::scripted::Line;
use crate::world::{World, hurry, made, worlds};

/// An export of four collections that the first system reads at once.
async fn export(world: &World) -> RequestId {
    world.crm.locked().at_once = true;
    for collection in ["contacts", "tickets", "comments"] {
        world.crm.put("e1", collection, 2);
    }
    made(&world.engine, Right::Export, &["e1"]).await
}

/// Does one piece of the first system's work.
async fn step(world: &World) -> bool {
    let stepped = worker::step(&world.engine, "test", &world.scripted()[0]).await;
    stepped.expect("steps")
}

/// Does a piece of a system's work, and what comes next of it.
async fn stint(world: &World, system: &SystemId) -> bool {
    let worked = worker::stint(&world.engine, "test", system).await;
    worked.expect("works")
}

/// The states of that system's tasks, in the order of its inventory.
async fn states(world: &World, root: &RequestId) -> Vec<TaskState> {
    let cells = world.engine.db.tasks_of_root(root).await.expect("reads");
    let own = cells
        .into_iter()
        .filter(|c| c.system == world.scripted()[0]);
    own.map(|cell| cell.state).collect()
}

#[tokio::test]
async fn all_of_it_is_one_step() {
    for world in worlds(Repeat::Natural).await {
        let root = export(&world).await;
        assert!(step(&world).await);
        assert_eq!(states(&world, &root).await, [TaskState::Done; 4]);
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::Completed);
        world.check(&root).await;
    }
}

#[tokio::test]
async fn who_read_the_last_of_it_makes_the_package_at_once() {
    for world in worlds(Repeat::Natural).await {
        world.crm.locked().at_once = true;
        for collection in ["contacts", "tickets", "comments"] {
            world.crm.put("e1", collection, 2);
        }
        let root = made(&world.engine, Right::Export, &["e1"]).await;
        let systems = world.scripted();
        let (last, others) = systems.split_first().expect("systems");
        for system in others {
            while stint(&world, system).await {}
        }
        assert!(!world.state(&root).await.has_ended());
        assert!(stint(&world, last).await, "the last to be read");
        assert_eq!(world.state(&root).await, RequestState::Completed);
        assert!(!step(&world).await, "nothing is left");
        world.check(&root).await;
    }
}

/// What is told of an export of that customer, whose tickets are so many: step by step, or gone on with as far as it goes.
async fn told(world: &World, id: &str, tickets: u64, goes_on: bool) -> Vec<EventKind> {
    for (collection, rows) in [("contacts", 1), ("tickets", tickets), ("comments", 2)] {
        world.crm.put(id, collection, rows);
    }
    let root = made(&world.engine, Right::Export, &[id]).await;
    let systems = world.scripted();
    let (last, others) = systems.split_first().expect("systems");
    for system in others {
        while stint(world, system).await {}
    }
    if goes_on {
        assert!(stint(world, last).await, "the last to be read");
    } else {
        world.run().await;
    }
    assert_eq!(world.state(&root).await, RequestState::Completed);
    world.check(&root).await;
    let package = world.engine.db.package_of_request(&root).await;
    let file = package.expect("reads").expect("a package").file;
    assert!(world.engine.folder.join("packages").join(file).is_file());
    let events = world.events(&root).await;
    events.into_iter().map(|event| event.kind).collect()
}

#[tokio::test]
async fn a_package_that_is_made_before_its_task_is_told_of_like_any_other() {
    for world in worlds(Repeat::Natural).await {
        world.crm.locked().at_once = true;
        let slowly = told(&world, "e1", 2, false).await;
        assert_eq!(told(&world, "e2", 2, true).await, slowly);
        // Too large a part to be kept in hand.
        let slowly = told(&world, "e3", 5_000, false).await;
        assert_eq!(told(&world, "e4", 5_000, true).await, slowly);
    }
}

#[tokio::test]
async fn a_package_that_can_not_be_made_at_once_is_tried_again_and_nothing_read_again() {
    for world in worlds(Repeat::Natural).await {
        let root = export(&world).await;
        let packages = world.engine.folder.join("packages");
        std::fs::write(&packages, "in the way").expect("writes");
        for system in world.scripted() {
            while stint(&world, &system).await {}
        }
        assert_eq!(states(&world, &root).await, [TaskState::Done; 4]);
        assert_eq!(world.state(&root).await, RequestState::Packaging);
        world.check(&root).await;
        std::fs::remove_file(&packages).expect("removes");
        hurry(&world.engine.db).await;
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::Completed);
        assert_eq!(world.crm.done().len(), 4, "each was read once");
        world.check(&root).await;
    }
}

#[tokio::test]
async fn one_that_fails_is_tried_again_alone() {
    for world in worlds(Repeat::Natural).await {
        let root = export(&world).await;
        let fault = Fault::retry(FaultCode::Unreachable);
        world
            .crm
            .say(Operation::Export, "tickets", Line::Fault(fault));
        assert!(step(&world).await);
        let (done, waits) = (TaskState::Done, TaskState::Waiting);
        assert_eq!(states(&world, &root).await, [done, waits, done, done]);
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::Completed);
        let reads = world
            .crm
            .done()
            .into_iter()
            .filter(|done| done.1 == "contacts");
        assert_eq!(reads.count(), 1, "what was read is not read again");
        world.check(&root).await;
    }
}

#[tokio::test]
async fn a_slow_one_holds_up_none_of_the_others() {
    for world in worlds(Repeat::Natural).await {
        let root = export(&world).await;
        world.crm.say(Operation::Export, "tickets", Line::Hang);
        let (done, runs) = (TaskState::Done, TaskState::Running);
        let written = async {
            while states(&world, &root).await != [done, runs, done, done] {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            _ = step(&world) => panic!("it hangs"),
            in_time = tokio::time::timeout(Duration::from_secs(20), written) => {
                in_time.expect("the others are held up");
            }
        }
        world.check(&root).await;
    }
}
