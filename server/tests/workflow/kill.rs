//! kill -9, again and again: a worker process is killed in the middle of its work; nothing is lost, nothing is doubled.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::model::{IdentifierKind, Replacement, RequestId, RequestState, Right};
use server::connectors::{Repeat, Trace};
use server::params;
use server::registry::Registry;
use server::store::{Db, Row};
use server::workflow::create::{Created, make};
use server::workflow::{Engine, work, worker};
use tokio_util::sync::CancellationToken;

use crate::databases::{Fresh, fresh};
use crate::durable::{Durable, lines, rows};
use crate::world::{check, engine, new_set, system};

const URL: &str = "HABEAS_KILL_URL";
const FOLDER: &str = "HABEAS_KILL_FOLDER";
const KILLS: u32 = 50;
/// Requests in flight whenever a worker is killed: it is never idle.
const BUSY: i64 = 8;
/// A worker is killed after at most as many steps.
const STEPS: u32 = 40;
/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(120);
/// One system of each class.
const CLASSES: [(&str, Repeat); 4] = [
    ("natural", Repeat::Natural),
    ("key", Repeat::Key),
    ("probe", Repeat::Probe),
    ("none", Repeat::None),
];

fn file(folder: &Path, system: &str) -> PathBuf {
    folder.join(format!("{system}.effects"))
}

fn quick(db: Db, folder: &Path) -> Engine {
    let systems = Registry::default();
    for (id, repeat) in CLASSES {
        let connector = Durable::new(file(folder, id), repeat);
        systems.put(system(id, Arc::new(connector)));
    }
    // A killed worker's tasks are another's after this; short, so that fifty deaths take seconds.
    Engine {
        lease: Duration::from_millis(400),
        ..engine(db, systems, folder.to_owned())
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
    let (db, folder) = (&fresh.db, fresh.folder.path());
    let engine = quick(db.clone(), folder);
    let mut roots = Vec::new();
    for kill in 0..KILLS {
        while in_flight(db).await < BUSY {
            roots.push(ask(&engine, roots.len()).await);
        }
        let before = written(folder);
        let mut victim = start(&fresh);
        // Not random: every length comes up, from the first operation to well within the work. By what was done and not by
        // time: on a busy machine a time would be too short to end anything.
        let steps = (kill * 7 % STEPS) as usize;
        let reached = async || written(folder) > before + steps || in_flight(db).await == 0;
        until("its steps are done", reached).await;
        tokio::time::sleep(Duration::from_millis(u64::from(kill * 37 % 20))).await;
        end(&mut victim);
    }
    // The last one is left alone until all is done.
    let mut victim = start(&fresh);
    until("all has ended", async || in_flight(db).await == 0).await;
    end(&mut victim);
    for root in &roots {
        check(db, root).await;
    }
    states(db, &roots).await;
    effects(db, folder).await;
    exports(db).await;
}

/// One request of each right in turn, with what a plan would count.
async fn ask(engine: &Engine, at: usize) -> RequestId {
    let right = Right::ALL[at % Right::ALL.len()];
    let name = format!("e{at}");
    let mut set = new_set(engine, right, &[&name]);
    let member = &mut set.members[0];
    if right == Right::Update {
        member.target.replacements = vec![Replacement {
            kind: IdentifierKind::Email,
            old: "a@b.example".to_owned(),
            new: "c@b.example".to_owned(),
        }];
    }
    let kind = IdentifierKind::ExternalContactId;
    member.work = work::of(&engine.systems, right, kind, &member.target.replacements);
    let pieces = member.work.pieces.iter();
    member.planned = pieces
        .map(|piece| {
            let rows = rows(&name, &piece.collection);
            Some(Trace {
                rows,
                ..Trace::default()
            })
        })
        .collect();
    match make(engine, set).await.expect("makes") {
        Created::New { root } => root,
        other => panic!("not new: {other:?}"),
    }
}

fn start(fresh: &Fresh) -> Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "kill::victim", "--nocapture"])
        .env(URL, &fresh.url)
        .env(FOLDER, fresh.folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts")
}

fn end(victim: &mut Child) {
    victim.kill().expect("kills");
    let status = victim.wait().expect("is gone");
    assert_eq!(status.code(), None, "it had ended by itself");
}

async fn until(what: &str, mut reached: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !reached().await {
        assert!(begun.elapsed() < PATIENCE, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// How many steps the systems have written down.
fn written(folder: &Path) -> usize {
    let text = |(id, _)| std::fs::read_to_string(file(folder, id)).unwrap_or_default();
    let steps = CLASSES.into_iter().map(text);
    steps.map(|text| text.lines().count()).sum()
}

async fn count(db: &Db, sql: &'static str) -> i64 {
    let row = db.one(sql, params![]).await.expect("reads");
    row.expect("a count").int("n").expect("a number")
}

async fn in_flight(db: &Db) -> i64 {
    count(db, "SELECT COUNT(*) AS n FROM request WHERE in_flight = 1").await
}

/// Everything has ended; some of every right well, though many tries were cut off.
async fn states(db: &Db, roots: &[RequestId]) {
    let mut completed = BTreeSet::new();
    for root in roots {
        for request in db.requests_of_root(root).await.expect("reads") {
            // A task that lost its worker too often, or that can't be repeated, failed and is said to have.
            match request.state {
                RequestState::Completed => drop(completed.insert(request.right)),
                state => assert_eq!(state, RequestState::PartiallyFailed, "{root}"),
            }
        }
    }
    assert_eq!(completed.len(), Right::ALL.len(), "{completed:?}");
    let cut_off = "SELECT COUNT(*) AS n FROM event
        WHERE body LIKE '%\"cut_off\"%' OR body LIKE '%\"uncertain\"%'";
    let cut_off = count(db, cut_off).await;
    assert!(cut_off >= i64::from(KILLS), "only {cut_off} were cut off");
}

/// What is said to be done was done; once, wherever twice would be wrong.
async fn effects(db: &Db, folder: &Path) {
    for (id, class) in CLASSES {
        let (mut begun, mut applied) = (BTreeMap::new(), BTreeMap::new());
        let all = lines(&file(folder, id));
        for line in all.into_iter().filter(|line| line.operation != "export") {
            let of = if line.what == "begun" {
                &mut begun
            } else {
                &mut applied
            };
            *of.entry(line.token).or_insert(0) += 1;
        }
        if class != Repeat::Natural {
            assert!(applied.values().all(|times| *times == 1), "{id}: doubled");
        }
        if class == Repeat::None {
            assert!(begun.values().all(|times| *times == 1), "called twice");
        } else {
            let again = begun.values().filter(|times| **times > 1).count();
            assert!(again > 0, "{id}: none was ever repeated");
        }
        let done = "SELECT id FROM task
            WHERE system_id = $1 AND state = 'done' AND operation IN ('update', 'delete')";
        let done = db.all(done, params![id]).await.expect("reads");
        assert!(!done.is_empty(), "{id}");
        for task in done {
            let task = task.text("id").expect("an id");
            assert!(applied.contains_key(&task), "{id}: lost {task}");
        }
    }
}

/// An export has every row that was planned, whichever try read it.
async fn exports(db: &Db) {
    let sql = "SELECT row_count, planned, part FROM task
        WHERE operation = 'export' AND state = 'done'";
    let exports = db.all(sql, params![]).await.expect("reads");
    assert!(!exports.is_empty());
    let number = |row: &Row, column| row.int(column).expect("a number");
    for row in exports {
        assert_eq!(number(&row, "row_count"), number(&row, "planned"));
        assert!(row.maybe_text("part").expect("reads").is_some());
    }
}
