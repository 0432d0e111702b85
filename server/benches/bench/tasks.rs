//! Tasks per second: real workers, real requests, systems that do nothing; beside the commits that they can't do without.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use app::model::{Right, SystemId};
use futures::future::try_join_all;
use server::clock::Clock;
use server::pulse::Pulse;
use server::registry::{Registry, System};
use server::store::Db;
use server::workflow::{Engine, worker};
use tokio_util::sync::CancellationToken;

use crate::idle::Idle;
use crate::place::{self, Fresh};
use crate::report::Line;

/// Erasures, each with two tasks in each system: the deletion and its verification.
const REQUESTS: usize = 250;
const SYSTEMS: usize = 4;
const TASKS: usize = REQUESTS * SYSTEMS * 2;
const BARE: Duration = Duration::from_secs(2);
/// A database that is slower than that is not waited for.
const LIMIT: Duration = Duration::from_secs(120);

pub(crate) async fn measure() -> anyhow::Result<Vec<Line>> {
    let mut lines = vec![on(Fresh::sqlite().await?).await?];
    match Fresh::postgres().await? {
        Some(fresh) => lines.push(on(fresh).await?),
        None => {
            let note = "HABEAS_TEST_POSTGRES names no server; .ci/bench starts one";
            lines.push(Line::absent("tasks on PostgreSQL", "not measured", note));
        }
    }
    Ok(lines)
}

async fn on(fresh: Fresh) -> anyhow::Result<Line> {
    let systems = Registry::default();
    for at in 0..SYSTEMS {
        systems.put(system(at)?);
    }
    let folder = fresh.folder.path().to_owned();
    let engine = Engine {
        systems,
        ..Engine::new(fresh.db.clone(), place::keys()?, Clock::machine(), folder)
    };
    for number in 0..REQUESTS {
        let key = place::key(&format!("bench-{number}"))?;
        place::ask(&engine, Right::Delete, key, Vec::new()).await?;
    }
    // As many writers as there are workers: those of each system, and those of our own work.
    let workers = engine.workers * (SYSTEMS as u32 + 1);
    place::make_counters(&fresh.db, workers).await?;
    let before = commits_per_second(&fresh.db, workers).await?;
    let took = work_all(&engine).await?;
    // Before and after, as the machine may be busier at one time than at the other.
    let commits = f64::midpoint(before, commits_per_second(&fresh.db, workers).await?);
    let tasks = TASKS as f64 / took.as_secs_f64();
    let line = Line {
        what: format!("tasks on {}", fresh.name),
        figure: format!("{tasks:.0} tasks/s"),
        floor: format!(
            "{:.0} tasks/s = {commits:.0} bare commits/s ÷ 2",
            commits / 2.0
        ),
        ratio: Some(commits / 2.0 / tasks),
        note: format!(
            "{TASKS} tasks of {REQUESTS} erasures in {SYSTEMS} systems, {workers} workers; the ratio says how many times its two bare commits a task takes"
        ),
        ..Line::default()
    };
    fresh.clear().await?;
    Ok(line)
}

fn system(at: usize) -> anyhow::Result<System> {
    let id = format!("idle-{at}");
    Ok(System {
        id: SystemId::parse(id.as_str())?,
        name: id,
        kind: "idle".to_owned(),
        owner: String::new(),
        region: String::new(),
        per_second: None,
        concurrency: None,
        connector: Arc::new(Idle::new()?),
        pace: None,
        pulse: Pulse::default(),
        lever: None,
        described_at: 0,
    })
}

/// Starts the workers and waits until every request has ended.
async fn work_all(engine: &Engine) -> anyhow::Result<Duration> {
    let stop = CancellationToken::new();
    let began = Instant::now();
    let workers = worker::start(engine, "bench", &stop);
    let open = "SELECT COUNT(*) AS n FROM request WHERE ended_at IS NULL";
    while count(&engine.db, open).await? > 0 {
        ensure!(began.elapsed() < LIMIT, "not done in {LIMIT:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = began.elapsed();
    stop.cancel();
    workers.wait().await;
    let done = "SELECT COUNT(*) AS n FROM task WHERE state = 'done'";
    let done = count(&engine.db, done).await?;
    ensure!(done == TASKS as i64, "{done} tasks done, not {TASKS}");
    Ok(took)
}

async fn count(db: &Db, sql: &'static str) -> anyhow::Result<i64> {
    let row = db.one(sql, &[]).await?;
    Ok(row.map(|row| row.int("n")).transpose()?.unwrap_or(0))
}

/// Bare commits by as many writers side by side as there are workers, each to a row of its own.
async fn commits_per_second(db: &Db, writers: u32) -> anyhow::Result<f64> {
    let began = Instant::now();
    let writers = (0..writers).map(|id| async move {
        let mut made = 0_u32;
        while began.elapsed() < BARE {
            place::commit(db, id).await?;
            made += 1;
        }
        anyhow::Ok(made)
    });
    let made: u32 = try_join_all(writers).await?.into_iter().sum();
    Ok(f64::from(made) / began.elapsed().as_secs_f64())
}
