//! What waits for a rate budget or a pause says so, and until when: what nobody has yet, and what a worker has, also if claimed together.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use app::backend::Requests as _;
use app::model::{Cell, EventKind, RequestId, RequestState, Right, SystemId, TaskState};
use server::backend::{Habeas, Parts};
use server::connectors::Repeat;
use server::connectors::pace::{Pace, Paced};
use server::matching::Country;
use server::params;
use server::registry::System;
use server::store::StoreError;
use server::workflow::worker;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::house::ada;
use crate::world::{World, made, system, worlds};

/// Gives the world's first system a budget of one call a second.
fn hurried(world: &World) -> SystemId {
    let id = SystemId::parse("crm").expect("an id");
    let systems = &world.engine.systems;
    let tally = systems.tally(&world.engine.db);
    let pace = Arc::new(Pace::new(id.clone(), NonZeroU32::MIN, tally));
    let paced = Paced::new(world.crm.clone(), pace.clone());
    systems.put(System {
        pace: Some(pace),
        ..system("crm", Arc::new(paced))
    });
    id
}

pub(crate) fn backend(world: &World) -> Habeas {
    Habeas::new(Parts {
        engine: world.engine.clone(),
        public_url: "http://127.0.0.1:7878".to_owned(),
        country: Country::parse("DE").expect("a country"),
        search_timeout: Duration::from_secs(20),
    })
}

/// What the page shows of a case's tasks in the system.
async fn cells(habeas: &Habeas, root: &RequestId) -> Vec<Cell> {
    let mut run = habeas.run(&ada(), root).await.expect("shows");
    run.cells.retain(|cell| cell.system.as_str() == "crm");
    run.cells
}

fn waits_for(cell: &Cell, code: &str) -> bool {
    cell.state == TaskState::Waiting && cell.code.as_deref() == Some(code)
}

/// As a case is shown once so many of its tasks wait for the budget: such that a worker has, or that none has yet.
async fn waiting(habeas: &Habeas, root: &RequestId, in_hand: bool, count: usize) -> Vec<Cell> {
    let begun = Instant::now();
    loop {
        let cells = cells(habeas, root).await;
        let so = |cell: &&Cell| waits_for(cell, "budget") && (cell.attempt == 1) == in_hand;
        let waiting = cells.iter().filter(so);
        if waiting.count() >= count {
            return cells;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{cells:#?}");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn what_waits_for_its_budget_or_a_pause_says_so_and_until_when() {
    for at_once in [true, false] {
        for world in worlds(Repeat::Natural).await {
            tells(&world, at_once).await;
        }
    }
}

async fn tells(world: &World, at_once: bool) {
    world.crm.script(|script| script.at_once = at_once);
    let (crm, habeas) = (hurried(world), backend(world));
    let first = made(&world.engine, Right::Export, &["e1"]).await;
    let stop = CancellationToken::new();
    let workers = worker::start(&world.engine, "test", &stop);
    // Those that a worker has, however many: nothing but the budget keeps them.
    let now = world.engine.clock.now();
    for cell in waiting(&habeas, &first, true, if at_once { 3 } else { 1 }).await {
        assert_eq!(cell.waits_until.is_some(), waits_for(&cell, "budget"));
        assert!(cell.waits_until.is_none_or(|until| until > now));
    }
    // And those that none has yet.
    let second = made(&world.engine, Right::Export, &["e2"]).await;
    let cells_of_second = waiting(&habeas, &second, false, 3).await;
    let mut until = cells_of_second.iter().filter_map(|cell| cell.waits_until);
    assert!(until.all(|until| until > now + 1_000));

    pause(world, &crm, true).await;
    let third = made(&world.engine, Right::Export, &["e3"]).await;
    let paused = cells(&habeas, &third).await;
    let said = |cell: &Cell| waits_for(cell, "paused") && cell.waits_until.is_none();
    assert!(paused.iter().all(said), "{paused:#?}");
    pause(world, &crm, false).await;
    if at_once {
        // One slow system is enough of a test.
        habeas.systems.put(system("crm", world.crm.clone()));
        for root in [&first, &second, &third] {
            let begun = Instant::now();
            while world.state(root).await != RequestState::Completed {
                assert!(begun.elapsed() < Duration::from_secs(60));
                sleep(Duration::from_millis(50)).await;
            }
            let cells = cells(&habeas, root).await;
            let is_done = |cell: &Cell| cell.state == TaskState::Done && cell.code.is_none();
            assert!(cells.iter().all(is_done), "{cells:#?}");
            world.check(root).await;
        }
    }
    stop.cancel();
    workers.wait().await;
    let told = world.events(&first).await;
    let waits =
        |kind: &EventKind| matches!(kind, EventKind::TaskWaits { code, .. } if code == "budget");
    assert!(told.iter().any(|event| waits(&event.kind)));
}

pub(crate) async fn pause(world: &World, id: &SystemId, paused: bool) {
    // The system is no row of the world's: workers look at the table.
    let (id, paused) = (id.as_str().to_owned(), i64::from(paused));
    let write = world.engine.db.write(move |tx| {
        Box::pin(async move {
            let sql = "INSERT INTO system (id, name, spec_sealed, paused, created_at) VALUES ($1, $1, $2, $3, 0)
                ON CONFLICT (id) DO UPDATE SET paused = $3";
            tx.run(sql, params![id, vec![0u8], paused]).await
        })
    });
    let changed: Result<u64, StoreError> = write.await;
    assert_eq!(changed.expect("writes"), 1);
}
