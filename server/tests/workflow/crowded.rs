//! A system that allows a few tasks at a time has no more in hand, however many servers and workers there are; what waits says so.

use std::time::Duration;

use app::backend::Requests as _;
use app::model::{Operation, RequestId, RequestState, Right, TaskState};
use server::connectors::Repeat;
use server::registry::System;
use server::workflow::{Engine, worker};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::house::ada;
use crate::scripted::Line;
use crate::waiting::{backend, pause};
use crate::world::{World, made, system, worlds};

const MOST: u32 = 2;

/// The world's engine with many workers; its first system allows a few tasks at a time.
async fn crowded(world: &World) -> Engine {
    let engine = Engine {
        workers: 4,
        ..world.engine.clone()
    };
    let crm = System {
        concurrency: Some(MOST),
        ..system("crm", world.crm.clone())
    };
    // It has a row of its own, as every system that was described.
    pause(world, &crm.id, false).await;
    engine.systems.put(crm);
    engine
}

#[tokio::test]
async fn no_more_tasks_of_a_system_are_in_hand_than_it_allows_over_all_servers() {
    for at_once in [true, false] {
        for world in worlds(Repeat::Natural).await {
            world.crm.script(|script| {
                script.at_once = at_once;
                script.slow = true;
            });
            let (engine, habeas) = (crowded(&world).await, backend(&world));
            let mut roots: Vec<RequestId> = Vec::new();
            for n in 0..12 {
                // The script erases one collection after the other only.
                let (right, id) = if n % 3 == 0 && !at_once {
                    (Right::Delete, format!("d{n}"))
                } else {
                    (Right::Export, format!("e{n}"))
                };
                world.crm.put(&id, "tickets", 3);
                roots.push(made(&engine, right, &[&id]).await);
            }
            let stop = CancellationToken::new();
            let servers = ["one", "other"].map(|owner| worker::start(&engine, owner, &stop));
            for root in &roots {
                let begun = Instant::now();
                while !world.state(root).await.is_answer() {
                    let cells = habeas.run(&ada(), root).await.expect("shows").cells;
                    assert!(begun.elapsed() < Duration::from_secs(20), "{cells:#?}");
                    sleep(Duration::from_millis(20)).await;
                }
                world.check(root).await;
            }
            stop.cancel();
            for server in servers {
                server.wait().await;
            }
            assert_eq!(world.crm.locked().busiest, MOST, "{}", world.name);
        }
    }
}

#[tokio::test]
async fn what_waits_because_others_are_worked_on_says_so() {
    for world in worlds(Repeat::Natural).await {
        world.crm.script(|script| script.at_once = true);
        for collection in ["contacts", "tickets", "comments", "invoices"] {
            world.crm.say(Operation::Export, collection, Line::Hang);
        }
        let (engine, habeas) = (crowded(&world).await, backend(&world));
        let root = made(&engine, Right::Export, &["e1"]).await;
        let (stop, cut) = (CancellationToken::new(), CancellationToken::new());
        let workers = worker::start_cuttable(&engine, "test", &stop, &cut);
        let begun = Instant::now();
        loop {
            let mut cells = habeas.run(&ada(), &root).await.expect("shows").cells;
            cells.retain(|cell| cell.system.as_str() == "crm");
            let running = cells.iter().filter(|cell| cell.state == TaskState::Running);
            let waits = |code: Option<&str>| {
                let said = cells.iter().filter(|cell| cell.code.as_deref() == code);
                said.filter(|cell| cell.state == TaskState::Waiting).count()
            };
            if running.count() == 2 && waits(Some("crowded")) == 2 {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{cells:#?}");
            sleep(Duration::from_millis(20)).await;
        }
        assert_ne!(world.state(&root).await, RequestState::Completed);
        stop.cancel();
        cut.cancel();
        workers.wait().await;
    }
}
