//! kill -9, again and again: a worker process is killed at random moments; nothing is lost, nothing is doubled.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use app::model::{RequestId, RequestState, Right, SystemId};
use server::connectors::Repeat;
use server::params;
use server::registry::{Registry, System};
use server::store::Db;
use server::workflow::{Engine, worker};
use tokio_util::sync::CancellationToken;

use crate::databases::{Fresh, fresh};
use crate::scripted::Scripted;
use crate::world::{check, engine, made};

const URL: &str = "HABEAS_KILL_URL";
const FOLDER: &str = "HABEAS_KILL_FOLDER";
const KILLS: u32 = 50;
const REQUESTS: usize = 60;

fn systems() -> Registry {
    let systems = Registry::default();
    for id in ["crm", "shop"] {
        systems.put(System {
            id: SystemId::parse(id).expect("an id"),
            name: id.to_owned(),
            kind: "scripted".to_owned(),
            owner: String::new(),
            region: String::new(),
            per_second: None,
            connector: Arc::new(Scripted::new(id, Repeat::Natural)),
            pace: None,
            lever: None,
        });
    }
    systems
}

fn quick(db: Db, folder: &std::path::Path) -> Engine {
    // A killed worker's tasks are another's after this; short, so that fifty deaths take seconds.
    Engine {
        lease: Duration::from_millis(400),
        ..engine(db, systems(), folder.to_owned())
    }
}

async fn open(url: &str) -> Db {
    match url.strip_prefix("sqlite:") {
        Some(file) => Db::sqlite(file.as_ref()).await.expect("opens"),
        None => Db::postgres(url).await.expect("opens"),
    }
}

/// The process that is killed. Does nothing unless its parent started it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn victim() {
    let (Ok(url), Ok(folder)) = (std::env::var(URL), std::env::var(FOLDER)) else {
        return;
    };
    let engine = quick(open(&url).await, folder.as_ref());
    let owner = format!("victim-{}", std::process::id());
    worker::start(&engine, &owner, &CancellationToken::new())
        .wait()
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_lose_nothing_and_double_nothing() {
    for fresh in fresh().await {
        survive(fresh).await;
    }
}

async fn survive(fresh: Fresh) {
    let engine = quick(fresh.db.clone(), fresh.folder.path());
    let mut roots = Vec::new();
    let mut kills = 0;
    while kills < KILLS || !all_ended(&engine.db).await {
        assert!(kills < KILLS * 20, "never ends");
        if roots.len() < REQUESTS {
            for right in [Right::Delete, Right::Export] {
                let name = format!("e{}", roots.len());
                roots.push(made(&engine, right, &[&name]).await);
            }
        }
        let mut victim = start(&fresh);
        // Not random: every length comes up, from before the first claim to well within the work.
        let life = 60 + u64::from(kills * 37 % 240);
        tokio::time::sleep(Duration::from_millis(life)).await;
        victim.kill().expect("kills");
        victim.wait().expect("is gone");
        kills += 1;
    }
    for root in &roots {
        verdict(&engine.db, root).await;
    }
}

fn start(fresh: &Fresh) -> std::process::Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "kill::victim", "--nocapture"])
        .env(URL, &fresh.url)
        .env(FOLDER, fresh.folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts")
}

async fn all_ended(db: &Db) -> bool {
    let open = db
        .one("SELECT id FROM request WHERE in_flight = 1 LIMIT 1", &[])
        .await;
    open.expect("reads").is_none()
}

async fn verdict(db: &Db, root: &RequestId) {
    check(db, root).await;
    let set = db.requests_of_root(root).await.expect("reads");
    // A task that lost its worker five times is dead, and said to be; everything else is done.
    assert!(set.iter().all(|request| request.state.has_ended()));
    let states = [RequestState::Completed, RequestState::PartiallyFailed];
    assert!(states.contains(&set[0].set_state), "{:?}", set[0].set_state);
    let row = db
        .one(
            "SELECT COUNT(*) AS n FROM task WHERE root_id = $1 AND operation = 'export'
             AND state = 'done' AND part IS NULL",
            params![root.as_str()],
        )
        .await;
    assert_eq!(
        row.expect("reads")
            .expect("a count")
            .int("n")
            .expect("a number"),
        0
    );
}
